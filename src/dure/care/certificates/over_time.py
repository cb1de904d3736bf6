"""Since when and until when somebody lacked a certificate: over any days, not only today."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dure.care.certificates.holding import DAY, Book, State
from dure.care.certificates.models import Kind
from dure.people.models import Person


@dataclass(frozen=True)
class Lack:
    """Days, both included, on which a certificate that was asked of somebody had lapsed or was never entered."""

    kind: Kind
    state: State
    since: date
    until: date


def lacks(book: Book, person: Person, first: date, last: date) -> list[Lack]:
    """What the person lacked on these days, by kind and then by day. No query: the book has been read."""
    if last < first:
        return []
    turns = _turns(book, person, first, last)
    found: list[Lack] = []
    for since, until in zip(turns, [*(turn - DAY for turn in turns[1:]), last], strict=True):
        for each in book.on(since, person):
            if each.state == State.MISSING:
                found.append(Lack(each.kind, State.MISSING, since, until))
            elif each.state != State.NOT_NEEDED and each.last and each.last < until:
                found.append(Lack(each.kind, State.LAPSED, max(since, each.last + DAY), until))
    return _joined(sorted(found, key=lambda lack: (lack.kind.pk, lack.since)))


def _turns(book: Book, person: Person, first: date, last: date) -> list[date]:
    """The days on which something else may begin to hold; between them only time passes."""
    of = book.of[person.pk]
    days = {first, *(date(year, 1, 1) for year in range(first.year + 1, last.year + 1))}
    days |= {each.day for mine in of.entered.values() for each in mine}
    days |= {day for mine in of.counted.values() for day, _hours in mine}
    days |= {day for held in of.held for day in (held.since, held.until) if day}
    days |= {rule.since for rows in book.rules.rows.values() for rule in rows}
    return sorted(day for day in days if first <= day <= last)


def _joined(lacking: Iterable[Lack]) -> list[Lack]:
    """Those that follow each other without a day between, as one."""
    found: list[Lack] = []
    for each in lacking:
        before = found[-1] if found else None
        if before and (before.kind, before.state, before.until + DAY) == (each.kind, each.state, each.since):
            found[-1] = replace(before, until=each.until)
        else:
            found.append(each)
    return found
