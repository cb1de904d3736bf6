"""What settles what, as a complete table: state of the visit × outcome × whether its author knew of the case."""

from datetime import timedelta

import pytest

from dure.care.models import Outcome, Sighting
from dure.cases.models import Case, Entry
from dure.duty.models import Duty
from tests.care import world as w
from tests.care.world import DUE
from tests.make import MINUTE

pytestmark = pytest.mark.django_db

STATES = {
    "open": w.still_open, "silence": w.raised_by_silence, "well": w.closed_well, "passed on": w.passed_on,
    "excused": w.excused, "away": w.known_away,
}  # fmt: skip
AT = DUE + 40 * MINUTE

# state, outcome, knew of the case: what counts, how the visit's duty stands (open, or its outcome), is a case open,
# what is owed about the visit beside its own duty, what was written into the case
TABLE = [
    ("open", "seen_well", False, "seen_well", "kept", False, "", ""),
    ("open", "seen_with_concern", False, "seen_with_concern", "kept", False, "concern", ""),
    ("open", "known_safe", False, "known_safe", "kept", False, "", ""),
    ("open", "no_reply", False, "no_reply", "passed_on", True, "", "opened"),
    ("open", "not_attempted", False, "not_attempted", "open", False, "", ""),
    # silence is no witness: any sighting overrules it, and so ends the case that only silence opened
    ("silence", "seen_well", False, "seen_well", "kept", False, "", "seen"),
    ("silence", "seen_well", True, "seen_well", "kept", False, "", "seen"),
    ("silence", "seen_with_concern", False, "seen_with_concern", "kept", True, "concern", "seen"),
    ("silence", "known_safe", False, "known_safe", "kept", False, "", "whereabouts"),
    ("silence", "no_reply", False, "no_reply", "passed_on", True, "", "opened"),
    ("silence", "not_attempted", False, "not_attempted", "open", True, "", "other_report"),
    # closed is final: what is worse opens another duty, and shows both
    ("well", "seen_well", False, "seen_well", "kept", False, "", ""),
    ("well", "seen_with_concern", False, "seen_with_concern", "kept", False, "concern disagree", ""),
    ("well", "known_safe", False, "known_safe", "kept", False, "disagree", ""),
    ("well", "no_reply", False, "no_reply", "kept", True, "disagree", "opened"),
    ("well", "not_attempted", False, "not_attempted", "kept", False, "disagree", ""),
    # a no-reply is overruled only by who knew of its case; who didn't stands beside it and stands nobody down
    ("passed on", "seen_well", False, "no_reply", "passed_on", True, "disagree", "other_report"),
    ("passed on", "seen_well", True, "seen_well", "passed_on", True, "", "seen"),
    ("passed on", "seen_with_concern", False, "no_reply", "passed_on", True, "concern disagree", "other_report"),
    ("passed on", "seen_with_concern", True, "seen_with_concern", "passed_on", True, "concern", "seen"),
    ("passed on", "known_safe", False, "no_reply", "passed_on", True, "disagree", "other_report"),
    ("passed on", "known_safe", True, "known_safe", "passed_on", True, "", "whereabouts"),
    ("passed on", "no_reply", False, "no_reply", "passed_on", True, "", "opened"),
    ("passed on", "not_attempted", False, "no_reply", "passed_on", True, "disagree", "other_report"),
    # owed no more: a sighting is kept all the same, and a no-reply is heard
    ("excused", "seen_well", False, "seen_well", "excused", False, "", ""),
    ("excused", "no_reply", False, "no_reply", "excused", True, "", "opened"),
    ("excused", "not_attempted", False, "not_attempted", "excused", False, "", ""),
    # known to be away: nobody is sent, but somebody asks
    ("away", "seen_well", False, "seen_well", "excused", False, "", ""),
    ("away", "no_reply", False, "no_reply", "excused", False, "away", ""),
    ("away", "known_safe", False, "known_safe", "excused", False, "", ""),
]


@pytest.mark.parametrize(("state", "outcome", "knew", "counts", "duty", "case", "beside", "step"), TABLE)
def test_what_settles_what(state, outcome, knew, counts, duty, case, beside, step):
    world = w.build()
    STATES[state](world)
    known = w.case_of(world)

    visit = w.says(world, outcome, AT, case=known.ref if knew and known else None)

    open_case = w.case_of(world)
    assert {
        "counts": visit.outcome,
        "duty": visit.duty.outcome or "open",
        "case": open_case is not None,
        "beside": w.owed(visit) - {"care.visit"},
        "step": last_step(),
        "sightings": visit.sightings.count(),
    } == {
        "counts": counts,
        "duty": duty,
        "case": case,
        "beside": {f"care.{kind}" for kind in beside.split()},
        "step": step or (None if state not in ("silence", "passed on") else last_step()),
        "sightings": 1 + (state in ("well", "passed on")),
    }


