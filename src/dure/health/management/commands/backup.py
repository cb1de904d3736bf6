from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.translation import gettext as _
from psycopg.conninfo import make_conninfo

from dure import clock
from dure.health import backup

OURS = {"cursor_factory", "context", "prepare_threshold", "client_encoding"}  # not PostgreSQL's


class Command(BaseCommand):
    help = "Make a sealed copy of the whole database (DURE_BACKUPS), and let the oldest go (DURE_BACKUPS_KEPT)."

    def handle(self, **options: Any) -> None:
        key, made_in = backup.key_in(settings.DATA, settings.DURE_BACKUP_KEY)
        if made_in:
            told = _("A key was made in %(file)s. Keep a copy of it elsewhere: without it no back-up can be read.")
            self.stdout.write(told % {"file": made_in})
        made = backup.keep(
            here(), Path(settings.DURE_BACKUPS), key,
            room=settings.DATA, kept=settings.DURE_BACKUPS_KEPT, days=settings.DURE_BACKUPS_DAYS,
            now=clock.now(),
        )  # fmt: skip
        self.stdout.write(_("Backed up to %(file)s.") % {"file": made})


def here() -> str:
    """How PostgreSQL's own programs reach the database of this process."""
    return make_conninfo("", **{k: v for k, v in connection.get_connection_params().items() if k not in OURS})
