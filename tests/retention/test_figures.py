"""Every figure of past months is the same before and after everybody in them has been let go of."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from dure.care.figures.asked import Asked, By
from dure.care.figures.page import figures
from dure.care.figures.published import published, to_publish
from dure.care.figures.suppressing import FEWEST
from dure.care.support import gaps
from dure.offices.retention import purposes
from dure.people.actions import standing
from tests import make
from tests.care.figures import lived
from tests.retention.lives import where

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 3, 2), date(2026, 6, 30)
NOW = datetime.combine(date(2026, 12, 1), time(9), make.NOON.tzinfo)


def all_go(office: int) -> dict[str, int]:
    """Whatever is kept of anybody goes, due or not: as if everything were years ago."""
    gone = {}
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE dure_owner")
        for each in purposes():
            if each.key in ("record", "rights", "files"):
                continue
            cursor.execute(
                f"SELECT dure_forget('{each.key}', %s, ARRAY(SELECT t.id FROM {each.table} t {each.join}"
                f" WHERE {each.office} = %s))", [office, office]
            )  # fmt: skip
            gone[each.key] = cursor.fetchone()[0]
    make.role("app")
    return gone


def everything_counted(of: lived.Lived) -> dict[str, Any]:
    """Each page of figures, by each thing that can be compared, and the care gaps."""
    sees, found = standing(of.officer, NOW.date()), {}
    for by in By:
        asked = Asked(FIRST, LAST, by)
        counted = figures(sees, asked, NOW)
        assert counted.whole["planned"] > 100
        found[f"figures by {by}"] = repr([counted.tables, counted.times, counted.whole_times, counted.whole])
        found[f"given out by {by}"] = repr(published(sees, to_publish(asked), NOW))
    for by in gaps.By:
        lines = gaps.lines(sees, gaps.Days(FIRST, LAST), NOW.date(), by)
        found[f"gaps by {by}"] = repr(gaps.together(lines) if by == gaps.By.RECIPIENT else lines)  # these are names
    return found


@pytest.mark.parametrize("seed", range(2))
def test_every_figure_is_the_same_without_persons(moved: Any, seed: int) -> None:
    moved(NOW)
    of = lived.office(14, FIRST, seed)
    lived.live(of, FIRST, LAST, seed)
    before = everything_counted(of)
    assert where("가상") >= {"care_recipient", "audit_change"}  # cases lie sealed
    gone = all_go(of.office.pk)
    assert gone["identity"] == 14 and gone["cases"] > 0 and gone["contacts"] == 14
    assert where("가상") == where("없는길") == set()
    after = everything_counted(of)
    assert {key for key in before if before[key] != after[key]} == set()


def test_small_numbers_given_out_are_left_out_as_before(moved: Any) -> None:
    """Nobody can be singled out more easily afterwards: the same cells are left out, by the same rule."""
    moved(NOW)
    of = lived.office(4, FIRST, 7)
    lived.live(of, FIRST, FIRST + timedelta(days=20), 7)
    asked = to_publish(Asked(FIRST, FIRST + timedelta(days=20), By.DONG))
    sees = standing(of.officer, NOW.date())
    before = repr(published(sees, asked, NOW))
    all_go(of.office.pk)
    assert repr(published(sees, asked, NOW)) == before
    assert FEWEST > 1
