"""Odd input to care's pages: a sentence or nothing, never an error of ours; and as many questions whatever the size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from dure.audit.models import Entry
from dure.care.models import Course
from dure.offices.acting import act
from dure.people.models import Role
from tests import make
from tests.care.pages import signed_in
from tests.field import world

pytestmark = pytest.mark.django_db
ODD = [
    "",
    "\x00",
    "-1",
    "9" * 30,
    "9" * 5000,
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "25:61",
    "음력 3.5",
    "🍚" * 300,
    "None",
]
FIELDS = [
    "name", "born_on", "phone", "provider", "route", "route_order", "area", "address", "slow_minutes", "since", "until",
    "on", "why", "told_by", "source", "who", "at", "note", "outcome", "handed", "signs", "case", "day", "month",
    "person", "starts", "ends", "days", "place", "to", "stop", "meals-lunch_days", "meals-since", "contact-0-phone",
    "contact-TOTAL_FORMS", "form-TOTAL_FORMS", "form-0-whom", "minutes", "page", "q", "dong", "state", "result",
    "answers_for", "organisation",
]  # fmt: skip


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


def test_nothing_typed_breaks_a_page():
    day = world.day()
    admin = make.person(day.office, as_=Role.ADMIN)
    roster, course = make.roster(day.office, admin), Course.objects.get(office=day.office)
    client, visit = signed_in(admin), day.visits[0]
    one = f"/care/recipients/{visit.recipient.ref}"
    forms = [
        "/care/recipients/new/", f"{one}/edit/", f"{one}/away/", f"{one}/unreachable/", f"{one}/end/",
        f"/care/visits/{visit.ref}/outcome/", "/care/calendar/", f"/care/rosters/{roster.ref}/", "/care/rosters/new/",
        "/care/orders/case/", f"/care/courses/{course.ref}/assign/",
    ]  # fmt: skip
    lists = ["/care/recipients/", "/care/visits/", "/care/courses/", "/care/calendar/"]

    @settings(max_examples=60, deadline=None)
    @given(
        st.sampled_from(forms),
        st.sampled_from(lists),
        st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(ODD), min_size=3, max_size=20),
    )
    def type_into(form, page, said):
        assert client.post(form, said).status_code in (200, 302, 409, 422)
        assert client.get(page, said, follow=True).status_code == 200  # a word to look up is taken out of the address

    type_into()


def test_pages_ask_as_many_questions_whatever_the_size():
    counts = []
    for stops in (2, 6):
        day = world.day(stops=stops)
        client, asked_of = signed_in(day.officer), []
        for page in ("/care/visits/", "/care/courses/", "/care/absences/", "/care/rosters/", "/care/orders/"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            asked_of.append(len(asked))
        counts.append(asked_of)
    assert counts[0] == counts[1] and max(counts[0]) <= 30


def test_a_contact_number_is_tried_and_stands_on_the_record():
    day = world.day()
    recipient = day.visits[0].recipient
    contact, client = recipient.contacts.get(), signed_in(day.desk)
    assert client.post(f"/care/contacts/{contact.pk}/tested/", {"result": "dead"}).status_code == 302
    act(day.office.pk)
    contact.refresh_from_db()
    assert (contact.tested_at, contact.dead_at) == (make.NOON, make.NOON)
    assert client.post(f"/care/contacts/{contact.pk}/tested/", {"result": "works"}).status_code == 302
    act(day.office.pk)
    contact.refresh_from_db()
    assert contact.dead_at is None
    assert Entry.objects.filter(did="tested a number", about=f"recipient {recipient.ref}").count() == 2


def test_a_second_roster_for_the_same_thing_is_refused_with_a_sentence():
    day = world.day()
    client = signed_in(make.person(day.office, as_=Role.ADMIN))
    said = {"name": "당번", "organisation": day.provider.pk, "answers_for": "desk"}
    assert client.post("/care/rosters/new/", said).status_code == 302
    answer = client.post("/care/rosters/new/", said)
    assert answer.status_code == 422 and "answers_for" in answer.context["form"].errors
