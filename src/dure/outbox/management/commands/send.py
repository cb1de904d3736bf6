from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from dure.health.running import right_first, run, stop_on_signals
from dure.outbox.actions import bring_back
from dure.outbox.carriers import chosen
from dure.outbox.sender import send_due


class Command(BaseCommand):
    help = "Send the messages that are owed. Runs until it is stopped."

    def handle(self, **options: Any) -> None:
        carriers, away = chosen(), dict[str, datetime]()
        work = right_first(lambda now, real: send_due(now, real, carriers, away), bring_back)
        run("sender", work, stop_on_signals())
