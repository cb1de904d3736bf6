"""Whether every figure of a question is what counting apart says; what isn't."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from dure.care.figures import emergencies, gaps, visits
from dure.care.figures.asked import Asked, By, month_ends
from dure.care.figures.page import figures
from dure.people.actions import Standing, standing
from tests import make
from tests.care.figures import apart
from tests.care.figures.lived import Lived

SEEN: Counter[str] = Counter()  # how often each figure was held against the other


def question(of: Lived, chance: random.Random, first: date, last: date) -> Asked:
    """Some month, or other days; compared by something, narrowed or not."""
    day = first + timedelta(days=chance.randint(0, (last - first).days))
    begins = day.replace(day=1)
    ends = chance.choice([month_ends(day), month_ends(day), day, day + timedelta(days=chance.randint(0, 80))])
    narrow: dict[str, Any] = {
        "provider": of.providers[0].pk,
        "dong": of.dongs[0].pk,
        "scheme": of.schemes[1].pk,
        "tier": "red",
    }
    kept = chance.choice([[], [], [], ["provider"], ["dong"], ["scheme"], ["tier"], ["tier", "dong"]])
    return Asked(begins, ends, chance.choice(list(By)), **{key: narrow[key] for key in kept})


def differences(
    cursor: Any, of: Lived, asked: Asked, now: datetime, missed: list[apart.Missed] | None = None
) -> Iterator[str]:
    """What the page says and counting apart doesn't. `missed`: as `apart` found it once, where nothing has changed."""
    sees: Standing = standing(of.officer, now.date())
    found = figures(sees, asked, now)
    today = now.astimezone(apart.SEOUL).date()
    lines: list[str | None] = [None, *(line.key for line in found.times)]
    said = {None: found.whole}
    for n, line in enumerate(found.times):
        cells = [(c.key, t.lines[n].cells[k].value) for t in found.tables for k, c in enumerate(t.columns)]
        said[line.key] = dict(cells)
    make.role("owner")  # whoever counts apart is held back by nothing
    missed = apart.missed(cursor, of.office.pk, today) if missed is None else missed
    for line in lines:
        right = apart.visit_figures(cursor, of.office.pk, asked, line)
        right |= apart.case_figures(cursor, of.office.pk, asked, line, now)
        right |= dict.fromkeys(gaps.MEASURES, 0) | apart.gap_figures(missed, asked, line)
        for key, n in right.items():
            SEEN[key] += key in said[line]
            if key in said[line] and said[line][key] != n:
                yield f"{asked} {line} {key}: {said[line][key]}, counted apart {n}"
        took = next(t for t in [found.whole_times, *found.times] if t.key == (line or ""))
        for each in took.took:
            SEEN[f"times {each.measure.key}"] += 3
            percentiles = [each.times.within(p) for p in (50, 90, 95)]
            if percentiles != (apart_times := apart.times(cursor, of.office.pk, asked, line, each.measure.key)):
                yield f"{asked} {line} {each.measure.key}: {percentiles}, counted apart {apart_times}"
    make.role("app")
    assert {*visits.KNOWN, *emergencies.TESTS, *gaps.MEASURES} <= {*apart.VISITS, *apart.CASES, *gaps.MEASURES}
