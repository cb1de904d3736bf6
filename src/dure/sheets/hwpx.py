"""A paper as a document of Hancom's Hangul (.hwpx), in the style of an official report.

HwpForge writes the file. It is given the document as data: its own empty style sheet, to which the shapes below are
added, and paragraphs and tables that refer to them. Lengths are HWP units, 7,200 to the inch.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from dure.sheets.paper import Break, Line, NoPaper, Pairs, Paper, Part, Point, Table, numbered, plain, shown, stands
from dure.sheets.problems import N_

NO_HWPX = N_(
    "Hangul files (.hwpx) can't be made on this server yet: the part that makes them isn't installed. Let the"
    " administrator run 'make paper' there and start the server again."
)
MM = 7200 / 25.4
A4 = (59528, 84188)
MARGIN = round(20 * MM)
TALL = round(11 * MM)
SERIF, SANS = "함초롬바탕", "함초롬돋움"  # come with every Hangul

# name: (height in 1/100 pt, bold, sans)
LETTERS = {
    "title": (1800, True, True),
    "subtitle": (1200, False, True),
    "point1": (1500, True, True),
    "point2": (1300, True, False),
    "point3": (1200, False, False),
    "point4": (1200, False, False),
    "line": (1100, False, False),
    "bold": (1100, True, False),
    "small": (900, False, True),
    "cell": (950, False, True),
    "head": (950, True, True),
}
# name: (alignment, left, later lines further in by, before, after, line spacing in %, kept with what follows)
SHAPES = {
    "title": ("Center", 0, 0, 300, 300, 130, False),
    "point1": ("Left", 0, 2000, 1600, 500, 150, True),
    "point2": ("Left", 0, 2000, 900, 300, 150, True),
    "point3": ("Left", 1100, 1900, 400, 200, 150, False),
    "point4": ("Left", 2600, 1500, 200, 200, 150, False),
    "line": ("Left", 0, 0, 300, 300, 150, False),
    "caption": ("Left", 0, 0, 700, 200, 130, True),
    "left": ("Left", 0, 0, 0, 0, 125, False),
    "foot": ("Left", 0, 0, 800, 0, 125, False),
    "center": ("Center", 0, 0, 0, 0, 125, False),
    "right": ("Right", 0, 0, 0, 0, 125, False),
}
FRAMES = {"cell": None, "head": "#E7EDF3", "title": None}  # the last has lines only above and below

Json = dict[str, Any]


def write(paper: Paper) -> bytes:
    """The document's bytes. Raises `NoPaper` where HwpForge is missing."""
    forge = _forge()
    base, ids = _styles()
    about = {**base["document"]["metadata"], "title": plain(paper.title)}
    document = {**base, "document": {"sections": [_section(paper, ids)], "metadata": about}}
    made: bytes = forge.from_json(json.dumps(document, ensure_ascii=False)).document.to_bytes()
    return _with_preview(made, plain(paper.title))


def _with_preview(made: bytes, title: str) -> bytes:
    """The same file with the short text that file managers show, and that Hangul for macOS asks for."""
    out = io.BytesIO(made)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("Preview/PrvText.txt"), title.encode())
    return out.getvalue()


def missing() -> NoPaper | None:
    """What a Hangul file lacks on this machine; nothing when one can be made."""
    try:
        _forge()
    except NoPaper as lacking:
        return lacking
    return None


def _forge() -> Any:
    try:
        import hwpforge
    except ImportError as error:
        raise NoPaper(NO_HWPX) from error
    return hwpforge


@cache
def _styles() -> tuple[Json, Mapping[str, int]]:
    """An empty document with our shapes added to its style sheet, and their numbers: `char …`, `para …`, `frame …`."""
    base: Json = json.loads(_forge().convert_md(".").document.to_json().text)
    styles, ids = base["styles"], {}
    faces = _faces(styles["fonts"])
    for name, (height, bold, sans) in LETTERS.items():
        font = dict.fromkeys(styles["char_shapes"][0]["font_ref"], faces[SANS if sans else SERIF])
        ids[f"char {name}"] = len(styles["char_shapes"])
        look = {"font_ref": font, "height": height, "bold": bold, "text_color": 0, "border_fill_id": None}
        styles["char_shapes"].append({**styles["char_shapes"][0], **look})
    for name, shape in SHAPES.items():
        ids[f"para {name}"] = len(styles["para_shapes"])
        styles["para_shapes"].append({**styles["para_shapes"][0], **_shape(*shape)})
    for name, fill in FRAMES.items():
        ids[f"frame {name}"] = number = len(styles["border_fills"]) + 1
        styles["border_fills"].append({**styles["border_fills"][-1], "id": number, **_frame(name, fill)})
    return base, ids


def _faces(fonts: list[Json]) -> dict[str, int]:
    """The numbers of our two fonts, added for every script that has its own list."""
    found = {}
    for face in (SANS, SERIF):
        for script in dict.fromkeys(font["lang"] for font in fonts):
            listed = [font for font in fonts if font["lang"] == script]
            same = next((font for font in listed if font["face_name"] == face), None)
            if same is None:
                same = {"id": len(listed), "face_name": face, "lang": script, "font_type": "Ttf"}
                fonts.append(same)
            found[face] = same["id"]
    return found


def _shape(alignment: str, left: int, further: int, before: int, after: int, spacing: int, kept: bool) -> Json:
    lengths = {"margin_left": left, "indent": -further, "spacing_before": before, "spacing_after": after}
    return {
        "alignment": alignment,
        "line_spacing": spacing,
        "keep_with_next": kept,
        **{name: {"unit": "hwpunit", "value": length} for name, length in lengths.items()},
    }


