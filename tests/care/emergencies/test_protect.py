"""The database itself shows one recipient to one person for a time, for reading; attacked with plain SQL as the app."""

from datetime import timedelta

import pytest
from django.db import Error, IntegrityError, ProgrammingError, connection, transaction

from dure.care.emergencies import actions
from dure.care.emergencies.actions import Particulars, Why
from dure.care.emergencies.models import EmergencyLook, Guess
from dure.care.models import Contact
from dure.offices.acting import act
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.world import DAY
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def world(moved):
    moved(NOON)
    made = w.build()
    made.other_recipient = w.recipient(made, "김이웃")
    made.visit  # noqa: B018
    Contact.objects.create(office=made.office, recipient=made.recipient, name="딸", phone="1")
    there = make.organisation(made.office, "provider")
    made.stranger, made.colleague = (make.person(made.office, as_="provider", at=there) for _ in range(2))
    for_stranger(made)
    made.look = actions.look_for(
        Particulars("홍길동", area=made.dong), Why("found", "쓰러져 있음"), by=made.stranger, now=NOON
    )
    return made


def for_stranger(world, who=None, key=""):
    who = who or world.stranger
    act(world.office.pk, who.pk, standing(who, DAY).organisations, key)


def key(look) -> str:
    return f"emergency:{look.ref}"


def names() -> list[str]:
    return [row[0] for row in sql("SELECT name FROM care_recipient ORDER BY name")]


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE dure_app")
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def test_with_the_looks_key_that_one_recipient_and_what_hangs_on_them_is_there_and_nobody_else(world):
    for_stranger(world)
    assert names() == []
    for_stranger(world, key=key(world.look))
    assert names() == ["홍길동"]
    assert sql("SELECT name FROM care_contact") == [("딸",)]
    assert sql("SELECT count(*) FROM care_visit") == [(1,)]
    assert sql("SELECT count(*) FROM cases_case") == [(0,)]


def test_over_or_ended_it_shows_nobody(world, moved):
    for_stranger(world, key=key(world.look))
    moved(NOON + HOUR - MINUTE)
    assert names() == ["홍길동"]
    moved(NOON + HOUR)
    assert names() == []
    moved(NOON + MINUTE)
    actions.end(EmergencyLook.objects.get(), by=world.stranger, now=NOON + MINUTE)
    assert names() == []


def test_somebody_elses_look_shows_nobody(world):
    for_stranger(world, world.colleague, key(world.look))
    assert names() == []
    assert sql("SELECT count(*) FROM emergencies_emergencylook") == [(0,)]


def test_of_another_office_it_shows_nobody(world):
    other = w.build()
    act(other.office.pk, world.stranger.pk, [], key(world.look))
    assert names() == []
    act(other.office.pk, world.stranger.pk, None, key(world.look))
    assert names() == []


@pytest.mark.parametrize("wrong", ["emergency:", "emergency:x' OR true --", "emergency:" + "-" * 35, "device:x"])
def test_a_key_that_is_none_opens_nothing(world, wrong):
    for_stranger(world, key=wrong)
    assert names() == []


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE care_recipient SET phone = 'x'",
        "UPDATE care_contact SET phone = 'x'",
        "DELETE FROM care_contact",
        "UPDATE care_visit SET outcome = ''",
        "UPDATE care_mealplan SET until = now()",
        "UPDATE care_absence SET told_by = 'x'",
    ],
)
def test_through_a_look_nothing_is_changed(world, attack):
    for_stranger(world, key=key(world.look))
    assert sql(attack) == 0


def test_through_a_look_nothing_is_added(world):
    for_stranger(world, key=key(world.look))
    with pytest.raises(ProgrammingError, match="look_adds"), transaction.atomic():
        sql('INSERT INTO care_contact (office_id, recipient_id, "order", name, relation, phone, has_key) VALUES'
            " (%s, %s, 1, 'x', '', '1', false)", world.office.pk, world.recipient.pk)  # fmt: skip


