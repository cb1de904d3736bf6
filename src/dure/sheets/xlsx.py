"""A paper as a workbook (.xlsx): a sheet for what it says, and one for each table."""

from collections.abc import Iterator, Sequence

from dure.sheets import write as workbook
from dure.sheets.paper import Break, Line, Pairs, Paper, Part, Point, Table, numbered, plain, shown
from dure.sheets.tables import Value

NAMES, VALUES = 24, 66  # about 90 letters stand beside each other on an A4 page


def write(paper: Paper) -> bytes:
    """The workbook's bytes. Values stay values: whoever gets it can sum and sort them."""
    said = [row for mark, part in numbered(paper.parts) if not isinstance(part, Table) for row in _said(mark, part)]
    foot = " · ".join(filter(None, (paper.subtitle, paper.office, shown(paper.made_at), paper.foot)))
    title, notes = plain(paper.title), [plain(foot)]
    pages = [_sheet(table, heading, title, notes) for heading, table in _headed(paper.parts)]
    if said or not pages:
        columns = [workbook.Column("", NAMES), workbook.Column("", VALUES)]
        pages.insert(0, workbook.Page(title, columns, said, title=title, notes=notes, prose=True))
    return workbook.write(pages)


def _said(mark: str, part: Part) -> Sequence[Sequence[Value]]:
    match part:
        case Point():
            return [[plain(f"{'   ' * max(part.level - 2, 0)}{mark} {part.text}")]]
        case Line():
            return [[line] for line in plain(part.text).split("\n")]
        case Pairs():
            return [[plain(name), plain(value) if isinstance(value, str) else value] for name, value in part.pairs]
        case Break() | Table():
            return []


def _headed(parts: Sequence[Part]) -> Iterator[tuple[str, Table]]:
    """Each table with what it is called: its own title, or the last heading above it (where there is none, a point)."""
    above, level = "", 4
    for part in parts:
        if isinstance(part, Point) and part.level <= level:
            above, level = part.text, 1 if part.level == 1 else level
        elif isinstance(part, Table):
            yield plain(part.title or above), part


def _sheet(table: Table, heading: str, title: str, notes: Sequence[str]) -> workbook.Page:
    name = heading or title
    columns = [workbook.Column(plain(column.title)) for column in table.columns]
    rows = [[plain(value) if isinstance(value, str) else value for value in row] for row in table.rows]
    notes = [*notes, *([heading] if heading else [])]
    return workbook.Page(name, columns, rows, title=title, notes=notes, totals=table.totals, tall=table.tall)
