from typing import Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from dure.duty.actions import bring_back
from dure.duty.reports import take_up
from dure.duty.watch import sweep
from dure.health.running import right_first, run, stop_on_signals


class Command(BaseCommand):
    help = "Look after every duty: raise what is overdue, tell the next person. Runs until it is stopped."

    def handle(self, **options: Any) -> None:
        hooks = import_string("dure.urls.HOOKS")
        act = import_string("dure.urls.ACT")
        work = right_first(lambda now, real: sweep(now, hooks) + take_up(now, act), lambda now, real: bring_back(now))
        run("watch", work, stop_on_signals())
