"""A paper as a PDF, set by Typst. What it says goes there as data (JSON), never as markup."""

import json
import re
from collections.abc import Collection
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dure.sheets.paper import Break, Line, NoPaper, Pairs, Paper, Part, Point, Table, numbered, plain, shown, stands
from dure.sheets.problems import N_

TEMPLATE = Path(__file__).with_name("paper.typ")
FONTS = (  # families with Hangul, the first that is installed is taken
    "Pretendard GOV",
    "NanumGothic",
    "Nanum Gothic",
    "나눔고딕",
    "NanumBarunGothic",
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Malgun Gothic",
    "맑은 고딕",
    "Apple SD Gothic Neo",
    "KoPubWorldDotum",
    "HCR Dotum",
    "함초롬돋움",
    "Source Han Sans K",
    "Source Han Sans KR",
    "UnDotum",
    "Baekmuk Gulim",
)
NO_TYPST = N_(
    "PDF files can't be made on this server yet: the part that makes them isn't installed. Let the administrator run"
    " 'make paper' there and start the server again."
)
NO_FONT = N_(
    "PDF files can't be made on this server: no Korean font is installed there. Let the administrator install one,"
    " on Debian and Ubuntu with 'apt-get install fonts-nanum'; or copy NanumGothic.ttf into ~/.local/share/fonts."
)
A_PAGE = 1200  # so many letters in pairs stand on one page for sure: they aren't torn apart
_JOINT = re.compile(r"(?<=[^\s\u1100-\uffdc]{3})[-/@._](?=[^\s]{3})")  # 010-|1234-|5678
_LONG = re.compile(r"[^\s\u1100-\u11ff\u3000-\u9fff\uac00-\ud7a3]{20,}")  # only there lines break between any letters


def write(paper: Paper) -> bytes:
    """The PDF's bytes. Raises `NoPaper` where Typst or a Korean font is missing."""
    fonts, family = _fonts()
    data = json.dumps(_said(paper, family), ensure_ascii=False)
    made: bytes = _typst().Compiler(TEMPLATE, font_paths=fonts, sys_inputs={"paper": data}).compile(format="pdf")
    return made


def missing() -> NoPaper | None:
    """What a PDF lacks on this machine; nothing when one can be made."""
    try:
        _fonts()
    except NoPaper as lacking:
        return lacking
    return None


def _typst() -> Any:
    try:
        import typst
    except ImportError as error:
        raise NoPaper(NO_TYPST) from error
    return typst


@cache
def _fonts() -> tuple[Any, str]:
    """The fonts of this machine, and the Korean one that is used. None found is asked anew each time."""
    fonts = _typst().Fonts(include_embedded_fonts=False, font_paths=_brought())
    return fonts, korean(fonts.families())


def korean(installed: Collection[str]) -> str:
    """The font family that a paper is set in. Raises `NoPaper` when none of those installed has Hangul.

    >>> korean(["DejaVu Sans", "NanumGothic"])
    'NanumGothic'
    """
    for family in FONTS:
        if family in installed:
            return family
    raise NoPaper(NO_FONT)


def _brought() -> list[Path]:
    """The folder of the fonts that are installed together with Typst."""
    found = find_spec("pylopdf_fonts_ko")
    return [Path(place) for place in (found and found.submodule_search_locations) or ()]


def _said(paper: Paper, family: str) -> dict[str, Any]:
    return {
        "title": _text(paper.title),
        "subtitle": _text(paper.subtitle),
        "office": _text(paper.office),
        "foot": _text(paper.foot),
        "made": shown(paper.made_at),
        "landscape": paper.landscape,
        "font": family,
        "parts": [_part(mark, part) for mark, part in numbered(paper.parts)],
    }


def _part(mark: str, part: Part) -> dict[str, Any]:
    match part:
        case Point():
            return {"kind": "point", "level": part.level, "mark": mark, "text": _text(part.text)}
        case Line():
            return {"kind": "line", "bold": part.bold, "small": part.small, "text": _text(part.text)}
        case Pairs():
            cells = [_text(said) for name, value in part.pairs for said in (name, shown(value))]
            missing = -len(part.pairs) % part.across
            short = sum(map(len, cells)) < A_PAGE
            return {"kind": "pairs", "across": part.across, "cells": cells + [""] * (2 * missing), "short": short}
        case Table():
            return _table(part)
        case Break():
            return {"kind": "break"}


def _table(table: Table) -> dict[str, Any]:
    """Most cells of a column stand alike; only those that don't say where they stand."""
    first = table.rows[0] if table.rows else [""] * len(table.columns)
    aligns = [stands(column, value) for column, value in zip(table.columns, first, strict=True)]
    cells: list[Any] = []
    for row in table.rows:
        for column, usual, value in zip(table.columns, aligns, row, strict=True):
            text, align = _text(shown(value)), stands(column, value)
            cells.append(text if align == usual else [text, align])
    ends = len(cells) - table.totals * len(table.columns)
    return {
        "kind": "table",
        "title": _text(table.title),
        "titles": [_text(column.title) for column in table.columns],
        "widths": [column.width for column in table.columns],
        "aligns": aligns,
        "count": len(table.rows),
        "totals": table.totals,
        "tall": table.tall,
        "cells": cells[:ends],
        "sums": cells[ends:],
    }


def _text(text: str) -> str:
    """Text that fits: lines may break after a dash, in long runs without a space anywhere (by spaces of no width)."""
    return _JOINT.sub(lambda dash: f"{dash[0]}\u200b", _LONG.sub(lambda run: "\u200b".join(run[0]), plain(text)))
