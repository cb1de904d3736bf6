"""Two processes count together. Apart from the rest of the limits, whose connection this closes."""

from tests import apart

AT_ONCE = """
from django.http import HttpRequest
from dure import clock
from dure.signing import limits
request, allowed = HttpRequest(), 0
request.META["REMOTE_ADDR"] = "203.0.113.5"
clock.real = lambda: __import__("datetime").datetime(2026, 11, 23, 3, 1, tzinfo=__import__("datetime").UTC)
for _ in range(30):
    try:
        limits.guessed(request, "codes")
        allowed += 1
    except limits.TooOften:
        pass
print(allowed)
"""


def test_two_processes_at_once_get_no_more_than_one(cluster, django_db_setup, django_db_blocker):
    with apart.database(cluster, django_db_blocker) as url:
        assert sum(int(each) for each in apart.race(AT_ONCE, url, "app")) == 20
