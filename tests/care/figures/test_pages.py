"""The pages of the figures, as a head of section, an auditor and a provider use them."""

import io
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import load_workbook

from dure.audit.models import Entry
from dure.care.models import Recipient, Visit
from dure.care.opening import open_day
from dure.cases.models import Case
from dure.gatherings import actions
from dure.people.models import Role
from tests import make
from tests.care.figures import lived
from tests.care.pages import signed_in
from tests.gatherings import world as meetings
from tests.sheets import said as papers

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 20)
PAGE = "/care/figures/"
MONTH = "since=2026-11-01&until=2026-11-30"


@pytest.fixture
def office(moved):
    moved(make.NOON)
    made = lived.office(8, FIRST)
    lived.live(made, FIRST, LAST)
    return made


def sheets(body: bytes) -> dict[str, list[list]]:
    book = load_workbook(io.BytesIO(body))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def numbers(page) -> set[str]:
    return set(re.findall(r'href="(/care/figures/rows/[^"]+)"', page.content.decode().replace("&amp;", "&")))


def test_every_number_opens_its_rows_and_says_what_it_means(office):
    client = signed_in(office.officer)
    for by in ("all", "provider", "dong", "scheme", "tier"):
        shown = client.get(f"{PAGE}?{MONTH}&by={by}")
        assert shown.status_code == 200
        for link in sorted(numbers(shown))[:: 1 if by == "all" else 9]:
            rows = client.get(link)
            assert rows.status_code == 200 and rows.context["page"].paginator.count > 0, link
            assert str(rows.context["measure"].means) in rows.content.decode().replace("&#x27;", "'"), link
    whole = client.get(f"{PAGE}?{MONTH}")
    assert whole.content.decode().count('class="meaning"') == sum(
        len(table.columns) for table in [*whole.context["found"].tables, whole.context["found"].held]
    ) + len(whole.context["times"])
    assert whole.content.decode().count('<svg class="bars"') == whole.content.decode().count("<title id=") == 3


def test_names_are_masked_in_the_rows(office):
    rows = signed_in(office.officer).get(f"{PAGE}rows/?{MONTH}&of=planned").content.decode()
    make.act(office.office.pk)
    names = [name for name in Recipient.objects.values_list("name", flat=True) if name in rows]
    assert names == [] and "가*" in rows


