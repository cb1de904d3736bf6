"""The figures as paper: the same tables as on the page. Whatever a person may take along is made here."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from dure import clock
from dure.care.figures.page import Figures
from dure.care.figures.published import Given
from dure.care.figures.tables import Line, Measure, Table
from dure.sheets.write import Column, Page, write

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, tuple[str, Callable[[Sequence[Page]], bytes]]] = {"xlsx": (XLSX, write)}  # other papers: here
Papers = Sequence[Page]
PERCENTILES = ("50%", "90%", "95%")


class FiguresOf:
    """The figures of some days as the record names them: `figuresof 2026-11`."""

    def __init__(self, office: int, name: str) -> None:
        self.office_id, self.ref = office, name


def pages(found: Figures, now: datetime) -> list[Page]:
    """All tables of the page, and what each number means."""
    tables = [*found.tables, *([found.held] if found.held else [])]
    title = _("Figures %(days)s") % {"days": found.asked.name}
    notes = [_made(now)]
    if found.asked.narrowed:
        notes.append(_("Only a part is meant: see the page for what was chosen."))
    return [
        *(_table(table, title, notes) for table in tables[:3]), _times(found, title, notes),
        *(_table(table, title, notes) for table in tables[3:]), _meanings(tables),
    ]  # fmt: skip


def _made(now: datetime) -> str:
    return _("Made on %(moment)s.") % {"moment": f"{clock.local(now):%Y-%m-%d %H:%M}"}


def _columns(names: Iterable[object]) -> list[Column]:
    return [Column(str(each)) for each in names]


def _table(table: Table, title: str, notes: Sequence[str]) -> Page:
    rows = [_row(line) for line in [*table.lines, table.whole]]
    names = [_("What is compared"), *(each.name for each in table.columns)]
    return Page(str(table.title), _columns(names), rows, f"{title} · {table.title}", notes)


def _row(line: Line) -> list[str | float | None]:
    return [line.name, *(cell.value for cell in line.cells)]


def _times(found: Figures, title: str, notes: Sequence[str]) -> Page:
    names = [
        _("What is compared"),
        _("Until"),
        _("How many"),
        *(_("%(p)s within (minutes)") % {"p": p} for p in PERCENTILES),
    ]
    rows = [
        [line.name, str(took.measure.name), took.times.n, *took.values]
        for line in [*found.times, found.whole_times]
        for took in line.took
    ]
    few = _("Of fewer than five no times are given.")
    return Page(_("Times"), _columns(names), rows, f"{title} · {_('Times')}", [*notes, few])


def _meanings(tables: Iterable[Table]) -> Page:
    rows = [(str(t.title), str(each.name), str(each.means)) for t in tables for each in t.columns]
    return Page(_("What is counted"), [Column(_("Table")), Column(_("Number")), Column(_("What is counted"), 90)], rows)


def published_pages(given: Sequence[Given], days: str, now: datetime) -> list[Page]:
    """The tables that may be given out."""
    title = _("Figures %(days)s") % {"days": days}
    notes = [_made(now), left_out_says()]
    return [
        Page(str(each.title), _columns(_head(each.columns)), map(_shown, each.lines), f"{title} · {each.title}", notes)
        for each in given
    ]


def _head(columns: Sequence[Measure]) -> list[object]:
    return [_("What is compared"), *(each.name for each in columns), _("Together")]


def _shown(line: tuple[str, Sequence[int | None]]) -> list[str | int]:
    return [line[0], *(left_out_word() if value is None else value for value in line[1])]


def left_out_word() -> str:
    """What stands where a number is left out."""
    return _("not shown")


def left_out_says() -> str:
    """Why a number is left out."""
    return _("“Not shown”: below 5, or left out so that a number below 5 can't be worked out.")
