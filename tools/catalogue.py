"""The Korean catalogues, one a box: src/dure/BOX/locale/ko/LC_MESSAGES/django.po, written by hand.

tools/catalogue.py compile         make the .mo files that Django reads (not kept in git)
tools/catalogue.py check           every text is translated, nothing stale, no inside word on a screen
tools/catalogue.py missing [BOX]   what still lacks a translation, ready to paste into a catalogue
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

SOURCE = Path(__file__).parent.parent / "src" / "dure"
CATALOGUES = "**/locale/ko/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Words of the inside; docs/words.md says what stands on a screen in their place.
INSIDE = re.compile(r"\b(duty|duties|kernel|rung|watch|ladder)\b|감시|발령|약속|배치|위기 ?사례", re.IGNORECASE)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(["_", "L", "N_", "gettext", "gettext_lazy", "gettext_noop"]),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (1, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ((1, "c"), 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ((1, "c"), 2, 3)),
}
Key = tuple[str, str, str]  # context, text, plural text


@dataclass(frozen=True)
class Use:
    """A text in the code that a person reads."""

    key: Key
    box: str
    where: str


def compile_all(source: Path) -> None:
    """Make every .mo file that is older than its catalogue."""
    for path in source.glob(CATALOGUES):
        made = path.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime <= path.stat().st_mtime:
            fresh = path.with_suffix(".mo.new")
            polib.pofile(str(path)).save_as_mofile(str(fresh))
            fresh.replace(made)


def extract(source: Path) -> list[Use]:
    """Every text of the code and the templates, in source order."""
    from django.utils.translation.template import templatize

    found: list[Use] = []
    for path in sorted(source.rglob("*")):
        if path.suffix == ".py":
            text = path.read_text()
        elif path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts:
            code = templatize(path.read_text(), origin=str(path))
            text = "\n".join(line.lstrip() for line in code.splitlines())  # no string spans lines there
        else:
            continue
        inside = path.relative_to(source)
        box = inside.parts[0] if len(inside.parts) > 1 else "."
        found += [Use(key, box, f"{inside}:{line}") for line, key in _texts(text)]
    return found


def _texts(code: str) -> Iterator[tuple[int, Key]]:
    import io

    from babel.messages.extract import extract

    for line, message, _, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
        one, many = message if isinstance(message, tuple) else (message, "")
        yield line, (context or "", one, many)


def entries(source: Path) -> Iterator[tuple[Path, polib.POEntry]]:
    """Every entry of every Korean catalogue."""
    for path in sorted(source.glob(CATALOGUES)):
        for entry in polib.pofile(str(path)):
            yield path.relative_to(source), entry


def key(entry: polib.POEntry) -> Key:
    """What the code has to say to get this entry."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural


def said(entry: polib.POEntry) -> list[str]:
    """The Korean of an entry."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def missing(source: Path, box: str | None = None) -> list[Use]:
    """The texts without a translation in any catalogue, each once."""
    have = {key(entry) for _, entry in entries(source) if entry.translated()}
    lacking: dict[Key, Use] = {}
    for use in extract(source):
        if use.key not in have and box in (None, use.box):
            lacking.setdefault(use.key, use)
    return list(lacking.values())


def problems(source: Path) -> list[str]:
    """What is wrong with the catalogues, one sentence each."""
    used = {use.key for use in extract(source)}
    found = [f"{use.where}: no Korean for {use.key[1]!r}" for use in missing(source)]
    first: dict[Key, list[str]] = {}
    for path, entry in entries(source):
        here = f"{path}: {entry.msgid!r}"
        if entry.obsolete or key(entry) not in used:
            found.append(f"{here} is used nowhere")
            continue
        if not entry.translated() or not all(text.strip() for text in said(entry)):
            found.append(f"{here} is empty or fuzzy")
        if first.setdefault(key(entry), said(entry)) != said(entry):
            found.append(f"{here} is translated in two ways")
        found += [f"{here}: {complaint}" for text in said(entry) for complaint in _wrong(entry, text)]
    return found


def _wrong(entry: polib.POEntry, text: str) -> Iterator[str]:
    if sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) != sorted(PLACEHOLDER.findall(text)):
        yield f"other placeholders in {text!r}"
    if word := INSIDE.search(text):
        yield f"{word[0]!r} is a word of the inside"


def paste(uses: list[Use]) -> str:
    """Entries to fill in."""
    made = []
    for use in uses:
        context, one, many = use.key
        plural = {"msgid_plural": many, "msgstr_plural": {0: ""}} if many else {}
        made.append(str(polib.POEntry(msgid=one, msgctxt=context or None, comment=use.where, **plural)))
    return "\n".join(made)


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; 1 when something is wrong."""
    match arguments:
        case ["compile"]:
            compile_all(SOURCE)
        case ["check"]:
            found = problems(SOURCE)
            print("\n".join(found) or "catalogues: complete")
            return bool(found)
        case ["missing", *boxes]:
            print(paste([use for box in boxes or [None] for use in missing(SOURCE, box)]))
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
