"""Suspected abuse, and who isn't to be told: no page, file, paper, phone or message of anybody but the office has it.

Words that can be found again are planted as a worker and an officer would enter them; then everything is rendered, as
everybody but the office, and looked through. The same look-through finds them where they may be, and where a fault is
built in on purpose.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pypdf import PdfReader

from dure import clock
from dure.care.discretion import actions as discretion
from dure.care.models import Contact, Recipient, Sighting, Visit
from dure.care.packs.actions import make as put_on_paper
from dure.care.phone import pack
from dure.care.settling import Seen, settle
from dure.cases.models import Case
from dure.files.models import Content
from dure.offices.acting import act
from dure.outbox.models import Message
from dure.people.models import Membership, Person, Role
from tests import make
from tests.matrix import Page
from tests.test_permissions import PAGES, built, door, things, undone

NOTE, WHO, NAME, PHONE = "팔에멍자국", "때린사람", "알리지말사람", "010-8765-4321"
MARKS = (NOTE, WHO, NAME, PHONE, PHONE.replace("-", ""), "학대")
OTHERS = [Role.WORKER, Role.PROVIDER, Role.CENTRE]
OFFICE = [Role.OFFICER, Role.ADMIN]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        _plant(found)
        yield found


def _plant(world: dict[str, Any]) -> None:
    now = clock.now()
    visit = Visit.objects.select_related("recipient", "duty", "provider").get(ref=world["own"]["visits/ref"])
    recipient, office = visit.recipient, visit.office
    act(office.pk)
    officer = make.person(office, as_=Role.OFFICER)
    worker = visit.worker or make.person(office, as_=Role.WORKER, at=visit.provider)
    Visit.objects.filter(pk=visit.pk).update(worker=worker)
    contact = Contact.objects.create(office=office, recipient=recipient, name=NAME, phone=PHONE)
    for case in Case.objects.filter(subject=recipient.ref):
        line = {"name": NAME, "relation": "아들", "phone": PHONE, "has_key": False, "dead": False}
        case.card = case.card | {"contacts": [line, *case.card.get("contacts", [])]}
        case.save()
    discretion.not_to_be_told(contact, "학대가 의심됨", by=officer, now=now)
    for outcome, handed in [("seen_with_concern", "proxy"), ("known_safe", ""), ("no_reply", "")]:
        seen = Seen(outcome, now, handed=handed, who=WHO, note=NOTE, abuse=True, signs=("walking",))
        settle(visit, seen, by=worker, report=None, now=now)
    make.role("engine")
    put_on_paper(visit.provider, clock.today(), now=now)
    make.role("app")
    world |= {"visit": visit, "worker": worker, "recipient": recipient, "office": office}


def words(body: bytes) -> str:
    """Whatever can be read in a page or a file: text, spreadsheets and other zips with what is in them, PDF."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as whole:
            return " ".join(words(whole.read(name)) for name in whole.namelist())
    if body.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).replace("\n", "")
    return body.decode(errors="ignore")


def found_in(text: str) -> list[str]:
    """Which of the planted words stand there."""
    return [mark for mark in MARKS if mark in text]


def told(page: Page, method: str, roles: list[str], world: dict[str, Any]) -> dict[str, list[str]]:
    """What the page tells each of these roles that it should not."""
    address = page.address(things(page, world["own"]))
    leaks = {}
    for role in (each for each in roles if each in (page.roles or ())):
        with undone():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE dure_app")
            answer = getattr(world["clients"][role], method)(address, follow=True)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if marks := found_in(words(body)):
                leaks[role] = marks
    return leaks


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", [p for p in PAGES if door(p) == "roles"], ids=lambda page: page.route or "(first)")
def test_nobody_but_the_office_is_told(page: Page, method: str, world: dict[str, Any]):
    assert told(page, method, OTHERS, world) == {}


def test_the_office_is_told_so_the_looking_finds_it(world: dict[str, Any]):
    visit = next(page for page in PAGES if page.route == "care/visits/<uuid:ref>/")
    assert told(visit, "get", OFFICE, world) == {role: [NOTE, WHO, "학대"] for role in OFFICE}
    contacts = next(page for page in PAGES if page.route == "care/discretion/recipients/<uuid:ref>/")
    assert {NAME, PHONE} <= set(told(contacts, "get", OFFICE, world)[Role.OFFICER])


@pytest.mark.parametrize("fault", ["words", "contact"])
def test_with_a_fault_built_in_the_looking_finds_it(fault: str, world: dict[str, Any]):
    """As it was before: the words on the sighting, the contact on the list."""
    with undone():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE postgres")
        if fault == "words":
            Sighting.objects.filter(visit=world["visit"]).update(note=NOTE, who=WHO)
        else:
            Contact.everybody.filter(name=NAME).update(untold_at=None)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE dure_app")
        leaks = [page.route for page in PAGES if door(page) == "roles" and told(page, "get", [Role.PROVIDER], world)]
    assert len(leaks) >= 3, leaks


def test_neither_the_phone_nor_the_papers_of_the_day_have_it(world: dict[str, Any]):
    act(world["office"].pk)
    assert world["recipient"].name in json.dumps(pack(world["worker"], clock.today()), ensure_ascii=False)
    assert found_in(json.dumps(pack(world["worker"], clock.today()), ensure_ascii=False)) == []
    files = [words(bytes(each.data)) for each in Content.objects.filter(office=world["office"])]
    assert any(world["recipient"].name in text for text in files)
    assert [found_in(text) for text in files if found_in(text)] == []


def test_no_message_has_the_words_and_only_the_office_is_told_that_there_is_something(world: dict[str, Any]):
    act(world["office"].pk)
    said = [(m.person_id, m.text + json.dumps(m.values, ensure_ascii=False)) for m in Message.objects.all()]
    assert [text for _, text in said if found_in(text)] == []
    officers = set(Membership.objects.filter(role__in=OFFICE).values_list("person", flat=True))
    assert {person for person, text in said if "confidential" in text} <= officers


def test_no_case_has_the_words_on_its_time_line_or_card(world: dict[str, Any]):
    act(world["office"].pk)
    for case in Case.objects.filter(subject=world["recipient"].ref):
        told = [case.card, *case.entries.values_list("note", "who", "values")]
        assert found_in(json.dumps(told, ensure_ascii=False, default=str)) == []


@pytest.mark.parametrize("role", OTHERS)
def test_the_database_shows_it_to_nobody_else(role: str, world: dict[str, Any]):
    place = world["visit"].provider_id if role != Role.CENTRE else world["recipient"].centre_id
    person = Person.objects.filter(memberships__role=role, memberships__organisation=place).first()
    act(world["office"].pk, person.pk if person else 1, [place])
    try:
        with undone(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE dure_app")
            for table in ("care_inconfidence", "discretion_untold"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,), table
            cursor.execute("SELECT count(*) FROM care_contact WHERE name = %s", [NAME])
            assert cursor.fetchone() == (0,)
            cursor.execute("DELETE FROM care_contact")
            cursor.execute("UPDATE care_contact SET untold_at = NULL")
        assert Recipient.objects.filter(pk=world["recipient"].pk).exists()
    finally:
        act(world["office"].pk)
    assert Contact.everybody.filter(name=NAME).exclude(untold_at=None).exists()
