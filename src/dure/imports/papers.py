"""The workbooks that go out: the empty template, and the rows that were not taken in."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from dure.errors import Refused
from dure.files.downloads import attached
from dure.imports import actions
from dure.imports.keeping import said, spoken
from dure.imports.kinds import Kind, Scope
from dure.imports.models import Action, Upload
from dure.imports.planning import cell_name
from dure.sheets.read import MOST_BYTES
from dure.sheets.tables import BROKEN, Value
from dure.sheets.write import Column, Page, write

__all__ = ["MOST_BYTES", "download", "refused", "template"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(name: str, content: bytes) -> HttpResponse:
    """A workbook as an answer."""
    return attached(name, content, XLSX)


def template(kind: Kind, scope: Scope) -> bytes:
    """An empty list with our columns, and a second sheet that says how to write each."""
    columns = kind.columns(scope)
    empty = [Column(str(c.label), choices=c.choices, must=c.must, width=16) for c in columns]
    guide = [Column(_("Column")), Column(_("Has to be filled in")), Column(_("How to write it"))]
    rows = [[str(c.label), "O" if c.must else "", str(c.hint) or ", ".join(c.choices)] for c in columns]
    return write([Page(str(kind.title), empty, blank=True), Page(_("How to fill it in"), guide, rows)])


def refused(upload: Upload, kind: Kind, scope: Scope) -> bytes:
    """The rows that can't be (or were not) taken in, as they were, with the reason in a last column.

    Mended, the file can be uploaded as it is.
    """
    if upload.forgotten_at:
        raise Refused(_("This list is no longer kept."))
    sheet, header = actions.table(upload)
    wrong: dict[int, list[str]] = {}
    if upload.applied_at:
        for change in upload.changes.filter(action=Action.REFUSED):
            wrong[change.row] = [
                f"{cell_name(i, change.row)}: {said(text, values)}" for i, text, values in change.wrong
            ]
    else:
        for each in actions.look(upload, kind, scope).refused:
            wrong[each.row.number] = [f"{cell_name(i, each.row.number)}: {spoken(p)}" for i, p in each.wrong]
    columns = [Column(name) for name in header.names]
    rows = [[*(_bare(v) for v in sheet.rows[n - 1]), "\n".join(why)] for n, why in sorted(wrong.items())]
    return write([Page(sheet.name, [*columns, Column(_("What to mend"), width=60)], rows)])


def _bare(value: Value) -> Value:
    return value.removeprefix(BROKEN) if isinstance(value, str) else value
