"""Any order, any duplicates: the same sightings count the same, and no visit is left to nobody."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from dure.care.models import Outcome, Sighting, Visit
from dure.care.settling import Seen, settle
from dure.care.weighing import counted_as, handed_as, what_counts
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.people.models import Person
from tests.care import world as w
from tests.care.world import DUE
from tests.make import MINUTE

KNEW = w.uuid.UUID(int=7)
sightings = st.builds(
    Sighting,
    outcome=st.sampled_from(Outcome.values),
    danger=st.sampled_from([False, False, False, True]),
    at=st.integers(0, 4).map(lambda n: DUE + n * MINUTE),
    answers=st.sampled_from([None, None, KNEW]),
    handed=st.sampled_from(["", "in_person", "at_door"]),
)
several = st.lists(sightings, min_size=1, max_size=6)


@given(several, st.randoms(use_true_random=False))
def test_what_counts_knows_no_order_and_no_duplicates(seen, random):
    shuffled = [*seen, random.choice(seen)]
    random.shuffle(shuffled)
    one, other = what_counts(seen), what_counts(shuffled)
    assert _facts(one, seen) == _facts(other, shuffled)


def _facts(counts: Sighting, seen: list[Sighting]) -> tuple[object, ...]:
    return counted_as(counts), counts.danger, counts.at, handed_as(seen, counts)


@given(several)
def test_danger_always_counts_and_a_no_reply_yields_only_to_who_knew(seen):
    counts = what_counts(seen)
    if any(s.danger for s in seen):
        assert counts.danger
    elif any(s.outcome == "no_reply" for s in seen) and not any(s.answers for s in seen):
        assert counts.outcome == "no_reply"
    assert counted_as(counts) != "seen_well" or not counts.danger
    assert handed_as(seen, counts) in {s.handed for s in seen}


reports = st.lists(
    st.tuples(
        st.sampled_from(["worker", "other", "desk"]),
        st.sampled_from(Outcome.values),
        st.sampled_from([False] * 4 + [True]),  # danger
        st.integers(-3, 9),  # seen so many times ten minutes after it was due
        st.booleans(),  # knew of the case, if there was one
    ),
    min_size=1,
    max_size=5,
)


class Undo(Exception):
    pass


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(reports=reports, order=st.randoms(use_true_random=False), silence=st.booleans())
def test_no_visit_is_ever_left_to_nobody(reports, order, silence):
    try:
        with transaction.atomic():
            one = _outcome(reports, silence)
            raise Undo
    except Undo:
        pass
    if not any(knew for *_, knew in reports):  # who knows of a case can only come after it
        again = [*reports, order.choice(reports)]
        order.shuffle(again)
        try:
            with transaction.atomic():
                assert _outcome(again, silence) == one
                raise Undo
        except Undo:
            pass


def _outcome(reports, silence) -> str:
    world = w.build()
    assert world.visit
    if silence:
        w.watch(DUE + 30 * MINUTE)
    for who, outcome, danger, at, knew in reports:
        case = w.case_of(world)
        known = case.ref if knew and case else None
        seen = Seen(Outcome(outcome), DUE + at * timedelta(minutes=10), danger=danger, who="딸", case=known)
        by: Person = getattr(world, who)
        settle(world.visit, seen, by=by, report=None, now=DUE + timedelta(hours=2))
        _somebody_has_it(w.fresh(world))
    return str(w.fresh(world).outcome)


def _somebody_has_it(visit: Visit) -> None:
    cases = Case.objects.filter(subject=visit.recipient.ref)
    if visit.duty.is_open or cases.filter(closed_at=None).exists():
        return
    assert visit.duty.closed_by_id is not None
    if visit.duty.outcome == "passed_on":
        assert cases.filter(closed_by__isnull=False).exists()
    if visit.outcome in ("no_reply", "not_attempted"):  # closed by somebody's better report: a person is shown both
        assert Duty.objects.filter(about=visit.ref, kind="care.disagree", closed_at=None).exists()
