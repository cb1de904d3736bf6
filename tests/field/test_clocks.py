"""A phone's clock that is wrong, or is set anew between seeing and sending, doesn't move what was seen."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dure.field.clocks import SURE, on_one_clock

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
minutes = st.integers(0, 600).map(lambda n: timedelta(minutes=n))
off = st.integers(-3000, 3000).map(lambda n: timedelta(minutes=n))


def truly(seen: datetime, sent: datetime, **known: object) -> datetime:
    """When it was seen by the server's time, as it reads what comes out."""
    now = known["now"]
    assert isinstance(now, datetime)
    return on_one_clock(seen, sent, **known) + (now - sent)  # type: ignore[arg-type]


@given(minutes, minutes, off)
def test_a_clock_that_is_wrong_all_day_is_put_right_by_what_it_says_as_it_sends(ago, before, wrong):
    seen, heard = NOW - ago, NOW - ago - before
    found = truly(seen + wrong, NOW + wrong, heard=heard, behind=-wrong, now=NOW)
    assert found == seen


@given(minutes, minutes, off, off, st.booleans())
def test_a_clock_set_anew_by_more_than_the_hours_since_it_heard_is_seen_through(ago, before, wrong, jump, was_before):
    seen, heard = NOW - ago, NOW - ago - before
    at_seeing = wrong + jump if was_before else wrong
    found = truly(seen + at_seeing, NOW + wrong + jump, heard=heard, behind=-wrong, now=NOW)
    if abs(jump) > ago + before + 2 * SURE:
        assert found == seen
    else:
        assert found - seen in (timedelta(), jump, -jump)  # never further off than the clock was set


@given(off, off, off, off)
def test_what_neither_clock_explains_stays_as_the_phone_says_it(seen, sent, heard, behind):
    found = on_one_clock(NOW + seen, NOW + sent, heard=NOW + heard, behind=behind, now=NOW)
    by_sending, by_hearing = NOW + seen + (-sent), NOW + seen + behind
    within = [NOW + heard - SURE <= each <= NOW + SURE for each in (by_sending, by_hearing)]
    if not any(within):
        assert found == NOW + seen