COPY = (
    "INSERT INTO emergencies_emergencylook (office_id, ref, recipient_id, by_id, reason, words, opened_at, until,"
    " finding, follow_up, duty_id) SELECT office_id, gen_random_uuid(), {recipient}, {by}, reason, words, {opened},"
    " {until}, '', '', {duty} FROM emergencies_emergencylook"
)


def forged(world, **values):
    act(world.office.pk)
    duty = make.duty(world.stranger)
    said = {"recipient": world.other_recipient.pk, "by": world.stranger.pk, "opened": "opened_at", "until": "until",
            "duty": duty.pk} | values  # fmt: skip
    for_stranger(world)
    return sql(COPY.format(**said))


@pytest.mark.parametrize(
    "forgery", [{"opened": "opened_at - interval '1 hour'"}, {"opened": "opened_at + interval '1 hour'"}],
    ids=["earlier", "later"],
)  # fmt: skip
def test_a_look_begins_now(world, forgery):
    with pytest.raises(ProgrammingError, match="own"), transaction.atomic():
        forged(world, until="until + interval '1 hour'", **forgery)


def test_nobody_opens_a_look_in_somebody_elses_name(world):
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        forged(world, by=world.colleague.pk)
    act(world.office.pk, world.officer.pk)  # not even who sees the whole office
    with pytest.raises(ProgrammingError, match="own"), transaction.atomic():
        sql(COPY.format(recipient=world.recipient.pk, by=world.stranger.pk, opened="opened_at", until="until",
                        duty=make.duty(world.officer).pk))  # fmt: skip


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reason": "curious"}, "look_stays_as_it_was"),
        ({"words": "x"}, "look_stays_as_it_was"),
        ({"until": NOON + 9 * HOUR}, "look_stays_as_it_was"),
        ({"ended_at": NOON}, "look_is_ended_by_somebody"),
        ({"reviewed_at": NOON}, "look_is_reviewed_with_a_finding"),
        ({"finding": "justified"}, "look_is_reviewed_with_a_finding"),
    ],
)
def test_what_was_opened_stays_as_it_was(world, change, constraint):
    act(world.office.pk, world.officer.pk)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EmergencyLook.objects.update(**change)


def test_it_is_reviewed_by_somebody_else_and_what_wasnt_justified_has_a_consequence(world):
    act(world.office.pk, world.officer.pk)
    done = {"reviewed_at": NOON, "reviewed_by": world.officer, "finding": "justified"}
    for change, constraint in [
        (done | {"reviewed_by": world.stranger}, "look_is_reviewed_by_somebody_else"),
        (done | {"finding": "not_justified"}, "look_not_justified_says_what_follows"),
        (done | {"finding": "x"}, "look_is_reviewed_with_a_finding"),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            EmergencyLook.objects.update(**change)
    EmergencyLook.objects.update(**done)
    with pytest.raises(IntegrityError, match="look_stays_as_it_was"), transaction.atomic():
        EmergencyLook.objects.update(finding="not_justified", follow_up="x")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"until": "opened_at"}, "look_ends_within_a_day"),
        ({"until": "opened_at + interval '25 hours'"}, "look_ends_within_a_day"),
    ],
)
def test_a_look_ends(world, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        forged(world, **values)


def test_a_look_has_a_known_reason_in_words(world):
    act(world.office.pk, world.stranger.pk)
    for change, constraint in [({"reason": "curious"}, "look_reason_known"), ({"words": ""}, "look_says_why")]:
        fresh = EmergencyLook.objects.get()
        fresh.pk, fresh.ref, fresh.duty = None, w.uuid.uuid4(), make.duty(world.officer)
        for name, value in change.items():
            setattr(fresh, name, value)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            fresh.save(force_insert=True)


@pytest.mark.parametrize("role", ["app", "engine"])
@pytest.mark.parametrize("table", ["emergencies_emergencylook", "emergencies_guess"])
def test_nobody_deletes_what_was_looked_at_or_guessed(world, table, role):
    act(world.office.pk, world.officer.pk)
    make.role(role)
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    make.role("app")
    assert Guess.objects.count() == 1
