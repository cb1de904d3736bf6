"""No page shows a person without a look on the record: on every page, whoever is named is looked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from dure.audit.models import Entry
from dure.care.complaints.models import Complaint
from dure.care.models import Recipient
from dure.care.support.models import Lead, Waiting
from dure.cases.models import Case
from dure.people.masking import masked_name
from tests.matrix import Page
from tests.test_permissions import PAGES, built, door, things, undone

FIRST = 0xAC00  # 가


@dataclass(frozen=True)
class Known:
    """Somebody who can be found on a page by name, masked name or number."""

    ref: UUID
    said: tuple[str, ...]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        found["known"] = list(_tell_apart())
        yield found


def _tell_apart() -> Iterator[Known]:
    """Gives everybody a name whose masked form is nobody else's, and a number of their own."""
    as_("postgres")
    number = 0
    for model in (Recipient, Waiting, Lead, Complaint):
        for pk, ref in list(model.objects.order_by("pk").values_list("pk", "ref")):
            number += 1
            name, phone = f"감{'나' * (number % 9 + 4)}{chr(FIRST + number)}", f"010-8{number:03}-7{number:03}"
            model.objects.filter(pk=pk).update(name=name, phone=phone)
            if model is Recipient:
                for case in Case.objects.filter(subject=ref):
                    Case.objects.filter(pk=case.pk).update(card=case.card | {"name": name, "phone": phone})
            yield Known(ref, (name, masked_name(name), phone))
    as_("dure_app")


def test_everybody_can_be_told_apart(world: dict[str, Any]):
    said = [word for known in world["known"] for word in known.said]
    assert len(said) == len(set(said)) and len(world["known"]) >= 10


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", [p for p in PAGES if door(p) == "roles"], ids=lambda page: page.route or "(first)")
def test_whoever_is_shown_was_looked_at(page: Page, method: str, world: dict[str, Any]):
    address = page.address(things(page, world["own"]))
    may = [role for role in world["clients"] if role in (page.roles or ())]
    for role in {may[0], may[-1]}:
        with undone():
            as_("postgres")
            last = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
            as_("dure_app")
            answer = getattr(world["clients"][role], method)(address)
            body = b"" if answer.streaming else answer.content
            as_("postgres")
            whose = Entry.objects.filter(id__gt=last).values_list("whose", flat=True)
            assert seen(body.decode(errors="ignore"), world) <= {r for refs in whose for r in refs}, (role, address)


def seen(body: str, world: dict[str, Any]) -> set[UUID]:
    """Who stands on a page."""
    return {known.ref for known in world["known"] if any(word in body for word in known.said)}


def as_(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
