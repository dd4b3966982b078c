"""A mail server that delivers to nobody: it keeps what it takes in the mailbox."""

import asyncio
import logging
import socket
import threading

from aiosmtpd.smtp import SMTP

from .problems import report_defect

LARGEST_MAIL = 10 * 1024 * 1024


class Handler:
    """What the SMTP dialogue does with the world. aiosmtpd finds it by its names."""

    def __init__(self, world):
        self.world = world

    async def handle_RCPT(self, server, session, envelope, address, options):
        with self.world.lock:
            refusal = self.world.mailbox.refusal(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        with self.world.lock:
            self.world.mailbox.keep(
                envelope.mail_from or "", envelope.rcpt_tos, envelope.content
            )
        return "250 OK: kept by the stand-in, delivered to nobody"

    async def handle_exception(self, error):
        report_defect(error)
        return "451 Defect in the sandbox; see its log"


class Sink:
    """The mail server in a thread of its own; ``port`` says where it listens.

    :param host: a loopback address
    :param port: 0 picks a free one
    :raise OSError: when the port cannot be had
    """

    def __init__(self, world, host, port):
        # It would print commands it does not know, which may be pieces of a message.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
        self.port = listener.getsockname()[1]
        self.handler = Handler(world)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self._run(self.loop.create_server(self._dialogue, sock=listener))

    def _run(self, coroutine):
        """Run it in our thread, for the caller's may have an event loop of its own."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def _dialogue(self):
        return SMTP(
            self.handler,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="sandbox.localhost",
            ident="stand-in, delivers to nobody",
            loop=self.loop,
        )

    def stop(self):
        self._run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _end(self):
        self.server.close()
        dialogues = asyncio.all_tasks() - {asyncio.current_task()}
        for dialogue in dialogues:
            dialogue.cancel()
        await asyncio.gather(*dialogues, return_exceptions=True)