@pytest.mark.parametrize(
    ("asked", "field"),
    [("since=2026-13-01", "since"), ("since=2026-11-20&until=2026-11-01", "until"),
     ("since=2001-01-01&until=2026-11-01", "until"), ("by=x", "by"), ("dong=999999", "dong"), ("tier=x", "tier")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_at_its_field(office, asked, field):
    for page in (PAGE, f"{PAGE}rows/", f"{PAGE}download/", f"{PAGE}published/", f"{PAGE}published/download/"):
        answer = signed_in(office.officer).get(f"{page}?{asked}&of=planned")
        assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]


@pytest.mark.parametrize("asked", ["of=x", "of=planned&by=dong&line=99999", "of=planned&by=dong&line=x"])
def test_rows_of_no_number_are_not_there(office, asked):
    assert signed_in(office.officer).get(f"{PAGE}rows/?{MONTH}&{asked}").status_code == 404


def test_in_the_first_week_the_month_before_is_shown(office, moved):
    moved(make.NOON + timedelta(days=14))
    assert signed_in(office.officer).get(PAGE).context["asked"].name == "2026-11"
    moved(make.NOON + timedelta(days=15))
    assert signed_in(office.officer).get(PAGE).context["asked"].name == "2026-12"


def test_a_month_that_is_over_is_set_beside_the_one_before(office, moved):
    moved(make.NOON + timedelta(days=60))
    client = signed_in(office.officer)
    over = client.get(f"{PAGE}?since=2026-12-01&until=2026-12-31").context["head"]
    assert any(each.before for each in over)
    running = client.get(f"{PAGE}?since=2027-01-01&until=2027-01-31").context["head"]
    assert not any(each.before for each in running)


def test_a_provider_and_a_centre_see_their_own_and_publish_nothing(office):
    for person, where in ((office.desk, {"provider": office.providers[0]}),
                          (office.clerk, {"recipient__centre": office.centres[0]})):  # fmt: skip
        client = signed_in(person)
        shown = client.get(f"{PAGE}?{MONTH}")
        make.act(office.office.pk)
        own = Visit.objects.filter(**where).exclude(unplanned=True, outcome="")
        assert shown.context["found"].whole["planned"] == own.count()
        for page in ("published/", "published/download/"):
            assert client.get(f"{PAGE}{page}").status_code == 403
        assert "published" not in shown.content.decode()


def test_what_is_to_come_is_in_no_figure(office):
    client = signed_in(office.officer)
    before = client.get(f"{PAGE}?{MONTH}").context["found"].whole
    make.act(office.office.pk)
    assert open_day(office.office.pk, make.DAY + timedelta(days=1), now=make.NOON)
    assert client.get(f"{PAGE}?{MONTH}").context["found"].whole == before
    rows = client.get(f"{PAGE}rows/?{MONTH}&of=planned").context["page"].paginator.count
    assert rows == before["planned"]


def test_exercises_are_counted_apart(office):
    make.act(office.office.pk)
    some = Case.objects.order_by("pk").values_list("pk", flat=True)[:2]
    Case.objects.filter(pk__in=list(some)).update(drill=True)
    begins, drills = Case.objects.filter(drill=False).count(), Case.objects.filter(drill=True).count()
    found = signed_in(office.officer).get(f"{PAGE}?{MONTH}").context["found"]
    assert (found.whole["opened"], found.exercises) == (begins, drills) and drills


def test_training_and_who_came(office):
    world_desk = make.person(office.office, as_=Role.PROVIDER, at=office.providers[1])
    make.roster(office.office, office.officer, answers_for="officer")
    gathering = meetings.Gathering(
        programme="care", kind="training", title="교육", begins_at=make.NOON - timedelta(days=3),
        ends_at=make.NOON - timedelta(days=3) + meetings.HOUR,
    )  # fmt: skip
    held = actions.arrange(gathering, office.providers, by=office.officer, now=make.NOON - timedelta(days=9))
    now = {"by": office.officer, "now": make.NOON}
    actions.attended(held, [office.desk, world_desk], ["통장"], seen=held.changed_at, **now)
    actions.minuted(held, "끝", seen=make.NOON, **now)
    client = signed_in(office.officer)
    table = client.get(f"{PAGE}?{MONTH}&by=provider").context["found"].held
    assert [cell.value for cell in table.whole.cells] == [0, 1, 3]
    assert {line.key: line.cells[2].value for line in table.lines} == {
        str(office.providers[0].pk): 1, str(office.providers[1].pk): 1, "none": 1,
    }  # fmt: skip
    rows = client.get(f"{PAGE}rows/?{MONTH}&by=provider&of=attended&line={office.providers[0].pk}")
    assert [each.came for each in rows.context["rows"]] == [1]
    make.act(office.office.pk)
    assert client.get(f"{PAGE}?{MONTH}&by=dong").context["found"].held is None
    own = signed_in(office.desk).get(f"{PAGE}?{MONTH}").context["found"].held
    assert [cell.value for cell in own.whole.cells] == [0, 1, 1]


def test_the_spreadsheet_says_what_the_page_says_and_is_on_the_record(office):
    client = signed_in(office.officer)
    whole = client.get(f"{PAGE}?{MONTH}&by=dong").context["found"]
    answer = client.get(f"{PAGE}download/?{MONTH}&by=dong")
    book = sheets(answer.content)
    table = whole.table("visits")
    rows = book["방문"]
    assert rows[-1][1:] == [cell.value for cell in table.whole.cells]
    assert [row[0] for row in rows[-1 - len(table.lines) : -1]] == [line.name for line in table.lines]
    text = str(book)
    make.act(office.office.pk)
    assert not [name for name in Recipient.objects.values_list("name", flat=True) if name in text]
    make.act(office.office.pk)
    assert Entry.objects.filter(about="figuresof 2026-11", did="downloaded", who_id=office.officer.pk).exists()
    assert client.get(f"{PAGE}download/?{MONTH}&as=exe").status_code == 404


def test_what_is_given_out_has_no_small_number_and_no_person(office):
    client = signed_in(office.officer)
    for by in ("all", "provider", "dong", "scheme", "tier"):
        shown = client.get(f"{PAGE}published/?since=2026-11-03&until=2026-11-09&by={by}&tier=red")
        assert shown.context["asked"].name == "2026-11" and not shown.context["asked"].narrowed
        values = [n for table in shown.context["given"] for _, row in table.lines for n in row]
        assert not [n for n in values if n is not None and 0 < n < 5] and None in values
        book = sheets(client.get(f"{PAGE}published/download/?{MONTH}&by={by}").content)
        cells = [cell for rows in book.values() for row in rows for cell in row]
        assert "비공개" in cells and not [n for n in cells if isinstance(n, float) and 0 < n < 5]


def test_as_many_queries_for_every_comparison(office):
    client = signed_in(office.officer)
    client.get(PAGE)
    for by in ("all", "dong"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{PAGE}?{MONTH}&by={by}")
        assert len(asked) <= 40, [each["sql"][:90] for each in asked]


@pytest.mark.parametrize("by", ["all", "provider"])
def test_pdf_and_hangul_file_say_what_the_page_says_and_what_it_means(office, by):
    client = signed_in(office.officer)
    found = client.get(f"{PAGE}?{MONTH}&by={by}").context["found"]
    for kind in ("pdf", "hwpx"):
        text = papers.said(client.get(f"{PAGE}download/?{MONTH}&by={by}&as={kind}").content, kind)
        for table in found.tables:
            assert papers.letters(str(table.title)) in text
            for measure, cell in table.pairs:
                assert papers.letters(str(measure.name)) in text and papers.letters(f"{cell.value:,}") in text
                assert papers.letters(str(measure.means)) in text, measure.key
    charts = client.get(f"{PAGE}?{MONTH}&by={by}").context["charts"]
    assert charts and all(papers.letters(chart.title) in text for chart in charts)
    make.act(office.office.pk)
    entries = Entry.objects.filter(about="figuresof 2026-11", did="downloaded", who_id=office.officer.pk)
    assert entries.count() == 2
    assert not [name for name in Recipient.objects.values_list("name", flat=True) if name in text]


@pytest.mark.parametrize("kind", ["pdf", "hwpx"])
def test_what_is_given_out_as_paper_has_no_small_number_either(office, kind):
    client = signed_in(office.officer)
    given = client.get(f"{PAGE}published/?{MONTH}&by=dong").context["given"]
    body = client.get(f"{PAGE}published/download/?{MONTH}&by=dong&as={kind}").content
    text = papers.said(body, kind)
    assert "비공개" in text and papers.letters("5 미만인 수") in text
    assert sum(value is None for table in given for _name, line in table.lines for value in line) == text.count(
        "비공개"
    ) - text.count("‘비공개’")
