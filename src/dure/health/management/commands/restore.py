from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from dure.health import backup
from dure.health.management.commands.backup import here


class Command(BaseCommand):
    help = "Bring a back-up back into an empty database: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `dure backup` has made")
        parser.add_argument("--into", default="", help="connection string of the owner to another, empty database")

    def handle(self, *, file: Path, into: str, **options: Any) -> None:
        key, _made = backup.key_in(settings.DATA, settings.DURE_BACKUP_KEY, make_one=False)
        again = backup.restore(file, into or here(), key, room=settings.DATA, erased_in=Path(settings.DURE_BACKUPS))
        self.stdout.write(_("Restored from %(file)s.") % {"file": file})
        if again is None:
            self.stdout.write(_("It is from before personal data were let go: start Dure, and the next night does it."))
        else:
            self.stdout.write(_("%(n)s rows that were let go since then were let go again.") % {"n": again})
