"""What is due goes, at night, in batches; what is open, held or asked about stays."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from dure.audit.models import Change, Entry
from dure.care.models import Contact, Recipient
from dure.duty.models import Duty
from dure.duty.opening import publish_ladder
from dure.errors import Refused
from dure.offices.acting import acting
from dure.retention import actions
from dure.retention.models import Hold, Run
from tests import make
from tests.care import world as w
from tests.make import NOON
from tests.retention.lives import SECRET, YEAR, ended, served, tonight, where

pytestmark = pytest.mark.django_db
LATER = NOON + 6 * YEAR


@pytest.fixture
def world(moved):
    moved(NOON)
    world = w.build()
    rung = [{"who": "officer", "of": "office", "wait": 3600, "channels": []}]
    publish_ladder(world.office.pk, "paper", rung, by=None, now=NOON)
    return world


@pytest.fixture
def somebody(world):
    found = served(world)
    return ended(found, world)


def confirmed(run: Run, world: w.World, now, folder):
    actions.confirm(run, by=world.officer, now=now)
    return tonight(world.office, now, folder)


def test_the_first_run_asks_a_person_and_lets_nothing_go(world, somebody, moved, tmp_path):
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    assert (run.asked, run.gone, run.ended_at) == ("first", {}, None)
    assert run.found["identity"] == 1
    assert "care_recipient" in where()
    assert Duty.objects.filter(kind="retention.run", closed_at=None).count() == 1
    again = tonight(world.office, LATER, tmp_path)
    assert (again.pk, Duty.objects.filter(kind="retention.run").count()) == (run.pk, 1)


def test_confirmed_everything_of_somebody_goes_and_the_figures_stay(world, somebody, moved, tmp_path):
    moved(LATER)
    run = confirmed(tonight(world.office, LATER, tmp_path), world, LATER, tmp_path)
    assert run.ended_at is not None
    assert run.gone == run.found
    assert where() == set()
    left = Recipient.objects.get(pk=somebody.pk)
    assert (left.name, left.phone, left.born_on, left.ended_why) == ("—", "—", None, "—")
    assert (left.tier, left.started_on, left.ended_on) == (somebody.tier, somebody.started_on, somebody.ended_on)
    assert (left.place.address, left.place.door_code, left.place.lon) == ("—", "—", None)
    assert left.place.area == world.dong
    assert not Contact.objects.filter(recipient=somebody).exists()
    assert not Duty.objects.filter(kind="retention.run", closed_at=None).exists()


def test_what_went_stands_on_the_record_by_purpose_and_without_names(world, somebody, moved, tmp_path):
    moved(LATER)
    run = confirmed(tonight(world.office, LATER, tmp_path), world, LATER, tmp_path)
    with acting(world.office.pk):
        said = dict(
            each.why.rsplit(" ", 1) for each in Entry.objects.filter(did="let go", about=f"run {run.ref}")
        )  # fmt: skip
    assert {key: int(n) for key, n in said.items()} == run.gone


def test_a_second_night_finds_nothing(world, somebody, moved, tmp_path):
    moved(LATER)
    confirmed(tonight(world.office, LATER, tmp_path), world, LATER, tmp_path)
    moved(LATER + timedelta(days=1))
    run = tonight(world.office, LATER + timedelta(days=1), tmp_path)
    assert (run.found, run.asked, run.total) == ({}, "", 0)


def test_values_before_and_after_go_when_their_time_is_over(world, moved, tmp_path):
    served(world)
    of_the_office = Change.objects.filter(office_id=world.office.pk)
    kept = of_the_office.count()
    assert kept > 5
    moved(LATER)
    run = confirmed(tonight(world.office, LATER, tmp_path), world, LATER, tmp_path)
    assert run.gone["values"] == kept
    assert of_the_office.exclude(kind="care_absence").count() == 0
    assert Entry.objects.filter(did="let go", why=f"values {kept}").count() == 1


def test_each_goes_when_its_own_time_is_over(world, somebody, moved, tmp_path):
    day = NOON + timedelta(days=100)
    moved(day)
    confirmed(tonight(world.office, day, tmp_path), world, day, tmp_path)
    left = Recipient.objects.get(pk=somebody.pk)
    assert (left.name, left.health, left.phone, left.place.door_code) == (SECRET, "—", "—", "—")
    assert left.place.address == f"{SECRET} 1"


@pytest.mark.parametrize("days", [89, 90])
def test_the_day_counts(world, somebody, moved, tmp_path, days):
    day = NOON + timedelta(days=days)
    moved(day)
    assert ("health" in tonight(world.office, day, tmp_path).found) is (days == 90)


def test_an_office_changes_a_period(world, somebody, moved, tmp_path):
    from datetime import date

    from dure.rules.models import Rule

    Rule.objects.create(
        office=world.office, name="keep-health", what="x", value=400, unit="days", source="x",
        since=date(2026, 1, 1), made_at=NOON,
    )  # fmt: skip
    moved(NOON + YEAR)
    assert "health" not in tonight(world.office, NOON + YEAR, tmp_path).found


def test_who_is_served_keeps_everything(world, moved, tmp_path):
    served(world)
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    assert set(run.found) <= {"absences", "values"}  # who told of an absence years ago, what was changed then


def test_who_has_an_open_case_keeps_everything(world, somebody, moved, tmp_path):
    from dure.cases.models import Source
    from dure.cases.opening import Alarm, open_case

    alarm = Alarm(
        programme="care", subject=somebody.ref, source=Source.NEIGHBOUR, tier="amber", organisation=world.provider.pk,
        area=world.dong.pk, place=somebody.place_id, card={"name": SECRET},
    )  # fmt: skip
    open_case(world.office.pk, alarm, at=NOON, by=world.officer, now=NOON)
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    assert set(run.found) <= {"values"}  # of years ago


def test_who_is_held_back_keeps_everything_until_a_person_ends_it(world, somebody, moved, tmp_path):
    held = actions.hold("recipient", somebody.ref, "소송", NOON.date() + timedelta(days=9), by=world.officer, now=NOON)
    moved(LATER)
    assert tonight(world.office, LATER, tmp_path).found == {}
    actions.end_hold(held, by=world.officer, now=LATER)
    moved(LATER + timedelta(days=1))
    run = tonight(world.office, LATER + timedelta(days=1), tmp_path)
    assert run.found["identity"] == 1


def test_one_held_back_meanwhile_is_left_out_of_a_confirmed_run(world, somebody, moved, tmp_path):
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    actions.confirm(run, by=world.officer, now=LATER)
    actions.hold("recipient", somebody.ref, "소송", LATER.date(), by=world.officer, now=LATER)
    run = tonight(world.office, LATER, tmp_path)
    assert "identity" not in run.gone
    assert Recipient.objects.get(pk=somebody.pk).name == SECRET


def test_a_clock_that_jumps_forward_lets_nothing_go(world, moved, tmp_path):
    """Runs go on night after night; then the clock says that it is six years later."""
    for night in range(3):
        moved(NOON + timedelta(days=night))
        tonight(world.office, NOON + timedelta(days=night), tmp_path)
    found = ended(served(world), world)
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    assert (run.asked, run.gone) == ("gap", {})
    assert Recipient.objects.get(pk=found.pk).name == SECRET
    actions.stop(run, by=world.officer, now=LATER)
    moved(NOON + timedelta(days=3))
    right = tonight(world.office, NOON + timedelta(days=3), tmp_path)
    assert (right.found, right.total) == ({}, 0)


def test_a_clock_that_jumps_after_somebody_confirmed_lets_nothing_go(world, somebody, moved, tmp_path):
    now = NOON + timedelta(days=100)
    moved(now)
    run = tonight(world.office, now, tmp_path)
    actions.confirm(run, by=world.officer, now=now)
    moved(LATER)
    with pytest.raises(IntegrityError, match="nothing is let go"):
        raw("engine", "SELECT dure_let_go(%s, 'identity', 10)", run.pk)
    another = tonight(world.office, LATER, tmp_path)
    assert (another.pk > run.pk, another.asked, another.gone) == (True, "gap", {})
    run.refresh_from_db()
    assert (run.ended_at, run.gone) == (LATER, {})
    assert Recipient.objects.get(pk=somebody.pk).name == SECRET


def test_much_more_than_usual_asks_a_person(world, moved, tmp_path):
    for _ in range(51):
        ended(w.recipient(world, health="x"), world)
    moved(NOON)
    tonight(world.office, NOON, tmp_path)
    for night in range(88, 91):
        now = NOON + timedelta(days=night)
        moved(now)
        run = tonight(world.office, now, tmp_path)
        if run.waits:
            actions.stop(run, by=world.officer, now=now)
    assert (run.asked, run.found["health"]) in [("many", 51), ("gap", 51)]


def test_nobody_answers_twice(world, somebody, moved, tmp_path):
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    actions.confirm(run, by=world.officer, now=LATER)
    with pytest.raises(Refused):
        actions.stop(run, by=world.officer, now=LATER)


def test_what_is_held_twice_is_refused(world, somebody):
    actions.hold("recipient", somebody.ref, "소송", NOON.date(), by=world.officer, now=NOON)
    with pytest.raises(Refused, match="이미"):
        actions.hold("recipient", somebody.ref, "소송", NOON.date(), by=world.officer, now=NOON)
    with pytest.raises(Refused, match="지난"):
        yesterday = NOON.date() - timedelta(days=1)
        actions.hold("recipient", somebody.ref, "소송", yesterday, by=world.officer, now=NOON)
    assert Hold.objects.count() == 1


def raw(role: str, sql: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE dure_{role}")
        cursor.execute(sql, values)


ATTACKS = [
    "DELETE FROM audit_entry", "UPDATE audit_entry SET why = ''", "DELETE FROM people_grant",
    "DELETE FROM retention_run", "INSERT INTO retention_run (office_id, began_at, found, asked)"
    " VALUES (dure_office(), now(), '{\"identity\": 999}', '')",
    "SELECT dure_forget('identity', dure_office(), ARRAY(SELECT id FROM care_recipient))",
    "SELECT dure_let_go_again('identity', dure_office(), ARRAY(SELECT id FROM care_recipient))",
    "SELECT * FROM dure_due_identity(dure_office(), '2099-01-01')", "DELETE FROM retention_hold",
    "SELECT dure_seals_due(1000)",
]  # fmt: skip


@pytest.mark.parametrize("role", ["app", "engine"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_nobody_lets_go_past_the_functions(world, role, attack):
    with pytest.raises(Exception, match="permission denied"):
        raw(role, attack)


def test_the_engine_confirms_nothing_and_lets_go_without_it_of_nothing(world, somebody, moved, tmp_path):
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    with pytest.raises(Exception, match="permission denied"):
        raw("engine", "UPDATE retention_run SET confirmed_at = now()")
    with pytest.raises(IntegrityError, match="nothing is let go"):
        raw("engine", "SELECT dure_let_go(%s, 'identity', 10)", run.pk)
    with pytest.raises(Exception, match="permission denied"):
        raw("app", "SELECT dure_let_go(%s, 'identity', 10)", run.pk)
    with pytest.raises(Exception, match="permission denied"):
        raw("app", "UPDATE retention_run SET found = '{\"identity\": 9}'")


def test_of_what_is_not_due_nothing_goes_whatever_is_asked_for(world, somebody, moved, tmp_path):
    day = NOON + timedelta(days=100)
    moved(day)
    run = tonight(world.office, day, tmp_path)
    actions.confirm(run, by=world.officer, now=day)
    raw("engine", "SELECT dure_let_go(%s, 'identity', 1000), dure_let_go(%s, 'record', 1000)", run.pk, run.pk)
    assert Recipient.objects.get(pk=somebody.pk).name == SECRET


def test_a_closed_duty_stays_final(world, somebody):
    duty = make.duty(make.person(world.office))
    from dure.duty.actions import close

    with acting(world.office.pk):
        close([duty], by=world.officer, outcome="kept", now=NOON, note="들은 말")
        for role in ("app", "engine"):
            with pytest.raises(IntegrityError, match="duty_closed_is_final"), transaction.atomic():
                raw(role, "SELECT set_config('dure.letting_go', 'yes', true); UPDATE duty_duty SET note = ''"
                          " WHERE closed_at IS NOT NULL")  # fmt: skip


BROKEN = [
    ({"asked": "why not"}, "run_asked_known"),
    ({"gone": {"identity": 1}}, "run_lets_nothing_go_unasked"),
    ({"confirmed_at": NOON}, "run_is_confirmed_by_a_person_who_was_asked"),
]


@pytest.mark.parametrize(("change", "constraint"), BROKEN)
def test_the_data_base_refuses_a_run(world, somebody, moved, tmp_path, change, constraint):
    moved(LATER)
    run = tonight(world.office, LATER, tmp_path)
    make.role("owner")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(**change)
    with pytest.raises(IntegrityError, match="run_stopped_by_a_person_is_over"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(stopped_by=world.officer)
    with pytest.raises(IntegrityError, match="run_one_at_a_time"), transaction.atomic():
        Run.objects.create(office=world.office, began_at=NOON)
    make.role("app")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "dog"}, "hold_kind_known"),
        ({"why": ""}, "hold_says_why"),
        ({"ended_at": NOON}, "hold_is_ended_by_a_person"),
        ({"ended_at": NOON - YEAR, "ended_by_id": 1}, "hold_ends_after_it_begins"),
    ],
)
def test_the_data_base_refuses_a_hold(world, somebody, change, constraint):
    actions.hold("recipient", somebody.ref, "소송", NOON.date(), by=world.officer, now=NOON)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Hold.objects.update(**change)
