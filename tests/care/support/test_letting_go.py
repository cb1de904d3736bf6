"""Uploaded lists of persons are let go after a period that a rule of the office says; nobody can bring them back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from dure.care.support import letting_go, searches
from dure.care.support.models import Lead, Result
from dure.care.support.standard import RULES
from dure.imports import actions as imports
from dure.imports.kinds import Scope
from dure.imports.models import Upload
from dure.rules.actions import begin, change
from dure.rules.models import Rule
from dure.sheets.write import Column, Page, write
from dure.urls import KINDS
from tests import make
from tests.care.pages import signed_in
from tests.care.support import world as w
from tests.care.support.test_searches import listed, stops
from tests.care.support.world import A_DAY, at_noon
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(moved):
    moved(MORNING)
    return w.build()


def uploaded(world) -> Upload:
    columns = [Column(each) for each in ("성명", "전화", "행정동", "사유")]
    page = Page("명단", columns, [("올린이", "010-1111-2222", "첨단1동", "단수")])
    scope = Scope(world.officer, None, MORNING, DAY, True)
    with translation.override("ko"):
        return imports.take_in("in-need", KINDS["in-need"], scope, "명단.xlsx", write([page]))


def nightly(world, day: date) -> int:
    make.role("engine")
    gone = letting_go.let_go(world.office.pk, at_noon(day))
    make.role("app")
    return gone


def test_who_stood_on_a_list_is_deleted_after_its_time_and_what_came_of_it_stays(world):
    told, file = listed(world, "가명단", address="첨단로 9", born_on=date(1940, 1, 1)), uploaded(world)
    listed(world, "나명단", phone="010-2222-3333")
    stops(world, "다중단")
    searches.make_lists(world.office.pk, MORNING)
    searches.said(told, Result.REFERRED, "시험센터", by=world.centre, now=MORNING)
    assert nightly(world, DAY + 364 * A_DAY) == 0 and nightly(world, DAY + 366 * A_DAY) == 2
    assert nightly(world, DAY + 367 * A_DAY) == 0
    kept = Lead.objects.get(pk=told.pk)
    assert (kept.result, kept.name, kept.phone, kept.address, kept.born_on, kept.detail, kept.note) == (
        "referred", "", "", "", None, "", "—",
    )  # fmt: skip
    assert set(Lead.objects.exclude(pk=told.pk).values_list("name", flat=True)) == {"다중단"}
    file.refresh_from_db()
    assert bytes(file.tables) == b"" and file.forgotten_at is not None
    assert searches.overview(searches.Standing(world.office.pk, frozenset(), None)).get().said == 1
    page = signed_in(world.centre).get(f"/care/support/searches/{kept.search.ref}/").content.decode()
    assert "보관 기간 지나 삭제함" in page


def test_how_long_is_a_rule_and_so_are_the_other_periods(world):
    begin(world.office.pk, RULES, now=MORNING)
    begin(world.office.pk, RULES, now=MORNING)
    listed(world, "가명단")
    for name, days in (("search-lists-kept", 30), ("waiting-normal", 10), ("plan-renew", 60)):
        change(Rule.objects.get(name=name), Decimal(days), "지침", DAY, by=world.officer, now=MORNING)
    assert w.waits(world, "김기다").answer_by == DAY + 10 * A_DAY
    w.plan(world.recipient, world, ends_on=DAY + timedelta(days=59))
    assert w.open_duty("renew", world.recipient) is not None
    assert nightly(world, DAY + 31 * A_DAY) == 1


def test_an_office_without_a_row_has_the_standard_periods(world):
    assert not Rule.objects.filter(name="waiting-urgent").exists()
    assert w.waits(world, "김기다", urgency=1).answer_by == DAY + 3 * A_DAY
