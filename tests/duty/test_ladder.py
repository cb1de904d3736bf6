"""What holds of every move, whatever the ladder, the duty and the moment (pure)."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.make import NOON

from dure.duty.ladder import EVERY_OFFICER, FIRST_TOLD, LONGEST, SHORTEST, DutyFacts, Move, Rung, bounded, next_move

PEOPLE = range(1, 5)
seconds = st.integers(-3 * 86400, 3 * 86400)
moments = seconds.map(lambda s: NOON + timedelta(seconds=s))
waits = st.integers(-10, 3 * 86400).map(lambda s: timedelta(seconds=s))
rungs = st.builds(Rung, st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3).map(tuple), waits)
ladders = st.lists(rungs, min_size=1, max_size=5)
claims = st.one_of(
    st.fixed_dictionaries({}),
    st.fixed_dictionaries({"claimed_until": moments, "claimer": st.sampled_from(PEOPLE), "claim_holds": st.booleans()}),
)
someone = st.none() | st.sampled_from(PEOPLE)
nights = st.none() | st.integers(-36000, 36000).map(lambda s: NOON + timedelta(seconds=s))  # the quiet hours' end
duties = st.builds(
    lambda due_at, raised, step, turn, first, claim, quiet: DutyFacts(
        due_at, raised, step if raised else 0, turn if raised else 0, first, **claim, quiet_until=quiet
    ),
    moments, st.booleans(), st.integers(0, 9), st.integers(0, 3), someone, claims, nights,
)  # fmt: skip


def waiting(duty: DutyFacts) -> bool:
    return not duty.raised and duty.due_at > NOON


def claimed(duty: DutyFacts) -> bool:
    return duty.claimed_until is not None and duty.claimed_until > NOON


def held(duty: DutyFacts) -> bool:
    return claimed(duty) and duty.claim_holds


def quiet(duty: DutyFacts) -> bool:
    return duty.quiet_until is not None and duty.quiet_until > NOON


def moving(duty: DutyFacts) -> bool:
    return not waiting(duty) and not held(duty) and not quiet(duty)


@given(duties, ladders)
def test_never_silence_and_never_a_hot_loop(duty, ladder):
    move = next_move(duty, ladder, NOON)
    if waiting(duty):
        assert move == Move(look_at=duty.due_at, step=duty.step)
    elif held(duty):
        assert move.look_at == duty.claimed_until > NOON
    elif quiet(duty):
        assert move.look_at == duty.quiet_until > NOON
    else:
        assert NOON + SHORTEST <= move.look_at <= NOON + LONGEST


@given(duties, ladders)
def test_a_move_reaches_somebody_or_sounds_the_siren(duty, ladder):
    move = next_move(duty, ladder, NOON)
    rung_told = any(step >= 0 for step, _ in move.tell)
    only_first = bool(move.tell) and all(step == FIRST_TOLD for step, _ in move.tell)
    assume(moving(duty))
    assert move.siren or rung_told or only_first
    assert not (move.siren and rung_told)


@given(duties, ladders)
def test_nothing_is_told_before_it_is_due_nor_while_a_claim_holds_nor_in_the_quiet_hours(duty, ladder):
    move = next_move(duty, ladder, NOON)
    if not moving(duty):
        assert (move.tell, move.siren, move.empty, move.step) == ((), False, (), duty.step)
    assert move.raises == (not duty.raised and not waiting(duty))


@given(duties, ladders)
def test_the_claimer_is_never_told_while_the_claim_lives_and_nobody_twice_in_a_move(duty, ladder):
    told = [person for _, person in next_move(duty, ladder, NOON).tell]
    assert not (claimed(duty) and duty.claimer in told)
    assert len(told) == len(set(told))


@given(duties, ladders)
def test_a_claim_lapses_exactly_when_its_time_is_over(duty, ladder):
    move = next_move(duty, ladder, NOON)
    over = duty.claimed_until is not None and duty.claimed_until <= NOON
    assert move.lapses == (over and not waiting(duty))


@given(duties, ladders)
def test_the_first_rung_that_answers_is_told_as_a_whole_and_the_empty_ones_before_it_are_named(duty, ladder):
    assume(moving(duty))
    move = next_move(duty, ladder, NOON)
    spared = duty.claimer if claimed(duty) else None
    first = duty.first_told if duty.turn == 0 and duty.first_told != spared else None
    at = min(duty.step, len(ladder) - 1)
    reached = next((n for n in range(at, len(ladder)) if set(ladder[n].persons) - {spared}), len(ladder))
    assert move.empty == tuple(n for n in range(at, reached) if not ladder[n].persons)
    assert move.siren == (reached == len(ladder))
    expected = {(FIRST_TOLD, first)} if first else set()
    if reached < len(ladder):
        expected |= {(reached, person) for person in ladder[reached].persons if person not in (spared, first)}
        assert move.look_at == NOON + bounded(ladder[reached].wait)
        assert move.step == reached + 1
    else:
        over = [max(duty.claimed_until, NOON + SHORTEST)] if spared else []  # then who had it is told again
        assert (move.look_at, move.step) == (min([NOON + bounded(ladder[-1].wait), *over]), len(ladder))
    assert set(move.tell) == expected


@given(ladders, st.integers(5, 30))
def test_followed_on_its_own_it_climbs_to_the_end_and_rings_there_for_ever(ladder, rounds):
    duty, now, told = DutyFacts(NOON, raised=False), NOON, []
    for _ in range(rounds):
        move = next_move(duty, ladder, now)
        told.append({step for step, _ in move.tell} or {EVERY_OFFICER})
        assert now < move.look_at <= now + LONGEST
        duty, now = DutyFacts(NOON, True, move.step, duty.turn + 1), move.look_at
    answered = [n for n, rung in enumerate(ladder) if rung.persons]
    end = {len(ladder) - 1} if ladder[-1].persons else {EVERY_OFFICER}
    assert told == ([{n} for n in answered] + [end] * rounds)[:rounds]


@given(ladders, st.integers(1, 36000), st.integers(0, 5))
def test_a_night_uses_up_no_rung_and_holds_nobody_longer_than_itself(ladder, seconds, step):
    morning = NOON + timedelta(seconds=seconds)
    asleep = DutyFacts(NOON, True, step, step, quiet_until=morning)
    awake = replace(asleep, quiet_until=None)
    night = next_move(asleep, ladder, NOON)
    assert night == Move(look_at=morning, step=step)
    assert next_move(replace(asleep, step=night.step), ladder, morning) == next_move(awake, ladder, morning)
