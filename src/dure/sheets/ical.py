"""Calendars as phones and desks read them (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

ASK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """One entry: known again by its key, from a moment to a moment, with what stands there."""

    key: str
    starts: datetime
    ends: datetime
    title: str
    place: str = ""


def write(name: str, entries: Iterable[Entry], *, now: datetime) -> bytes:
    """A calendar of this name. Moments are written in UTC, so that no zone has to be known by whoever reads it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Dure//Rosters//KO")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        event = Event()
        event.add("uid", entry.key)
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", entry.starts.astimezone(UTC))
        event.add("dtend", entry.ends.astimezone(UTC))
        event.add("summary", entry.title)
        if entry.place:
            event.add("location", entry.place)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
