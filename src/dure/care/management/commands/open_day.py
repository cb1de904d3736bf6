import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext_noop

from dure import clock
from dure.care.away import ask_about_all
from dure.care.moves import carry_out
from dure.care.opening import open_day
from dure.health.actions import fault, mended
from dure.offices.acting import acting
from dure.offices.models import Office

log = logging.getLogger(__name__)
NOT_ASKED = gettext_noop("Who is away without an end could not be asked about: %(why)s")
NOT_MOVED = gettext_noop("Who changes to another provider today could not be moved: %(why)s")
NOT_OPENED = gettext_noop("The visits of %(day)s could not be opened: %(why)s")


class Command(BaseCommand):
    help = "Open the visits of today and tomorrow (or of one day) in every office. Safe to run again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="only this day, e.g. 2026-11-23")

    def handle(self, *, day: date | None = None, **options: Any) -> None:
        failed = 0
        for office in Office.objects.all():
            clock.use_zone(office.zone)
            days = [day] if day else [clock.today(), clock.today() + timedelta(days=1)]
            with acting(office.pk):
                failed += not self._move(office)
                failed += not self._ask(office)
                for each in days:
                    failed += not self._open(office, each)
        if failed:
            raise CommandError("Some visits could not be opened; the board says which under what is to be mended.")

    def _open(self, office: Office, day: date) -> bool:
        """Open one day of one office."""
        opened = self._try(
            office, f"open_day {day}", NOT_OPENED, lambda: open_day(office.pk, day, now=clock.now()), day
        )
        if opened is not None:
            self.stdout.write(f"{office.name} {day}: {opened} visits opened")
        return opened is not None

    def _move(self, office: Office) -> bool:
        """Whose provider changes today changes before anything is opened."""
        moved = self._try(office, "open_day moves", NOT_MOVED, lambda: carry_out(office.pk, now=clock.now()))
        return moved is not None

    def _ask(self, office: Office) -> bool:
        """Nobody is away for good because nobody asks."""
        asked = self._try(office, "open_day away", NOT_ASKED, lambda: ask_about_all(office.pk, now=clock.now()))
        return asked is not None

    def _try(self, office: Office, key: str, what: str, do: Callable[[], int], day: date | None = None) -> int | None:
        """What fails in one office is a fault, told outside, and holds up no other office."""
        try:
            done = do()
        except Exception as problem:
            log.exception("%s of %s failed", key, office)
            values = {"day": str(day), "why": getattr(problem, "message", type(problem).__name__)}
            fault(key, what, values, now=clock.now(), office=office.pk, outside=True)
            return None
        mended(key, now=clock.now(), office=office.pk)
        return done
