"""A paper as a file to take along: which kinds there are, and the answer that holds one."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

from django.http import HttpResponse

from dure.files import downloads
from dure.imports.keeping import spoken
from dure.sheets import hwpx, pdf, xlsx
from dure.sheets.paper import NoPaper, Paper

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {
    "pdf": ("application/pdf", pdf.write),
    "hwpx": ("application/hwp+zip", hwpx.write),
    "xlsx": (XLSX, xlsx.write),
}


def lacking() -> list[str]:
    """What this server lacks to make PDF and Hangul files, as sentences; none when all can be made."""
    return [spoken(each.problem) for each in (pdf.missing(), hwpx.missing()) if each]


def attached(data: bytes, name: str, kind: str, sort: str = "") -> HttpResponse:
    """The bytes as a file called `name.kind`."""
    return downloads.attached(f"{name}.{kind}", data, sort or KINDS[kind][0])


def file(paper: Paper, kind: str, name: str) -> HttpResponse:
    """The paper as a file of one of the kinds. Raises `NoPaper` where this server can't make it."""
    return attached(KINDS[kind][1](paper), name, kind)


def bundle(paper: Paper, name: str) -> HttpResponse:
    """The paper in every kind that this server can make, in one file (.zip)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind, (_sort, write) in KINDS.items():
            with suppress(NoPaper):
                archive.writestr(f"{name}.{kind}", write(paper))
    return attached(out.getvalue(), name, "zip", "application/zip")
