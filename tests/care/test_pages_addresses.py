"""Addresses as people mistype them, or as a page left open sends them: a page, never a breakdown."""

import pytest

from tests.care import world as care
from tests.care.pages import signed_in
from tests.make import NOON

pytestmark = pytest.mark.django_db
DAYS = ["0001-01-01", "9999-12-31", "2026-02-30", "x"]
MONTHS = ["0000-01", "0001-01", "9999-12", "2026-13", "²⁰²⁶-11", "x"]
BY_DAY = ["calls/", "calls/rows/", "packs/", "evening/"]
BY_MONTH = ["money/", "money/export/", "complaints/", "support/gaps/", "in-person/", "calendar/"]


def test_an_address_that_cannot_be_meant_shows_the_page(moved):
    moved(NOON)
    officer = signed_in(care.build().officer)
    pages = [f"/care/{page}?day={day}" for day in DAYS for page in BY_DAY]
    pages += [f"/care/{page}?month={month}" for month in MONTHS for page in BY_MONTH]
    assert [page for page in pages if officer.get(page).status_code != 200] == []
