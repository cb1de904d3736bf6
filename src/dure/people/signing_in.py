"""Signing in: the one moment at which a person is looked up before the office is known."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from dure.offices.acting import act
from dure.people.models import Person


class ByName(BaseBackend):
    """Name and password. The database shows only the row whose name was typed in."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Person | None:
        if not username or password is None:
            return None
        act(None, key=f"name:{username}")
        person = Person.objects.filter(username=username).first()
        if person is None:
            Person().set_password(password)  # takes as long as a wrong password
            return None
        if not person.check_password(password) or not person.is_active:
            return None
        act(person.office_id, person.pk, [])
        return person

    def get_user(self, user_id: int) -> Person | None:
        person = Person.objects.select_related("office").filter(pk=user_id).first()
        return person if person and person.is_active else None
