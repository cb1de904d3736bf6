"""An auditor comes: what is shown is what the record holds, nobody who is served is named, and it is on the record."""

import io
import sys
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hwpx.tools.validator import validate_document
from pypdf import PdfReader
from python_calamine import load_workbook

from dure.audit.models import Entry
from dure.care.inspections.parts import PARTS
from dure.care.models import Recipient
from tests import make
from tests.care.figures import lived
from tests.care.inspections import world as i
from tests.care.inspections.world import FIRST, NOVEMBER
from tests.care.pages import signed_in

pytestmark = pytest.mark.django_db
PAGE, DOWNLOAD = "/care/inspections/", "/care/inspections/download/"
REASON = "2026년 의회 행정사무감사"


@pytest.fixture
def world(moved):
    moved(make.NOON)
    made = i.build()
    i.settled(made)
    moved(FIRST)
    make.act(made.office)
    return made


def sql(query: str, **values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def asked(world, person, **more):
    """What somebody is shown of November, by part."""
    query = NOVEMBER + "".join(f"&{name}={value}" for name, value in more.items())
    answer = signed_in(person).get(f"{PAGE}?{query}")
    make.act(world.office)
    assert answer.status_code == 200
    return {part.key: part for part in answer.context["parts"]}


def rows(part, table: int = 0, totals: int = 0) -> list[list]:
    found = [list(row) for row in part.tables[table].rows]
    return found[: len(found) - totals] if totals else found


def taken(world, person, kind="all", **more):
    said = {"since": "2026-11-01", "until": "2026-11-30", "reason": REASON, "as": kind, **more}
    answer = signed_in(person).post(DOWNLOAD, said)
    make.act(world.office)
    return answer


def texts(bundle: bytes) -> dict[str, str]:
    """Everything that stands in each of the three files."""
    archive = zipfile.ZipFile(io.BytesIO(bundle))
    found = {name.rsplit(".", 1)[1]: archive.read(name) for name in archive.namelist()}
    section = zipfile.ZipFile(io.BytesIO(found["hwpx"])).read("Contents/section0.xml")
    book = load_workbook(io.BytesIO(found["xlsx"]))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(found["pdf"])).pages]
    return {
        "pdf": "\n".join(pages).replace("\u200b", ""), "xlsx": str(sheets),
        "hwpx": " ".join(ElementTree.fromstring(section).itertext()),
    }  # fmt: skip


def test_each_day_of_visits_is_what_the_record_holds(world):
    part = asked(world, world.officer, provider=world.ours.pk)["visits"]
    held = sql(
        """SELECT day, count(*), count(*) FILTER (WHERE outcome = 'seen_well'),
                  count(*) FILTER (WHERE outcome = '' AND excused_at IS NULL),
                  count(*) FILTER (WHERE handed IN ('in_person', 'proxy', 'at_door')),
                  count(*) FILTER (WHERE handed = 'in_person')
             FROM care_visit WHERE provider_id = %(p)s AND day BETWEEN '2026-11-01' AND '2026-11-30'
              AND NOT (unplanned AND outcome = '') GROUP BY day ORDER BY day""",
        p=world.ours.pk,
    )
    shown = [(row[0], row[1], row[2], row[8], row[9], row[10]) for row in rows(part, totals=1)]
    assert shown == held and len(held) > 10
    given, mine = sum(row[4] for row in held), sum(row[5] for row in held)
    assert part.tables[0].rows[-1][-1] == f"{round(100 * mine / given, 1)}%"
    assert f"{sum(row[1] for row in held):,}건" in part.says
    left = sum(row[3] for row in held)
    assert left and any(str(left) in lack for lack in part.lacks)


def test_who_worked_with_a_lapsed_certificate_and_of_whom_none_was_entered(world):
    part = asked(world, world.officer, provider=world.ours.pk)["certificates"]
    [(lapsed,)] = sql(
        """SELECT count(*) FROM care_visit WHERE worker_id = %(w)s AND day BETWEEN '2026-11-10' AND '2026-11-30'
              AND outcome NOT IN ('', 'not_attempted')""",
        w=world.lapsed.pk,
    )
    [(never,)] = sql(
        "SELECT count(*) FROM care_visit WHERE worker_id = %(w)s AND outcome NOT IN ('', 'not_attempted')",
        w=world.never.pk,
    )
    health = [row for row in rows(part) if "건강진단" in row[1]]
    assert [row[:1] + row[3:5] + row[6:] for row in health] == [
        ["강만료", date(2025, 10, 10), date(2026, 10, 10), "2026-11-10 ~ 2026-11-30 (만료)", lapsed],
        ["문미등록", None, None, "2026-11-01 ~ 2026-11-30 (등록 없음)", never],
    ]
    assert lapsed and never
    assert any("강만료" in each and f"방문 {lapsed}건" in each for each in part.lacks)
    assert any("문미등록" in each for each in part.lacks)
    asked_of_both = asked(world, world.officer)["certificates"]
    assert len(asked_of_both.tables[0].columns) == len(part.tables[0].columns) + 1