def last_step() -> str | None:
    return Entry.objects.exclude(step="closed").order_by("id").values_list("step", flat=True).last()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("outcome", Outcome.values)
@pytest.mark.parametrize("knew", [False, True])
def test_danger_acts_at_once_in_every_state(state, outcome, knew):
    world = w.build()
    STATES[state](world)
    known = w.case_of(world)

    visit = w.says(world, outcome, AT, danger=True, case=known.ref if knew and known else None)

    case = w.case_of(world)
    assert case is not None and case.danger_at == AT
    assert {"case.call_119", "case.office_knows", "case.centre_knows", "case.family_knows"} <= w.owed(case)
    assert visit.outcome not in ("seen_well", "not_attempted", "known_safe")
    assert (case.seen_at is not None) == (outcome in ("seen_well", "seen_with_concern"))
    assert ("care.disagree" in w.owed(visit)) == (state == "well")


def test_the_gravest_of_all_orders_is_what_counts_without_a_case():
    for worse, better in zip(["seen_with_concern", "not_attempted", "known_safe"],
                             ["not_attempted", "known_safe", "seen_well"], strict=True):  # fmt: skip
        world = w.build()
        w.says(world, better, DUE)
        assert w.says(world, worse, DUE, by=world.other).outcome == worse


def test_who_went_after_all_makes_up_for_not_having_gone():
    world = w.build()
    w.says(world, "not_attempted", DUE, note="길이 막힘")
    visit = w.says(world, "seen_well", DUE + 20 * MINUTE)
    assert (visit.outcome, visit.duty.outcome, w.owed(visit)) == ("seen_well", "kept", set())


def test_who_says_afterwards_that_nobody_went_contradicts():
    world = w.build()
    w.says(world, "seen_well", DUE)
    visit = w.says(world, "not_attempted", DUE + 20 * MINUTE, by=world.desk)
    assert (visit.outcome, w.owed(visit)) == ("not_attempted", {"care.disagree"})


def test_a_worse_report_follows_what_is_closed_and_its_closer_hears_first():
    world = w.build()
    w.closed_well(world)
    visit = w.says(world, "no_reply", AT)
    successor = Duty.objects.get(follows=visit.duty)
    assert (successor.kind, successor.first_told, successor.urgent) == ("care.disagree", world.other, True)
    w.watch(AT)
    assert list(successor.tellings.order_by("id").values_list("person", flat=True)[:1]) == [world.other.pk]


def test_an_alarm_after_a_mild_disagreement_still_follows_what_is_closed():
    world = w.build()
    w.closed_well(world)
    w.says(world, "known_safe", DUE)
    visit = w.says(world, "no_reply", AT)
    assert Duty.objects.filter(follows=visit.duty, closed_at=None).exists()
    assert w.case_of(world)


def test_an_ignorant_report_doesnt_even_hold_the_ladder():
    world = w.build()
    w.passed_on(world)
    w.watch(DUE - 10 * MINUTE)
    w.says(world, "seen_well", DUE - 8 * MINUTE)
    answer = Duty.objects.get(kind="case.answer")
    assert not answer.claims.exists()
    w.watch(DUE - 5 * MINUTE)
    assert list(answer.tellings.order_by("id").values_list("person__name", flat=True)) == ["급식소장", "동담당"]


def test_not_at_home_without_saying_who_knows_explains_nothing():
    world = w.build()
    visit = w.says(world, "known_safe", who=" ")
    assert visit.duty.is_open and visit.duty.raised_at


def test_a_case_ended_by_a_sighting_says_where_the_person_is():
    world = w.build()
    w.raised_by_silence(world)
    w.says(world, "known_safe", AT, who="딸", note="딸네 집")
    case = Case.objects.get()
    assert (case.finding, case.whereabouts, case.closed_by) == ("elsewhere", "딸 · 딸네 집", world.worker)


def test_the_visit_that_was_reported_late_is_kept_and_not_excused():
    world = w.build()
    w.raised_by_silence(world)
    visit = w.says(world, "seen_well", AT)
    assert (visit.duty.outcome, visit.excused_at) == ("kept", None)


