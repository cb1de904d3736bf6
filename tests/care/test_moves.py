"""As of a day another provider serves somebody: until then all stays, from then on all is the new one's."""

import hashlib
import json
import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dure.care import alarms, moves, phone, readiness
from dure.care.following import let_go
from dure.care.models import Absence, Move, Recipient, Route, Visit
from dure.care.opening import open_day
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.duty.opening import Owed, open_duties
from dure.duty.reports import Envelope, hand_in
from dure.errors import Refused
from dure.people.actions import standing
from dure.people.models import Device
from tests import make
from tests.care import world as w
from tests.care.world import DAY, DUE, MORNING, acting
from tests.make import MINUTE

pytestmark = pytest.mark.django_db
THEN = DAY + timedelta(days=1)  # the Tuesday on which it changes
AFTER_MIDNIGHT = MORNING + timedelta(hours=17, minutes=5)  # Tuesday, 00:05


@pytest.fixture
def world():
    """Today's and tomorrow's lunch of somebody is opened, and there is another provider with its desk and course."""
    made = w.build()
    assert made.visit
    open_day(made.office.pk, THEN, now=MORNING)
    made.next = make.organisation(made.office, "provider")
    made.next_desk = make.person(made.office, as_="provider", at=made.next)
    make.roster(made.office, made.next_desk, answers_for="desk", at=made.next)
    made.next_worker = make.person(made.office, as_="worker", at=made.next)
    made.next_route = Route.objects.create(
        office=made.office, provider=made.next, name="2코스", worker=made.next_worker
    )
    return made


def decided(world, *recipients, now=MORNING, **values) -> list[Move]:
    given = {"day": THEN, "provider": world.next, "route": world.next_route} | values
    made = [Move(office=world.office, recipient=r, **given) for r in recipients or [world.recipient]]
    moves.decide(made, by=world.officer, now=now)
    return made


def unopened(world) -> None:
    """Tuesday isn't opened yet after all."""
    make.role("owner")
    Visit.objects.filter(day=THEN).delete()
    make.role("app")


def visits(world, recipient=None) -> list[Visit]:
    found = Visit.objects.filter(recipient=recipient or world.recipient).order_by("day")
    return list(found.select_related("duty", "course__route", "worker", "provider"))


def whose(world) -> list:
    return [(v.provider, v.worker, v.duty.organisation_id) for v in visits(world)]


def of(world, which: str) -> tuple:
    return {
        "old": (world.provider, world.worker, world.provider.pk),
        "new": (world.next, world.next_worker, world.next.pk),
    }[which]


def test_until_the_day_all_stays_and_the_visits_of_that_day_are_the_new_ones_already(world):
    decided(world)
    assert whose(world) == [of(world, "old"), of(world, "new")]
    assert Recipient.objects.get(pk=world.recipient.pk).provider == world.provider
    open_day(world.office.pk, THEN + timedelta(days=1), now=MORNING)
    open_day(world.office.pk, THEN, now=MORNING)
    assert whose(world) == [of(world, "old"), of(world, "new"), of(world, "new")]


def test_on_the_day_the_recipient_is_moved_once_however_often_it_runs(world):
    decided(world)
    assert moves.carry_out(world.office.pk, MORNING) == 0  # it isn't the day yet
    assert [moves.carry_out(world.office.pk, AFTER_MIDNIGHT) for _ in range(3)] == [1, 0, 0]
    mine = Recipient.objects.get(pk=world.recipient.pk)
    assert (mine.provider, mine.route) == (world.next, world.next_route)
    assert whose(world) == [of(world, "old"), of(world, "new")]


def test_a_machine_that_was_down_on_the_day_moves_at_its_next_start_and_owes_nobody_twice(world):
    unopened(world)
    decided(world)
    noon = DUE + timedelta(days=1, hours=1)
    open_day(world.office.pk, THEN, now=noon)  # whichever of the two runs first
    moves.carry_out(world.office.pk, noon)
    assert whose(world) == [of(world, "old"), of(world, "new")]
    w.watch(noon)
    assert visits(world)[1].duty.tellings.get(step=0).person == world.next_desk


def test_a_crash_in_the_middle_changes_nothing_and_the_next_run_does_it_all(world):
    other = w.recipient(world)
    decided(world, world.recipient, other)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        moves.carry_out(world.office.pk, AFTER_MIDNIGHT)
        1 / 0  # noqa: B018
    assert set(Recipient.objects.values_list("provider", flat=True)) == {world.provider.pk}
    assert moves.carry_out(world.office.pk, AFTER_MIDNIGHT + 10 * MINUTE) == 2
    assert set(Recipient.objects.values_list("provider", flat=True)) == {world.next.pk}


def test_taken_back_before_the_day_the_visits_are_theirs_again_who_serve_now(world):
    made = decided(world)
    moves.take_back(made, by=world.officer, now=MORNING)
    assert whose(world) == [of(world, "old")] * 2
    assert moves.carry_out(world.office.pk, AFTER_MIDNIGHT) == 0
    decided(world)  # and may be decided anew
    with pytest.raises(Refused):
        decided(world)


