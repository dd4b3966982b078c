"""oidc-provider, from the npm registry: an authorization server that none of us wrote.

For the test run only; nothing that ships needs it. ``package.json`` pins it.
"""

import shutil
from pathlib import Path

from dev import layout, processes, shell, steps, system
from dev.trouble import Trouble

HERE = Path(__file__).parent
MODULES = layout.LOCAL / "independent"
PINS = ("package.json", "package-lock.json")
LOCALHOST = "127.0.0.1"
# All that RFC 6749 (appendix A.2) allows and a careless client would spoil.
SECRET = "independent:secret%2B+ /=&"


def ensure():
    """Install what is pinned, once.

    :raise Trouble: when it cannot be had
    """
    if not system.ensure_node():
        raise Trouble("Node and npm are missing.")
    stamp = steps.Stamp(
        MODULES / "stamp", steps.digest(*(HERE / name for name in PINS))
    )
    with steps.locked("independent", "Waiting for another installation to finish ..."):
        if not stamp.fresh():
            _install(stamp)


def _install(stamp):
    with steps.replacing(MODULES) as folder:
        for name in PINS:
            shutil.copy(HERE / name, folder)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder)
        shell.run(["npm", "ci", *options], log="npm", what="Installing oidc-provider")
    stamp.write()


class Server:
    """The server as a process of its own, on a free port of this machine."""

    def __init__(self, redirect_uri):
        port = processes.free_port()
        self.issuer = f"http://{LOCALHOST}:{port}"
        layout.make_folders()
        self._process = processes.Process(
            "oidc-provider",
            ["node", HERE / "server.js", MODULES, port, redirect_uri, SECRET],
            log_path=layout.LOGS / f"test-independent-{port}.log",
            cwd=MODULES,
        )

    def wait(self):
        self._process.wait_for(f"{self.issuer}/.well-known/openid-configuration", 30)

    def stop(self):
        self._process.stop()