def test_tonights_meal_is_still_owed_when_the_noon_case_is_closed():
    world = w.build()
    dinner = w.MealPlan.objects.create(
        office=world.office, recipient=world.recipient, weekday=0, meal="dinner", by_time=w.time(17, 30),
        since=w.DAY - timedelta(days=1),
    )  # fmt: skip
    w.open_day(world.office.pk, w.DAY, now=w.MORNING)
    w.watch(DUE + 30 * MINUTE)
    world.visit = w.Visit.objects.get(meal="lunch")
    w.says(world, "seen_well", AT)
    assert w.Visit.objects.get(meal=dinner.meal).duty.is_open


def test_a_late_no_reply_from_before_the_person_was_found_is_shown_and_sends_nobody():
    """The worker had no network and phoned her desk; hours later her phone sends what it kept."""
    world = w.build()
    case = w.reached_by_nobody(world, now=DUE, at=DUE)
    w.says(world, "seen_well", DUE + 20 * MINUTE, by=world.other, case=case.ref)
    w.actions.close_case(case, finding="well", by=world.desk, now=DUE + 30 * MINUTE)
    visit = w.says(world, "no_reply", DUE, now=DUE + timedelta(hours=3))
    assert w.case_of(world) is None
    assert (visit.outcome, w.owed(visit)) == ("seen_well", {"care.disagree"})


def test_a_no_reply_seen_after_the_person_was_found_is_a_new_alarm():
    world = w.build()
    case = w.reached_by_nobody(world, now=DUE, at=DUE)
    w.says(world, "seen_well", DUE + 20 * MINUTE, by=world.other, case=case.ref)
    w.actions.close_case(case, finding="well", by=world.desk, now=DUE + 30 * MINUTE)
    w.says(world, "no_reply", DUE + 40 * MINUTE)
    assert w.case_of(world)


def test_a_no_reply_from_hours_ago_has_nobody_standing_at_the_door():
    world = w.build()
    w.says(world, "no_reply", DUE, now=DUE + timedelta(hours=3))
    case = w.case_of(world)
    assert not case.on_site and "case.go" in w.owed(case)


@pytest.mark.parametrize(("outcome", "handed", "duty", "beside"), [
    ("no_reply", "at_door", "passed_on", set()),          # a meal at the door with nobody seen is never a sighting
    ("no_reply", "proxy", "passed_on", set()),
    ("seen_well", "refused", "kept", set()),              # who refuses the meal was seen all the same
    ("seen_well", "in_person", "kept", set()),
    ("seen_well", "at_door", "kept", {"care.concern"}),   # seen, and yet left at the door without a reason: a look
])  # fmt: skip
def test_how_the_meal_was_handed_over_says_nothing_about_who_was_seen(outcome, handed, duty, beside):
    world = w.build()
    visit = w.says(world, outcome, handed=handed)
    assert (visit.outcome, visit.handed, visit.duty.outcome) == (outcome, handed, duty)
    assert w.owed(visit) == beside
    assert (w.case_of(world) is not None) == (outcome == "no_reply")


@pytest.mark.parametrize("sign", ["vigour", "breath", "walking", "mind", "hygiene", "heating", "post", "othercare"])
def test_each_of_the_eight_signs_is_looked_at_once(sign):
    world = w.build()
    w.says(world, "seen_well", signs=(sign,))
    visit = w.says(world, "seen_well", signs=(sign,), worried=True)
    assert Duty.objects.filter(kind="care.concern", about=visit.ref).count() == 1


def test_suspected_abuse_is_for_the_office_alone():
    world = w.build()
    with w.acting(world.office.pk, world.worker.pk, [world.provider.pk]):  # as the provider's people are seen
        visit = w.says(world, "seen_well", abuse=True)
        assert not Duty.objects.filter(kind="care.abuse").exists()
    duty = Duty.objects.get(kind="care.abuse")
    assert (duty.about, duty.organisation, duty.area) == (visit.ref, None, None)
    with w.acting(world.office.pk, world.centre.pk, [world.centre_house.pk]):
        assert not Duty.objects.filter(kind="care.abuse").exists()
    w.watch(DUE + timedelta(hours=4))
    assert set(duty.tellings.values_list("person__name", flat=True)) == {"당직"}


def test_all_sightings_are_kept_as_they_came():
    world = w.build()
    w.says(world, "seen_well", DUE, handed="in_person", signs=("post",), leftover=True)
    w.says(world, "no_reply", AT, by=world.other, door={"knocked": 3}, note="불이 켜져 있음")
    assert list(Sighting.objects.order_by("id").values_list("outcome", "by", "at", "signs", "leftover", "door")) == [
        ("seen_well", world.worker.pk, DUE, ["post"], True, {}),
        ("no_reply", world.other.pk, AT, [], False, {"knocked": 3}),
    ]