def test_who_was_moved_by_hand_meanwhile_stays_where_the_newest_word_put_them(world):
    decided(world)
    third = make.organisation(world.office, "provider")
    Recipient.objects.filter(pk=world.recipient.pk).update(provider=third, route=None)
    unopened(world)
    open_day(world.office.pk, THEN, now=MORNING)
    assert visits(world)[1].provider == third
    moves.carry_out(world.office.pk, AFTER_MIDNIGHT)
    assert Recipient.objects.get(pk=world.recipient.pk).provider == third


def test_nobody_of_the_old_provider_sees_the_recipient_after_the_day_and_nobody_of_the_new_one_before(world):
    decided(world)

    def sees(person, day) -> tuple[bool, int]:
        stands = standing(person, day)
        with acting(world.office.pk, person.pk, stands.organisations):
            seen = Recipient.objects.filter(pk=world.recipient.pk).exists()
            return seen, len(phone.pack(person, day)["stops"])

    assert (sees(world.desk, DAY)[0], sees(world.next_desk, DAY)[0]) == (True, False)
    assert (sees(world.worker, DAY)[1], sees(world.next_worker, DAY)[1]) == (1, 0)
    w.says(world, "seen_well")
    moves.carry_out(world.office.pk, AFTER_MIDNIGHT)
    let_go(world.office.pk, AFTER_MIDNIGHT)
    assert (sees(world.desk, THEN)[0], sees(world.next_desk, THEN)[0]) == (False, True)
    assert (sees(world.worker, THEN)[1], sees(world.next_worker, THEN)[1]) == (0, 1)


def test_who_is_still_asked_about_the_last_visit_still_sees_it(world):
    decided(world)
    w.watch(DUE + 30 * MINUTE)
    moves.carry_out(world.office.pk, AFTER_MIDNIGHT)
    let_go(world.office.pk, AFTER_MIDNIGHT)
    desk = standing(world.desk, THEN)
    with acting(world.office.pk, world.desk.pk, desk.organisations):
        assert Visit.objects.seen_by(desk).filter(day=DAY).exists()
    alarms.excuse([visits(world)[0]], why="확인함", by=world.officer, now=AFTER_MIDNIGHT)
    let_go(world.office.pk, AFTER_MIDNIGHT)
    with acting(world.office.pk, world.desk.pk, desk.organisations):
        assert not Recipient.objects.filter(pk=world.recipient.pk).exists()


def test_an_open_case_and_what_waits_go_along_and_keep_their_order(world):
    decided(world)
    case = w.reached_by_nobody(world, now=DUE)
    concern = Owed(kind="care.concern", what="x", due_at=AFTER_MIDNIGHT + 60 * MINUTE, ladder="visit",
                   organisation=world.provider.pk, area=world.dong.pk, about=visits(world)[0].ref)  # fmt: skip
    [waits] = open_duties(world.office.pk, [concern], by=None, now=DUE)
    raised = Duty.objects.get(about=case.ref, kind="case.answer")
    moves.carry_out(world.office.pk, AFTER_MIDNIGHT)
    after = Duty.objects.get(pk=raised.pk)
    assert (after.rungs, after.step, after.raised_at, after.look_at) == (
        raised.rungs, raised.step, raised.raised_at, raised.look_at,
    )  # fmt: skip
    assert Case.objects.get(pk=case.pk).organisation == world.next
    new_roster = world.next.rosters.get().pk
    assert Duty.objects.get(pk=waits.pk).rungs[0]["roster"] == new_roster
    desk = standing(world.next_desk, THEN)
    with acting(world.office.pk, world.next_desk.pk, desk.organisations):
        w.actions.record(case, "seen", by=world.next_desk, now=AFTER_MIDNIGHT)
    assert w.owed(case) == {"case.finish"}


def test_who_is_away_stays_away_and_is_asked_about_by_the_new_provider(world):
    decided(world)
    gone = Absence(office=world.office, recipient=world.recipient, why="hospital", since=THEN, told_by="딸",
                   entered_by=world.desk)  # fmt: skip
    desk = standing(world.desk, DAY)
    with acting(world.office.pk, world.desk.pk, desk.organisations):
        alarms.absent(gone, now=MORNING)  # by the old provider, whose desk doesn't see tomorrow's visit
    assert not visits(world)[1].duty.is_open
    moves.carry_out(world.office.pk, AFTER_MIDNIGHT)
    assert Duty.objects.get(about=gone.ref, closed_at=None).organisation == world.next
    assert not visits(world)[1].duty.is_open


def test_meals_that_end_on_the_day_end_with_a_reason_and_what_was_owed_before_still_is(world):
    decided(world, provider=None, route=None, why="타 지역 전출")
    today, tomorrow = visits(world)
    assert (today.duty.is_open, tomorrow.duty.is_open) == (True, False)
    moves.carry_out(world.office.pk, AFTER_MIDNIGHT + timedelta(days=1))
    mine = Recipient.objects.get(pk=world.recipient.pk)
    assert (mine.ended_on, mine.ended_why) == (THEN, "타 지역 전출")
    assert visits(world)[0].duty.is_open


