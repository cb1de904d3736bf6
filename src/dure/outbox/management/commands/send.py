from typing import Any

from django.core.management.base import BaseCommand

from dure.health.running import right_first, run, stop_on_signals
from dure.outbox.actions import bring_back
from dure.outbox.carriers import chosen
from dure.outbox.sender import send_due


class Command(BaseCommand):
    help = "Send the messages that are owed. Runs until it is stopped."

    def handle(self, **options: Any) -> None:
        carriers = chosen()
        run("sender", right_first(lambda now, real: send_due(now, real, carriers), bring_back), stop_on_signals())
