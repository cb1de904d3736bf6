from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from dure import clock
from dure.audit import anchors
from dure.audit.verify import verify


class Command(BaseCommand):
    help = "verify: hash the whole record anew, and compare it with what was kept beside the back-ups."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--anchors", type=Path, default=Path(settings.DURE_BACKUPS) / anchors.NAME)

    def handle(self, **options: Any) -> None:
        known = anchors.kept(options["anchors"])
        found = verify(known)
        for seal in found.broken:
            said = _("Seal %(n)s of %(moment)s doesn't fit: lines were changed, taken away or added.")
            self.stdout.write(said % {"n": seal.pk, "moment": f"{clock.local(seal.at):%Y-%m-%d %H:%M:%S}"})
        for each in found.cut:
            said = _("What was kept outside on %(day)s isn't in the chain: it was written anew or cut off.")
            self.stdout.write(said % {"day": each.day})
        if not known:
            self.stdout.write(_("Nothing was kept outside (%(file)s).") % {"file": options["anchors"]})
        counts = {"lines": f"{found.lines:,}", "seals": f"{found.seals:,}", "days": len(known)}
        self.stdout.write(_("%(lines)s lines, %(seals)s seals, %(days)s days kept outside.") % counts)
        self.stdout.write(_("The record is whole.") if found.whole else _("The record is NOT whole."))
        if not found.whole:
            raise SystemExit(1)
        anchors.verified(options["anchors"].parent, clock.real())