def test_what_the_old_providers_phone_hands_in_afterwards_counts_for_its_visit(world):
    decided(world)
    device = Device.objects.create(
        office=world.office, person=world.worker, key_sha256=hashlib.sha256(b"k").hexdigest(), enrolled_at=MORNING
    )
    w.watch(DUE + 30 * MINUTE)
    moves.carry_out(world.office.pk, AFTER_MIDNIGHT)
    body = json.dumps({"outcome": "seen_well", "handed": "in_person"})
    envelope = Envelope(key=uuid.uuid4(), kind="care.visit", version=1, body=body, about=visits(world)[0].ref,
                        gravity="seen_well", seen_at=DUE)  # fmt: skip
    with acting(world.office.pk, world.worker.pk, []):  # nobody of the office any more
        report = hand_in(envelope, phone.TAKERS, by=world.worker, device=device, now=AFTER_MIDNIGHT + timedelta(days=1))
    report.refresh_from_db()
    assert report.understood_at
    today, tomorrow = visits(world)
    assert (today.outcome, today.provider, today.duty.is_open) == ("seen_well", world.provider, False)
    assert (tomorrow.outcome, tomorrow.provider) == ("", world.next)


def test_who_begins_has_to_answer_from_that_day_on_and_who_ends_until_then(world):
    world.provider.rosters.get().shifts.all().delete()
    world.next.rosters.get().shifts.all().delete()
    decided(world)
    whole, evening = standing(world.officer, DAY), MORNING + timedelta(hours=8)
    until = AFTER_MIDNIGHT + timedelta(hours=23, minutes=55)
    found = {g.organisation: (g.since, g.until) for g in readiness.gaps(whole, evening, until)}
    midnight = AFTER_MIDNIGHT - 5 * MINUTE
    assert found[world.provider] == (evening, midnight)
    assert found[world.next] == (midnight, until)


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(
    fates=st.lists(st.sampled_from(["next", "other", "ends", "away", "stays"]), min_size=1, max_size=5),
    opened=st.booleans(), late=st.integers(0, 40), runs=st.integers(1, 3),
)  # fmt: skip
def test_whatever_is_decided_everybody_is_visited_once_by_whom_it_says(world, fates, opened, late, runs):
    with transaction.atomic():
        third = make.organisation(world.office, "provider")
        people = [w.recipient(world) for _ in fates]
        if opened:
            open_day(world.office.pk, THEN, now=MORNING)
        to = {"next": world.next, "other": third, "away": world.next}
        chosen = [(p, f) for p, f in zip(people, fates, strict=True) if f != "stays"]
        given = [
            Move(office=world.office, recipient=p, day=THEN, provider=to.get(f), why="전출" if f == "ends" else "")
            for p, f in chosen
        ]
        moves.decide(given, by=world.officer, now=MORNING)
        for p, f in chosen:
            if f == "away":
                gone = Absence(office=world.office, recipient=p, why="away", since=THEN, told_by="딸",
                               until=THEN + timedelta(days=9), entered_by=world.officer)  # fmt: skip
                alarms.absent(gone, now=MORNING)
        now = AFTER_MIDNIGHT + timedelta(hours=late)
        for _ in range(runs):
            moves.carry_out(world.office.pk, now)
            open_day(world.office.pk, THEN, now=now)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT v.recipient_id, v.provider_id FROM care_visit v JOIN duty_duty d ON d.id = v.duty_id"
                " WHERE v.day = %s AND d.closed_at IS NULL AND v.recipient_id = ANY (%s) ORDER BY 1",
                [THEN, [p.pk for p in people]],
            )
            owed = cursor.fetchall()
        wanted = {"next": world.next.pk, "other": third.pk, "stays": world.provider.pk}
        assert owed == [(p.pk, wanted[f]) for p, f in zip(people, fates, strict=True) if f in wanted]
        transaction.set_rollback(True)


@pytest.mark.parametrize(("change", "constraint"), [
    ({"provider": None}, "move_goes_somewhere_or_says_why"),
    ({"why": "x"}, "move_goes_somewhere_or_says_why"),
    ({"done_at": MORNING, "taken_back_at": MORNING}, "move_ends_one_way"),
    ({"how": "moved"}, "move_says_how_only_where_meals_end"),
])  # fmt: skip
def test_the_data_base_refuses(world, change, constraint):
    decided(world)
    with pytest.raises(IntegrityError, match=constraint):
        Move.objects.update(**change)


def test_one_move_waits_and_it_leads_elsewhere(world):
    [move] = decided(world)
    with pytest.raises(IntegrityError, match="move_is_to_another"), transaction.atomic():
        Move.objects.update(was=world.next)
    move.pk = None
    with pytest.raises(IntegrityError, match="move_one_waits"):
        move.save(force_insert=True)
