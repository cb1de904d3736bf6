"""A contact who isn't to be told: off every list while it holds; only the office knows that, and why."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from dure.care import recipients as book
from dure.care.discretion import actions
from dure.care.discretion.models import Untold
from dure.care.models import Contact, InConfidence, Sighting
from dure.care.phone import without_words
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.errors import Refused
from dure.offices.acting import act
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import acting
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db
WHY = "아들의 폭행이 의심됨"


@pytest.fixture
def world(moved):
    moved(NOON)
    made = w.build()
    for order, (name, phone) in enumerate([("나아들", "010-1111-2222"), ("나딸", "010-3333-4444")], 1):
        Contact.objects.create(office=made.office, recipient=made.recipient, order=order, name=name, relation=name[1:],
                               phone=phone)  # fmt: skip
    made.son, made.daughter = Contact.objects.all()
    return made


def hidden(world) -> Untold:
    act(world.office.pk, world.officer.pk)
    return actions.not_to_be_told(world.son, WHY, by=world.officer, now=NOON)


def test_it_is_on_no_list_and_the_next_in_order_is_the_first(world):
    case = w.reached_by_nobody(world)
    hidden(world)
    assert list(world.recipient.contacts.all()) == [world.daughter]
    case.refresh_from_db()
    assert [c["name"] for c in case.card["contacts"]] == ["나딸"]
    for who in (world.desk, world.centre, world.officer):
        client = signed_in(who)
        for page in (case.page, f"/care/recipients/{world.recipient.ref}/unreachable/",
                     f"/care/recipients/{world.recipient.ref}/"):  # fmt: skip
            body = client.get(page).content.decode()
            assert "010-3333-4444" in body and "010-1111-2222" not in body and WHY not in body, (who, page)


def test_the_office_says_why_sees_it_and_ends_it_with_a_reason(world):
    office, page = signed_in(world.officer), f"/care/discretion/recipients/{world.recipient.ref}/"
    act_on = f"/care/discretion/contacts/{world.son.pk}/"
    assert office.post(f"{act_on}hide/", {"why": ""}).status_code == 422
    assert office.post(f"{act_on}hide/", {"why": WHY}).status_code == 302
    assert office.post(f"{act_on}hide/", {"why": WHY}).status_code == 409
    body = office.get(page).content.decode()
    assert WHY in body and "나아들" in body and "담당" in body
    assert signed_in(world.desk).get(page).status_code == signed_in(world.centre).get(page).status_code == 403
    assert office.post(f"{act_on}show/", {"why": " "}).status_code == 422
    assert office.post(f"{act_on}show/", {"why": "오해로 밝혀짐"}).status_code == 302
    act(world.office.pk)
    assert list(world.recipient.contacts.all()) == [world.son, world.daughter]
    assert "오해로 밝혀짐" in office.get(page).content.decode()


def test_who_knows_nothing_of_it_changes_the_contacts_and_it_stays(world):
    hidden(world)
    rows = [{"name": n, "phone": p, "relation": "", "has_key": False}
            for n, p in [("아드님", "010-1111-2222"), ("새이웃", "010-5")]]  # fmt: skip
    with acting(world.office.pk, world.desk.pk, [world.provider.pk]):
        book.keep_contacts(world.recipient, rows)
        assert [c.name for c in world.recipient.contacts.all()] == ["새이웃"]
    act(world.office.pk)
    assert [(c.name, bool(c.untold_at)) for c in Contact.everybody.order_by("pk")] == [
        ("나아들", True),
        ("새이웃", False),
    ]


def test_a_contact_who_was_hidden_once_may_be_deleted_and_the_reason_stays(world):
    untold = hidden(world)
    actions.told_again(untold, "끝", by=world.officer, now=NOON + MINUTE)
    with pytest.raises(Refused):
        actions.told_again(untold, "또", by=world.officer, now=NOON + MINUTE)
    with acting(world.office.pk, world.desk.pk, [world.provider.pk]), transaction.atomic():
        book.keep_contacts(world.recipient, [])
    act(world.office.pk, world.officer.pk)
    assert (Contact.everybody.count(), Untold.objects.get().name) == (0, "나아들")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"why": "x"}, "untold_stays_as_it_was"),
        ({"since": NOON - timedelta(days=1)}, "untold_stays_as_it_was"),
        ({"ended_at": NOON}, "untold_is_ended_by_somebody_with_a_reason"),
        ({"ended_why": "x"}, "untold_is_ended_by_somebody_with_a_reason"),
    ],
)
def test_refuses(world, change, constraint):
    hidden(world)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Untold.objects.update(**change)


def test_once_and_with_a_reason(world):
    made = hidden(world)
    for values, constraint in [({}, "untold_once"), ({"why": "", "contact": world.daughter}, "untold_says_why")]:
        said = {"office": world.office, "recipient": world.recipient, "contact": made.contact, "name": "x", "why": "x",
                "since": NOON, "by": world.officer} | values  # fmt: skip
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Untold.objects.create(**said)


def test_the_words_of_a_suspicion_stand_apart_and_the_provider_isnt_owed_a_look_for_them(world):
    w.says(world, "seen_with_concern", abuse=True, note="멍 자국", who="아들")
    act(world.office.pk)
    seen = Sighting.objects.get()
    kept = InConfidence.objects.get()
    assert (seen.note, seen.who, kept.sighting, kept.note, kept.who) == ("", "", seen, "멍 자국", "아들")
    assert w.owed(world.visit) == {"care.abuse"}
    [duty] = Duty.objects.filter(kind="care.abuse")
    assert (duty.organisation, duty.area) == (None, None)


def test_where_somebody_is_explains_a_visit_also_in_confidence(world):
    visit = w.says(world, "known_safe", abuse=True, who="쉼터", note="비밀")
    assert (visit.duty.outcome, visit.outcome) == ("kept", "known_safe")


def test_a_report_nobody_could_read_is_shown_to_others_without_words():
    said = '{"outcome": "seen_well", "abuse": true, "note": "멍", "who": "아들", "handed": "proxy"}'
    assert without_words(said) == '{"outcome": "seen_well", "handed": "proxy"}'
    assert without_words('{"outcome": "seen_well", "note": "x"') == without_words("[1]") == "…"


def test_a_card_that_can_t_be_read_is_left_as_it_lies(world, settings):
    case = w.reached_by_nobody(world)
    keys = settings.DURE_FIELD_KEYS
    settings.DURE_FIELD_KEYS = ["another key altogether"]
    hidden(world)
    settings.DURE_FIELD_KEYS = keys
    case = Case.objects.get(pk=case.pk)
    assert case.card["name"] == world.recipient.name and len(case.card["contacts"]) == 2


def test_words_that_the_release_before_writes_go_in_confidence_too(world):
    act(world.office.pk, world.officer.pk)
    add = """INSERT INTO care_sighting (office_id, visit_id, by_id, outcome, handed, at, received_at, signs, leftover,
        worried, abuse, danger, door, note, who, by_paper) VALUES (%s, %s, %s, 'seen_well', 'in_person', now(), now(),
        '[]', false, false, true, false, '{}', '멍', '아들', false)"""
    with connection.cursor() as cursor:
        cursor.execute(add, [world.office.pk, world.visit.pk, world.worker.pk])
    assert list(Sighting.objects.values_list("who", "note")) == [("", "")]
    assert list(InConfidence.objects.values_list("who", "note")) == [("아들", "멍")]
