"""What people mean when they type a time of day."""

from datetime import datetime, time, timedelta

import pytest

from dure import clock
from dure.desk.forms import moment

MONDAY = datetime(2026, 11, 23, tzinfo=clock.zone())


@pytest.mark.parametrize(("now", "typed", "meant"), [
    ("14:00", None, "14:00"), ("14:00", "13:20", "13:20"), ("14:00", "00:05", "00:05"),
    ("14:00", "14:03", "14:00"), ("14:00", "16:00", "14:00"),  # their clock is ahead, or a slip: it has just been done
    ("00:10", "23:50", "-00:10"), ("07:00", "22:30", "-01:30"),
])  # fmt: skip
def test_a_time_of_day_is_never_still_to_come_and_yesterdays_only_around_midnight(now, typed, meant):
    def at(said: str) -> datetime:
        clocked = time.fromisoformat(said.removeprefix("-"))
        since = timedelta(hours=clocked.hour, minutes=clocked.minute)
        return MONDAY + (-since if said.startswith("-") else since)

    assert moment(time.fromisoformat(typed) if typed else None, at(now)) == at(meant)
