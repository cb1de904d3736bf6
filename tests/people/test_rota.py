"""Weekly patterns as spans of time: whatever the clocks do, nobody is missing and nobody is double."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dure.people.rota import DAY, Change, Pattern, Span, changed, cut, moment, once, spans, uncovered

SEOUL = ZoneInfo("Asia/Seoul")
# summer time by an hour, by half an hour, at midnight, a day that was left out, a zone without
ZONES = ["Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"]
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def pattern(starts: time, ends: time, **values) -> Pattern:
    said = {"rota": 1, "weekdays": range(7), "since": date(2000, 1, 3), "until": None, "begun": LONG_AGO,
            "weeks": [[(0, 1)]]}  # fmt: skip
    return Pattern(starts=starts, ends=ends, **(said | values))


def days(found, zone=SEOUL) -> list[tuple[int, str, str]]:
    return [(s.person, f"{s.starts.astimezone(zone):%d %H:%M}", f"{s.ends.astimezone(zone):%d %H:%M}") for s in found]


def written(one: Pattern, first=MONDAY, ahead=6, is_holiday=lambda day: False):
    return list(spans(one, first, first + ahead * DAY, SEOUL, is_holiday))


def test_a_night_belongs_to_the_day_on_which_it_begins():
    night = pattern(time(18), time(9), weekdays=[0, 6])
    assert days(written(night)) == [(1, "23 18:00", "24 09:00"), (1, "29 18:00", "30 09:00")]


def test_who_is_on_goes_round_from_monday_to_sunday():
    turns = pattern(time(9), time(18), weekdays=[2], since=date(2026, 11, 25), weeks=[[(0, 1), (1, 2)], [(0, 3)]])
    found = written(turns, ahead=20)
    assert [(s.person, s.place, s.starts.day) for s in found] == [
        (1, 0, 25),
        (2, 1, 25),
        (3, 0, 2),
        (1, 0, 9),
        (2, 1, 9),
    ]


def test_holidays_like_any_day_or_not_or_only():
    def friday(day):
        return day.weekday() == 4

    by = {
        said: [
            s.starts.day for s in written(pattern(time(9), time(18), weekdays=[3, 4], holidays=said), MONDAY, 6, friday)
        ]
        for said in ("every", "not", "only")
    }
    assert by == {"every": [26, 27], "not": [26], "only": [27]}


def test_from_the_first_day_up_to_the_last_and_nothing_before_it_was_entered():
    begun = datetime(2026, 11, 24, 3, tzinfo=UTC)
    one = pattern(time(9), time(18), since=MONDAY, until=date(2026, 11, 26), begun=begun)
    assert days(written(one)) == [(1, "24 12:00", "24 18:00"), (1, "25 09:00", "25 18:00")]


times = st.times(max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
anyday = st.dates(date(2001, 1, 1), date(2037, 12, 1))


@given(
    st.sampled_from(ZONES), anyday | st.just(date(2011, 12, 28)), st.lists(times, min_size=1, max_size=5, unique=True)
)
def test_patterns_that_follow_each_other_leave_no_gap_and_no_double_in_any_zone(name, first, starts):
    zone, starts = ZoneInfo(name), sorted(starts)
    ends = starts[1:] + starts[:1]
    found = [
        span for number, (start, end) in enumerate(zip(starts, ends, strict=True))
        for span in spans(pattern(start, end, rota=number), first, first + 9 * DAY, zone, lambda day: False)
    ]  # fmt: skip
    found.sort(key=lambda s: s.starts)
    assert found[0].starts == moment(first, starts[0], zone)
    assert found[-1].ends == moment(first + 10 * DAY, starts[0], zone)
    assert all(one.ends == other.starts for one, other in pairwise(found))


@given(st.sampled_from(ZONES), st.lists(st.tuples(anyday, times), min_size=2, max_size=8))
def test_the_order_of_times_stays_the_order_of_moments(name, told):
    zone = ZoneInfo(name)
    moments = [moment(day, at, zone) for day, at in sorted(told)]
    assert moments == sorted(moments)
    for (day, at), found in zip(sorted(told), moments, strict=True):
        there = found.astimezone(zone)
        later = (there.date(), there.time().replace(tzinfo=None)) >= (day, at)
        assert later  # the very time, or the first after the jump


HOUR = timedelta(hours=1)
START = datetime(2026, 11, 23, tzinfo=UTC)
people = st.integers(1, 4)
stretch = st.tuples(st.integers(0, 40), st.integers(1, 24)).map(lambda s: (START + s[0] * HOUR, START + sum(s) * HOUR))
some_spans = st.lists(
    st.tuples(people, st.integers(0, 2), stretch).map(lambda s: Span(s[0], s[1], *s[2], rota=1)), max_size=8
)
some_changes = st.lists(
    st.tuples(people | st.none(), people | st.none(), stretch)
    .filter(lambda c: c[0] != c[1])
    .map(lambda c: Change(c[0], c[1], *c[2])),
    max_size=5,
)


def on(found, hour) -> list[int]:
    at = START + hour * HOUR
    return sorted(s.person for s in found if s.starts <= at < s.ends)


@given(some_spans, some_changes)
def test_a_change_replaces_just_whom_it_names_and_only_in_its_time(found, changes):
    after = changed(found, changes)
    for hour in range(70):
        at, expected = START + hour * HOUR, on(found, hour)
        for change in changes:
            if change.since <= at < change.until:
                new = [change.on] if change.on and change.off else []
                expected = [p for each in expected for p in ([each] if change.off not in (None, each) else new)]
        assert on(after, hour) == sorted(expected)
    assert all(s.starts < s.ends for s in after)


@given(some_spans, some_spans)
def test_nobody_answers_twice_at_one_moment_and_nobody_gets_lost(found, taken):
    kept = once(found, taken)
    for hour in range(70):
        busy = set(on(taken, hour))
        assert on(kept, hour) == sorted(set(on(found, hour)) - busy)


def test_what_a_change_leaves():
    span = Span(1, 0, START, START + 9 * HOUR)
    pieces = cut(span, Change(1, 2, START + 3 * HOUR, START + 5 * HOUR))
    assert [(s.person, s.starts.hour, s.ends.hour) for s in pieces] == [(1, 0, 3), (2, 3, 5), (1, 5, 9)]
    assert uncovered(START, START, [(START - HOUR, START + HOUR)]) == []