def _frame(name: str, fill: str | None) -> Json:
    side = {"line_type": "SOLID", "width": "0.12 mm", "color": "#6E6E6E"}
    thick, none = {**side, "width": "0.4 mm", "color": "#000000"}, {**side, "line_type": "NONE"}
    above, beside = (thick, none) if name == "title" else (side, side)
    brush = {"WinBrush": {"face_color": fill, "hatch_color": "#FF000000", "alpha": "0"}} if fill else None
    return {"top": above, "bottom": above, "left": beside, "right": beside, "fill": brush}


def _section(paper: Paper, ids: Mapping[str, int]) -> Json:
    made = _Body(ids, (A4[1] if paper.landscape else A4[0]) - 2 * MARGIN)
    made.title(paper)
    for mark, part in numbered(paper.parts):
        made.add(mark, part)
    foot = " · ".join(filter(None, (paper.foot, paper.office, shown(paper.made_at))))
    sides = {f"margin_{side}": MARGIN for side in ("left", "right", "top", "bottom")}
    return {
        "paragraphs": made.paragraphs,
        "page_settings": {
            "width": A4[0], "height": A4[1], **sides, "header_margin": 2835, "footer_margin": 2835,
            "landscape": paper.landscape,
        },
        "footers": [{"paragraphs": [made.paragraph("small", "foot", foot)], "apply_page_type": "Both"}],
        "page_number": {"position": "BottomRight", "number_format": "Digit", "decoration": ""},
    }  # fmt: skip


class _Body:
    """The paragraphs of a paper, one part after the other."""

    def __init__(self, ids: Mapping[str, int], width: int) -> None:
        self.ids, self.width = ids, width
        self.paragraphs: list[Json] = []
        self._turn = False  # the next paragraph begins on a new page

    def paragraph(self, letters: str, shape: str, text: str) -> Json:
        """A paragraph; a line break stays within it."""
        run = {"content": {"Text": plain(text)}, "char_shape_id": self.ids[f"char {letters}"]}
        return {"runs": [run], "para_shape_id": self.ids[f"para {shape}"], "page_break": False, "column_break": False}

    def _put(self, paragraph: Json) -> None:
        self.paragraphs.append({**paragraph, "page_break": self._turn and bool(self.paragraphs)})
        self._turn = False

    def title(self, paper: Paper) -> None:
        """The title between two lines."""
        said = [self.paragraph("title", "title", paper.title)]
        if paper.subtitle:
            said.append(self.paragraph("subtitle", "title", paper.subtitle))
        cell = {**self._cell("title", "center", "", self.width, "title"), "paragraphs": said}
        self._table([{"cells": [cell], "is_header": False}])

    def add(self, mark: str, part: Part) -> None:
        """One more part of the paper."""
        match part:
            case Point():
                name = f"point{part.level}"
                self._put(self.paragraph(name, name, f"{mark} {part.text}"))
            case Line():
                letters = "small" if part.small else "bold" if part.bold else "line"
                self._put(self.paragraph(letters, "line", part.text))
            case Break():
                self._turn = True
            case Pairs():
                self._pairs(part)
            case Table():
                self._rows(part)

    def _pairs(self, part: Pairs) -> None:
        pair = self.width // part.across
        name = min(round(32 * MM), pair * 2 // 5)
        widths = (name, pair - name) * part.across
        cells = [said for name_, value in part.pairs for said in ((name_, "head"), (shown(value), "cell"))]
        cells += [("", "head"), ("", "cell")] * (-len(part.pairs) % part.across)
        rows = [cells[at : at + len(widths)] for at in range(0, len(cells), len(widths))]
        self._table(
            {
                "cells": [
                    self._cell(look, "left", text, width, look) for (text, look), width in zip(row, widths, strict=True)
                ],
                "is_header": False,
            }
            for row in rows
        )

    def _rows(self, table: Table) -> None:
        if table.title:
            self._put(self.paragraph("bold", "caption", f"〈{table.title}〉"))
        whole = sum(column.width for column in table.columns)
        widths = [round(self.width * column.width / whole) for column in table.columns]
        columns = list(zip(table.columns, widths, strict=True))
        rows: list[Json] = [
            {"cells": [self._cell("head", "center", c.title, w, "head") for c, w in columns], "is_header": True}
        ]
        ends = len(table.rows) - table.totals
        for number, values in enumerate(table.rows):
            look = "head" if number >= ends else "cell"
            cells = [
                self._cell(look, stands(c, value), shown(value), w, look)
                for (c, w), value in zip(columns, values, strict=True)
            ]
            rows.append({"cells": cells, "is_header": False, **({"height": TALL} if table.tall else {})})
        self._table(rows)

    def _cell(self, letters: str, shape: str, text: str, width: int, frame: str) -> Json:
        return {
            "paragraphs": [self.paragraph(letters, shape, text)],
            "col_span": 1,
            "row_span": 1,
            "width": width,
            "border_fill_id": self.ids[f"frame {frame}"],
            "vertical_align": "center",
        }

    def _table(self, rows: Iterable[Json]) -> None:
        table = {
            "rows": list(rows),
            "width": self.width,
            "page_break": "cell",
            "repeat_header": True,
            "border_fill_id": self.ids["frame cell"],
            "out_margin": {"left": 0, "right": 0, "top": 283, "bottom": 283},
            "in_margin": {"left": 425, "right": 425, "top": 170, "bottom": 170},
        }
        run = {"content": {"Table": table}, "char_shape_id": self.ids["char line"]}
        self._put({**self.paragraph("line", "left", ""), "runs": [run]})
