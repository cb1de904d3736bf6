"""When the only administrator has lost phone and paper: from the machine itself."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dure import clock
from dure.errors import Refused
from dure.people.models import Person
from dure.signing.actions import reset


class Command(BaseCommand):
    help = "Take away somebody's second step: they are signed out, told of it, and set up a new one at the next log-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="log-in name")

    def handle(self, *, login: str, **_: Any) -> None:
        person = Person.objects.select_related("office").filter(username=login).first()
        if person is None:
            raise Refused(f"There is no log-in name {login}.")
        reset(person, by=None, now=clock.now(), real=clock.real())
        self.stdout.write(f"{person}: the second step is set up anew at the next log-in.")
