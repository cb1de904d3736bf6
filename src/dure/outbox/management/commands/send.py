from typing import Any

from django.core.management.base import BaseCommand

from dure.health.running import run, stop_on_signals
from dure.outbox.carriers import chosen
from dure.outbox.sender import send_due


class Command(BaseCommand):
    help = "Send the messages that are owed. Runs until it is stopped."

    def handle(self, **options: Any) -> None:
        carriers = chosen()
        run("sender", lambda now, real: send_due(now, real, carriers), stop_on_signals())
