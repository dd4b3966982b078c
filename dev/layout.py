"""Where things lie. Everything this package makes is under ``.local``."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"

VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
ODOO_PREFIX = LOCAL / "odoo"
PG_DATA = LOCAL / "pg"
DATA = LOCAL / "data"
FILESTORE = DATA / "filestore"
CONF = LOCAL / "odoo.conf"
LOGS = LOCAL / "log"
CACHE = LOCAL / "cache"
LOCKS = LOCAL / "lock"
RUN = LOCAL / "run"
SHOTS = LOCAL / "shots"
NODE = LOCAL / "node"

ADDON = "social_token_manager"
REQUIREMENTS = ROOT / "dev" / "requirements.txt"


def make_folders():
    """Create the folders that everything else takes for granted."""
    for folder in (LOCAL, DATA, LOGS, CACHE, LOCKS):
        folder.mkdir(parents=True, exist_ok=True)
