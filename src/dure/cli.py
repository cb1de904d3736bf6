"""`dure COMMAND`: Django's commands, each connected to the database as the role that it needs."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OWNER = {
    "migrate",
    "makemigrations",
    "demo",
    "backup",
    "restore",
    "up",
    "day",
    "office",
    "dbshell",
    "shell",
    "reset_second_step",
}
ENGINE = {"keys", "watch", "send", "jobs", "open_day", "seal", "doctor", "audit"}
OF_ITS_OWN = {"day"}  # lives in a data folder of its own, which is gone afterwards
WITHOUT_DATABASE = {"help", "--help", "compilemessages", "collectstatic"}


def main() -> None:
    """Start the embedded database when there is no other, choose the role, run the command."""
    command = sys.argv[1].replace("-", "_") if len(sys.argv) > 1 else "help"
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        sys.argv[1] = command
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
    role = "owner" if command in OWNER else "engine" if command in ENGINE else "app"
    os.environ["DURE_ROLE"] = role
    from dure import postgres
    from dure.errors import Refused

    try:
        with _data_folder(command) as data:
            needed = postgres.is_embedded() and command not in WITHOUT_DATABASE
            held = postgres.ensure(data / "postgres") if needed else None
            try:
                from django.core.management import execute_from_command_line

                execute_from_command_line(["dure", *sys.argv[1:]])
            finally:
                if held:
                    held.stop()
    except Refused as refused:
        sys.exit(refused.message)


@contextmanager
def _data_folder(command: str) -> Iterator[Path]:
    """Where the data lie: as the settings say, or for a trial run in a folder that nobody else uses."""
    if command not in OF_ITS_OWN:
        yield Path(os.environ.get("DURE_DATA", "data")).resolve()
        return
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ENGINE_URL"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="dure-", ignore_cleanup_errors=True) as folder:
        data = Path(folder).resolve()
        data.chmod(0o711)  # started by root, the server runs as somebody else
        os.environ["DURE_DATA"] = str(data)
        yield data
