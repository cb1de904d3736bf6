"""`dure COMMAND`: Django's commands, each connected to the database as the role that it needs."""

import os
import sys
from pathlib import Path

OWNER = {"migrate", "makemigrations", "demo", "backup", "restore", "day", "office", "dbshell", "shell"}
ENGINE = {"watch", "send", "jobs", "open_day", "seal"}
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
        if postgres.is_embedded() and command not in WITHOUT_DATABASE:
            held = postgres.ensure(Path(os.environ.get("DURE_DATA", "data")).resolve() / "postgres")
        else:
            held = None
        from django.core.management import execute_from_command_line

        try:
            execute_from_command_line(["dure", *sys.argv[1:]])
        finally:
            if held:
                held.stop()
    except Refused as refused:
        sys.exit(refused.message)
