"""The figures as paper: the same tables as on the page. Whatever a person may take along is made here."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from dure import clock
from dure.care.downloads import KINDS
from dure.care.figures.asked import Asked, By
from dure.care.figures.drawn import Chart
from dure.care.figures.page import Figures
from dure.care.figures.published import Given
from dure.care.figures.tables import Line, Table
from dure.sheets import paper
from dure.sheets.paper import Align, Column, Paper, Part, Point
from dure.sheets.tables import Value

FORMATS = KINDS
PERCENTILES = ("50%", "90%", "95%")
Rows = Sequence[Sequence[Value]]


class FiguresOf:
    """The figures of some days as the record names them: `figuresof 2026-11`."""

    def __init__(self, office: int, name: str) -> None:
        self.office_id, self.ref = office, name


def report(found: Figures, charts: Sequence[Chart], chosen: Sequence[str], office: str, now: datetime) -> Paper:
    """All tables of the page, the numbers of its charts, and at the end what each number means."""
    asked = found.asked
    tables = [*found.tables, *([found.held] if found.held else [])]
    notes = [_("only") + ": " + ", ".join(chosen)] if chosen else []
    if asked.last >= clock.local(now).date():
        notes.append(_("These days aren't over yet"))
    if found.exercises:
        notes.append(_("Exercises, in none of these numbers: %(n)s") % {"n": found.exercises})
    parts: list[Part] = [paper.Line(each) for each in notes]
    for table in tables:
        parts += _headed(str(table.title), _table(table, asked))
        if table.key == "found":
            parts += [*_headed(_("How long it took"), _times(found)), _few()]
    for chart in charts:
        parts += _headed(chart.title, _drawn(chart))
    return _paper(asked, _("Figures %(days)s") % {"days": asked.name}, [*parts, *_meanings(tables)], office, now)


def _paper(asked: Asked, title: str, parts: Sequence[Part], office: str, now: datetime) -> Paper:
    said = _("Compared by: %(what)s") % {"what": asked.title} if asked.by != By.ALL else ""
    made = clock.local(now).replace(tzinfo=None)
    return Paper(title, office, made, parts, subtitle=said, landscape=asked.by != By.ALL)


def _headed(title: str, table: paper.Table) -> list[Part]:
    return [Point(1, title), table]


def _numbers(names: Iterable[object], first: float = 2.2) -> list[Column]:
    """Columns of numbers behind a first one of names."""
    head, *rest = (str(each) for each in names)
    return [Column(head, first), *(Column(each, 1, Align.RIGHT) for each in rest)]


def _table(table: Table, asked: Asked) -> paper.Table:
    """What is compared line by line; when nothing is, a line for each number."""
    if asked.by == By.ALL and not table.lines:
        rows: Rows = [[str(each.name), cell.value, cell.aside] for each, cell in table.pairs]
        return paper.Table(_numbers([_("Name of the number"), _("How many"), _("Share in percent")], 5), rows)
    columns = _numbers([_("What is compared"), *(each.name for each in table.columns)])
    return paper.Table(columns, [_row(line) for line in [*table.lines, table.whole]], totals=1)


def _row(line: Line) -> list[Value]:
    return [line.name, *(cell.value for cell in line.cells)]


def _times(found: Figures) -> paper.Table:
    percentiles = [_("%(p)s within (minutes)") % {"p": p} for p in PERCENTILES]
    columns = _numbers([_("What is compared"), _("Until"), _("How many"), *percentiles])
    columns[1] = Column(_("Until"), 1.6)
    rows: list[list[Value]] = [
        [line.name, str(took.measure.name), took.times.n, *took.values]
        for line in [*found.times, found.whole_times]
        for took in line.took
        if took.times.n or not line.key
    ]
    if found.asked.by == By.ALL:
        columns, rows = columns[1:], [row[1:] for row in rows]
    return paper.Table(columns, rows)


def _few() -> paper.Line:
    return paper.Line(_("Of fewer than five no times are given."), small=True)


def _drawn(chart: Chart) -> paper.Table:
    return paper.Table(_numbers(chart.columns, 1), [list(row) for row in chart.rows])


def _meanings(tables: Iterable[Table | Given]) -> list[Part]:
    rows = [(str(table.title), str(each.name), str(each.means)) for table in tables for each in table.columns]
    columns = [Column(_("Table"), 1.3), Column(_("Name of the number"), 1.5), Column(_("What is counted"), 6)]
    return _headed(_("What is counted"), paper.Table(columns, rows))


def published_report(given: Sequence[Given], asked: Asked, office: str, now: datetime) -> Paper:
    """The tables that may be given out, and what their numbers mean."""
    parts: list[Part] = [paper.Line(left_out_says())]
    for each in given:
        parts += _headed(str(each.title), _given(each, asked))
    title = _("Figures %(days)s") % {"days": asked.name}
    return _paper(asked, title, [*parts, *_meanings(given)], office, now)


def _given(table: Given, asked: Asked) -> paper.Table:
    names = [*(str(each.name) for each in table.columns), _("Together")]
    lines = [(name, [_shown(value) for value in values]) for name, values in table.lines]
    if asked.by == By.ALL:
        rows: Rows = [[name, value] for _line, values in lines for name, value in zip(names, values, strict=True)]
        return paper.Table(_numbers([_("Name of the number"), _("How many")], 3), rows, totals=1 if rows else 0)
    columns = _numbers([_("What is compared"), *names])
    return paper.Table(columns, [[name, *values] for name, values in lines], totals=1 if lines else 0)


def _shown(value: int | None) -> Value:
    return left_out_word() if value is None else value


def left_out_word() -> str:
    """What stands where a number is left out."""
    return _("not shown")


def left_out_says() -> str:
    """Why a number is left out."""
    return _("“Not shown”: below 5, or left out so that a number below 5 can't be worked out.")
