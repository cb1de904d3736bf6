from typing import Any

from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from dure.duty.reports import left_lying
from dure.duty.watch import sweep
from dure.health.running import run, stop_on_signals


class Command(BaseCommand):
    help = "Look after every duty: raise what is overdue, tell the next person. Runs until it is stopped."

    def handle(self, **options: Any) -> None:
        hooks = import_string("dure.urls.HOOKS")
        run("watch", lambda now, real: sweep(now, hooks) + left_lying(now), stop_on_signals())
