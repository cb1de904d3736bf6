"""What was changed of a recipient: when, who, which field, from what to what, for officers alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.care import world as served

from dure.audit.models import Entry
from dure.care.models import Contact, Recipient
from dure.offices.acting import act, acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Any:
    made = served.build()
    made.recipient  # noqa: B018
    return made


def page_of(world: Any, by: Any) -> Any:
    return make.signed_in(by).get(f"/looks/recipients/{world.recipient.ref}/changed/")


def test_an_officer_reads_from_what_to_what_and_that_is_a_look(world: Any):
    recipient = world.recipient
    with acting(world.office.pk, world.officer.pk):
        recipient.tier, recipient.health = "red", "당뇨"
        recipient.save()
        recipient.place.door_code = "1234*"
        recipient.place.save()
        Contact.objects.create(office=world.office, recipient=recipient, name="큰딸", phone="010-3")
    act(world.office.pk)
    answer = page_of(world, world.officer)
    page = answer.content.decode()
    for word in ("위험도", "당뇨", "1234*", "현관 비밀번호", "큰딸", "담당", "변경 전"):
        assert word in page, word
    line = next(each for each in answer.context["lines"] if each.after == "당뇨")
    assert (line.who, line.before) == ("담당", "—")
    act(world.office.pk)
    assert recipient.ref in Entry.objects.filter(about__startswith="page changed_of").latest("id").whose


def test_every_field_has_a_name_that_an_official_knows(world: Any):
    from dure.desk import changed

    named = changed._labels()
    fields = {f for model in changed.PARTS for f in model._meta.concrete_fields if f.attname not in changed.SILENT}
    assert {f.name for f in fields} - named.keys() == {"office", "recipient"} & {f.name for f in fields}


def test_what_only_lies_otherwise_is_no_change(world: Any):
    Recipient.objects.filter(pk=world.recipient.pk).update(health="당뇨")
    Recipient.objects.filter(pk=world.recipient.pk).update(health="당뇨")
    lines = page_of(world, world.officer).context["lines"]
    assert [each.after for each in lines if each.after == "당뇨"] == ["당뇨"]


def test_centres_and_providers_see_none(world: Any):
    for other in (world.centre, world.desk, world.worker):
        assert page_of(world, other).status_code in (403, 404)


def test_many_changes_ask_no_more_of_the_data_base(world: Any):
    counted = []
    for many in (1, 30):
        for number in range(many):
            Recipient.objects.filter(pk=world.recipient.pk).update(phone=f"010-{many}-{number}")
        client = make.signed_in(world.officer)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"/looks/recipients/{world.recipient.ref}/changed/")
        counted.append(len(queries))
    assert counted[0] == counted[1]
