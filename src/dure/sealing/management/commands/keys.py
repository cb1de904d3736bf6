"""`dure keys`: under which keys sealed values lie; `dure keys rotate`: all of them under the first one."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from dure.offices.acting import acting
from dure.offices.models import Office
from dure.sealing import rotating
from dure.sealing.box import ring


class Command(BaseCommand):
    help = (
        "Says under which keys sealed values lie; `rotate` seals them anew with the first key, while everything runs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=["show", "rotate"], default="show")

    def handle(self, *args: Any, **options: Any) -> None:
        found: Counter[str] = Counter()
        for office in Office.objects.values_list("pk", flat=True):
            with acting(office):
                for field in rotating.columns():
                    if options["what"] == "rotate":
                        rotating.rotate(field)
                    found.update(rotating.left(field))
                if options["what"] == "rotate":
                    rotating.rotate_values()
        first = next(iter(ring()))
        for name, many in sorted(found.items(), key=lambda each: each[0] != first):
            self.stdout.write(_said(name, first) % {"n": many, "key": name})


def _said(name: str, first: str) -> str:
    if name == first:
        return _("%(n)s values lie under the key that seals now (%(key)s).")
    if not name:
        return _("%(n)s values aren't sealed yet: dure keys rotate")
    if name in ring():
        return _("%(n)s values lie under an earlier key (%(key)s): dure keys rotate")
    return _("%(n)s values can't be read: their key (%(key)s) isn't in DURE_FIELD_KEYS. Give it there again.")
