"""When something was seen, although the phone's clock was set wrong, or was set anew before the report could leave."""

from datetime import datetime, timedelta

SURE = timedelta(minutes=2)  # two clocks that differ by less are the same


def on_one_clock(seen: datetime, sent: datetime, *, heard: datetime, behind: timedelta, now: datetime) -> datetime:
    """When it was seen, on the clock that the phone had as it sent.

    `heard`: the server's time when the phone had last heard of it before it was seen; `behind`: how far the phone's
    clock was behind it then. The clock may have been set anew since: before it was seen, then what it says as it sends
    holds for both; or after, then what it said when it last heard holds for what was seen. Seen between hearing of the
    server and now: whichever of the two says so is right. When both do, or none, what the phone says stays.
    """
    behind_now = now - sent
    if abs(behind_now - behind) < SURE or _fits(seen + behind_now, heard, now):
        return seen
    return seen + behind - behind_now if _fits(seen + behind, heard, now) else seen


def _fits(moment: datetime, heard: datetime, now: datetime) -> bool:
    return heard - SURE <= moment <= now + SURE