def test_emergencies_by_number_with_their_times(world):
    found = asked(world, world.officer)["emergencies"]
    held = sql(
        """SELECT number, seen_at - LEAST(opened_at, (SELECT min(e.at) FROM cases_entry e
                  WHERE e.case_id = c.id AND e.step = 'opened')), finding
             FROM cases_case c WHERE NOT drill
              AND opened_at >= '2026-11-01 00:00+09' AND opened_at < '2026-12-01 00:00+09'
            ORDER BY opened_at, id""",
    )
    shown = {row[0]: row[6] for row in rows(found)}
    wanted = {no: None if took is None else max(-(-int(took.total_seconds()) // 60), 0) for no, took, _ in held}
    assert shown == wanted and len(held) > 3
    still = sum(finding == "" for _no, _took, finding in held)
    assert any(f": {still}건" in each for each in found.lacks) == bool(still)


def test_meetings_circulars_complaints_changes_and_odd_days(world):
    shown = asked(world, world.officer)
    assert [row[3:5] for row in rows(shown["gatherings"])] == [[2, "강만료, " + world.desk.name], [0, ""]]
    assert len(shown["gatherings"].lacks) == 2  # nobody of theirs came; no minutes
    assert {row[2]: row[5] for row in rows(shown["circulars"])} == {
        str(world.ours): world.desk.name, str(world.theirs): "",
    }  # fmt: skip
    assert len(shown["circulars"].lacks) == 2  # theirs hasn't read it, ours late
    held = sql("SELECT number, answered_on FROM complaints_complaint ORDER BY received_on, id")
    assert [(row[0], row[7]) for row in rows(shown["complaints"], 1)] == held and len(held) == 3
    assert [row[1:3] for row in rows(shown["complaints"], 0)][-1] == [3, 1]
    assert [row[2:5] for row in rows(shown["changes"])] == [["대상자 이동", 1, 0], ["수행기관 종료", 1, 1]]
    assert len(shown["changes"].lacks) == 1
    said = [row[1] for row in rows(shown["days"])]
    closed = sql("SELECT count(*) FROM care_closure WHERE day BETWEEN '2026-11-01' AND '2026-11-30'")
    assert sum("급식" in each for each in said) == closed[0][0] and "한파특보" in " ".join(said)


def test_settlements_with_both_sides_and_the_sums_of_the_books(world):
    part = asked(world, world.officer)["settlements"]
    held = sql(
        """SELECT o.name, sum(v.meals) FROM care_visit v JOIN people_organisation o ON o.id = v.provider_id
             WHERE v.handed IN ('in_person', 'proxy', 'at_door') AND v.day BETWEEN '2026-11-01' AND '2026-11-30'
               AND (SELECT b.scheme_id FROM money_belonging b WHERE b.recipient_id = v.recipient_id
                       AND b.since <= v.day ORDER BY b.since DESC, b.id DESC LIMIT 1) IS NOT NULL
             GROUP BY 1 ORDER BY 1""",
    )
    shown = {row[1]: row for row in rows(part, totals=1)}
    assert sorted((name, row[2]) for name, row in shown.items()) == held
    assert shown[str(world.ours)][7:9] == [date(2026, 12, 1)] * 2
    assert shown[str(world.theirs)][7:9] == [None, None]
    assert part.tables[0].rows[-1][2] == sum(meals for _name, meals in held)
    assert len(held) == 2 and len(part.lacks) == 2  # ours isn't closed, theirs isn't agreed


def test_no_recipient_is_named_in_any_of_the_files_though_somebody_wrote_one_down(world):
    answer = taken(world, world.officer)
    assert answer.headers["Content-Type"] == "application/zip"
    found = texts(answer.content)
    names = list(Recipient.objects.values_list("name", flat=True))
    for kind, text in found.items():
        assert [name for name in names if name in text] == [], kind
        assert "나민원" not in text and "010-0000-9999" not in text
        assert "강만료" in text and "두레에 기록하지 않음" in text and REASON in text, kind
    assert "가*0" in found["xlsx"]  # "가상0 어르신 사례 교육"
    assert validate_document(io.BytesIO(taken(world, world.officer, "hwpx").content)).issues == ()


def test_every_part_has_its_sheet_and_stands_on_the_front(world):
    book = load_workbook(io.BytesIO(taken(world, world.officer, "xlsx").content))
    parts = asked(world, world.officer)
    assert len(parts) == len(PARTS)
    for part in parts.values():
        titles = [table.title or part.title for table in part.tables]
        assert [title for title in titles if title[:31] not in book.sheet_names] == []
        assert bool(titles) == part.kept
    front = book.get_sheet_by_name("한눈에 보기").to_python()
    assert [row[0] for row in front[-len(parts) :]] == [part.title for part in parts.values()]


def test_a_download_needs_a_reason_which_is_on_the_record(world):
    assert taken(world, world.officer, reason="").status_code == 422
    assert taken(world, world.officer, since="2026-13-01").status_code == 422
    assert taken(world, world.officer, "exe").status_code == 404
    assert not Entry.objects.filter(did="downloaded for an inspection").exists()
    assert taken(world, world.officer, "pdf", provider=world.ours.pk).status_code == 200
    entry = Entry.objects.get(did="downloaded for an inspection")
    assert entry.about == f"inspection 2026-11-01 2026-11-30 {world.ours.ref}"
    assert (entry.why, entry.who_id) == (REASON, world.officer.pk)


@pytest.mark.parametrize(
    ("said", "field"),
    [("since=x", "since"), ("since=2026-11-20&until=2026-11-01", "until"), ("since=2027-01-01", "since"),
     ("since=2001-01-01", "until"), ("provider=999999", "provider")],
)  # fmt: skip
def test_what_cannot_be_read_is_said(world, said, field):
    answer = signed_in(world.officer).get(f"{PAGE}?{said}")
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]


def test_a_provider_sees_its_own_alone_and_a_centre_nothing(world):
    own = asked(world, world.desk)
    office = asked(world, world.officer, provider=world.ours.pk)
    for key in ("certificates", "visits", "emergencies", "circulars", "settlements"):
        assert own[key].tables[0].rows == office[key].tables[0].rows, key
    assert [row[0] for row in rows(own["complaints"], 1)] == [  # the one about which it was asked
        number for (number,) in sql("SELECT c.number FROM complaints_complaint c JOIN complaints_statement s"
                                    " ON s.complaint_id = c.id")
    ]  # fmt: skip
    assert str(world.theirs) not in str([part.tables for part in own.values()])
    client = signed_in(world.desk)
    assert client.get(f"{PAGE}?{NOVEMBER}&provider={world.theirs.pk}").status_code == 422
    assert client.post(DOWNLOAD, {"provider": world.theirs.pk, "reason": REASON}).status_code == 422
    assert signed_in(world.lived.clerk).get(PAGE).status_code == 403


def test_days_that_are_running_say_so_and_what_is_to_come_is_no_lack(world, moved):
    moved(make.NOON)
    answer = signed_in(world.officer).get(f"{PAGE}?{NOVEMBER}")
    assert "아직 끝나지 않은 기간" in answer.content.decode()
    make.act(world.office)
    days = next(part for part in answer.context["parts"] if part.key == "days")
    assert not any("2026-11-24" in each for each in days.lacks)


def test_without_what_makes_hangul_files_the_page_says_so_and_the_rest_comes(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "hwpforge", None)
    page = signed_in(world.officer).get(f"{PAGE}?{NOVEMBER}").content.decode()
    assert "한글 파일(.hwpx)을 만들 수 없습니다" in page
    refused = taken(world, world.officer, "hwpx")
    assert refused.status_code == 409 and "make paper" in refused.content.decode()
    assert not Entry.objects.filter(did="downloaded for an inspection").exists()
    names = zipfile.ZipFile(io.BytesIO(taken(world, world.officer).content)).namelist()
    assert sorted(name.rsplit(".", 1)[1] for name in names) == ["pdf", "xlsx"]


def test_as_many_queries_however_long_the_days_and_many_the_rows(world):
    client = signed_in(world.officer)
    client.get(PAGE)
    counts = []
    for query in (NOVEMBER, "since=2025-12-01&until=2026-11-30"):
        with CaptureQueriesContext(connection) as made:
            client.get(f"{PAGE}?{query}")
        counts.append(len(made))
    make.act(world.office)
    lived.live(world.lived, date(2026, 11, 24), date(2026, 11, 27), seed=7)
    with CaptureQueriesContext(connection) as made:
        client.get(f"{PAGE}?{NOVEMBER}")
    counts.append(len(made))
    assert len(set(counts)) == 1 and counts[0] <= 90, counts
