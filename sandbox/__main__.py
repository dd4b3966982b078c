"""``python -m sandbox --port N``: serve until SIGTERM or SIGINT, then exit 0."""

import argparse
import signal
import sys
import threading

from .memory import NoMemory
from .server import NotLoopback, close, create_server


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8070, help="0 picks a free port (default 8070)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="a loopback address (default 127.0.0.1)"
    )
    parser.add_argument(
        "--smtp-port",
        type=int,
        help="take mail here, too, and show it at /mail; 0 picks a free port",
    )
    parser.add_argument(
        "--state",
        metavar="FILE",
        help="keep everything in this file from one run to the next",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="print one line a call (no query, no secrets)",
    )
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    try:
        server = create_server(
            options.host,
            options.port,
            options.verbose,
            options.smtp_port,
            options.state,
        )
    except (NotLoopback, NoMemory) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"No mail on port {options.smtp_port}: {error}", file=sys.stderr)
        return 1

    def stop(*_signal):
        # shutdown() waits for the serving loop, which runs in this very thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"Sandbox ready: stand-in networks on {server.base_url}", flush=True)
    if server.sink:
        where = f"{options.host}, port {server.sink.port}"
        shown = f"{server.base_url}/mail"
        print(f"Mail is taken by SMTP on {where}, shown at {shown}", flush=True)
    server.serve_forever(poll_interval=0.1)
    close(server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
