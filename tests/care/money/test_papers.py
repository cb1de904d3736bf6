"""A provider's month on paper: the sums of the page, corrections, who agreed when, and lines to sign on."""

import io
import sys
from datetime import date

import pytest
from hwpx.tools.validator import validate_document
from python_calamine import load_workbook

from dure.audit.models import Entry
from tests import make
from tests.care.money import world as m
from tests.care.money.world import FIRST
from tests.care.pages import signed_in
from tests.sheets.said import letters, said

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)


@pytest.fixture
def world(moved):
    moved(FIRST)
    made = m.build()
    for name in ("홍길동", "김첨지"):
        who = m.served(made, name)
        for n in range(3):
            m.visit(who, MONDAY + n * m.DAY, ("in_person", "at_door", "refused")[n])
    m.visit(m.served(made, "이웃사람", provider=made.theirs), MONDAY)
    return made


def paper(world, settlement, kind="pdf", by=None):
    answer = signed_in(by or world.officer).get(f"/care/money/{settlement.ref}/paper/?as={kind}")
    make.act(world.care.office.pk)
    return answer


@pytest.mark.parametrize("kind", ["pdf", "hwpx"])
def test_it_says_count_price_share_sum_and_has_lines_to_sign_on(world, kind):
    settlement = m.november(world)
    text = said(paper(world, settlement, kind).content, kind)
    for words in ("식사 지원 정산서(2026-11)", str(world.ours), "9,000", "1,000", "36,000", "4,000", "32,000원",
                  "수령 거부: 2", "서명", "직위·성명", "위 정산 내용을 확인하였으며", "아직"):  # fmt: skip
        assert letters(words) in text, words
    assert "홍길동" not in text and "김첨지" not in text
    m.both_agree(world, settlement)
    after = said(paper(world, settlement, kind).content, kind)
    assert after.count(letters("이 집계를 확인함")) == 2 and letters("급식소장") in after


def test_a_correction_stands_in_it_with_then_now_and_the_difference(world):
    closed = m.closed(world, m.november(world))
    assert letters("마감") in said(paper(world, closed).content, "pdf")
    wrong = world.ours.recipients.order_by("pk").first().visits.order_by("day")[0]
    m.again(wrong, handed="refused")
    text = said(paper(world, m.december(world)).content, "pdf")
    for words in ("마감된 달의 정정", "2026-11-02", "1식 × (9,000 − 1,000)", "정산 제외 · 수령 거부", "-8,000"):
        assert letters(words) in text, words


def test_what_was_agreed_before_the_count_changed_says_so(world):
    settlement = m.november(world)
    m.both_agree(world, settlement)
    m.again(world.ours.recipients.order_by("pk").first().visits.order_by("day")[0], handed="refused")
    assert said(paper(world, settlement).content, "pdf").count(letters("다시 확인 필요")) == 2


def test_the_workbook_holds_the_same_sums_and_the_hangul_file_is_valid(world):
    settlement = m.november(world)
    book = load_workbook(io.BytesIO(paper(world, settlement, "xlsx").content))
    assert book.get_sheet_by_name("정산 식수").to_python()[-1] == ["합계", 4, "", "", 36000, 4000, 32000]
    assert validate_document(io.BytesIO(paper(world, settlement, "hwpx").content)).issues == ()


def test_a_provider_takes_its_own_alone_and_it_is_on_the_record(world):
    ours, theirs = m.november(world), m.november(world, world.theirs)
    assert paper(world, ours, by=world.desk).status_code == 200
    assert paper(world, theirs, by=world.desk).status_code == 404
    assert paper(world, ours, "exe", by=world.desk).status_code == 404
    [entry] = Entry.objects.filter(did="downloaded")
    assert (entry.about, entry.who_id) == (f"settlement {ours.ref}", world.desk.pk)


def test_where_hangul_files_cant_be_made_the_page_says_so(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "hwpforge", None)
    settlement = m.november(world)
    assert paper(world, settlement, "hwpx").status_code == 409
    page = signed_in(world.officer).get(f"/care/money/{settlement.ref}/").content.decode()
    assert "한글 파일(.hwpx)을 만들 수 없습니다" in page
    make.act(world.care.office.pk)
    assert not Entry.objects.filter(did="downloaded").exists()
