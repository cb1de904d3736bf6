"""Locked after so many tries, however many are made at one moment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from dure.offices.acting import act
from dure.signing import tries
from dure.signing.models import Tries
from dure.signing.tasks import forget_old
from tests import apart, make
from tests.signing.people import somebody

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
AT_ONCE = """
from datetime import UTC, datetime
from dure.signing import tries
allowed = 0
for _ in range(20):
    try:
        tries.reserve("officer1", "203.0.113.5", real=datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
        allowed += 1
    except tries.Locked:
        pass
print(allowed)
"""


def test_two_processes_at_once_get_no_more_tries_than_one(cluster, django_db_setup, django_db_blocker):
    with apart.database(cluster, django_db_blocker) as url:
        assert sum(int(each) for each in apart.race(AT_ONCE, url, "app")) == 5


def many(name: str, at: datetime) -> int:
    """How many tries are let through."""
    for number in range(20):
        try:
            tries.reserve(name, "203.0.113.5", real=at)
        except tries.Locked:
            return number
    return 20


@pytest.mark.django_db
def test_it_opens_again_after_half_an_hour_and_counts_anew():
    assert many("officer1", NOW) == 5
    assert many("officer1", NOW + timedelta(minutes=29)) == 0
    assert many("officer1", NOW + timedelta(minutes=31)) == 5


@pytest.mark.django_db
def test_a_slow_guesser_is_not_forgotten_within_half_an_hour():
    steps = [NOW + timedelta(minutes=20 * n) for n in range(5)]
    for at in steps:
        tries.reserve("officer1", "203.0.113.5", real=at)
    with pytest.raises(tries.Locked):
        tries.reserve("officer1", "203.0.113.5", real=steps[-1] + timedelta(minutes=20))


@pytest.mark.django_db
def test_what_was_right_doesn_t_count_and_takes_nothing_back_of_what_was_wrong():
    for _ in range(4):
        tries.reserve("officer1", "a", real=NOW)
    for _ in range(3):
        tries.reserve("officer1", "a", real=NOW)
        tries.give_back("officer1", "a")
    tries.reserve("officer1", "a", real=NOW)
    with pytest.raises(tries.Locked):
        tries.reserve("officer1", "a", real=NOW)


@pytest.mark.django_db
def test_rows_are_seen_by_the_office_of_the_name_and_by_nobody_else_and_name_nobody():
    officer, other = somebody(), somebody()
    act(officer.office_id)
    many(officer.username, NOW)
    many("nobody-here", NOW)
    assert list(Tries.objects.values_list("office", "count")) == [(officer.office_id, 5)]
    assert list(tries.locked(officer.office_id, real=NOW)) == [tries.named(officer.username)]
    act(other.office_id)
    assert not Tries.objects.exists() and Tries.objects.update(count=0) == 0
    act(None)
    assert not Tries.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE postgres")
        cursor.execute("SELECT t::text FROM signing_tries t")
        kept = str(cursor.fetchall())
    make.role("app")
    assert officer.username not in kept and "nobody-here" not in kept


@pytest.mark.django_db
def test_the_jobs_let_go_of_yesterday_s():
    many("officer1", NOW)
    make.role("engine")
    act(None)
    assert forget_old(NOW + timedelta(hours=23)) == 0
    assert forget_old(NOW + timedelta(hours=25)) == 1
