"""May it be used?"""

import re
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from packages import OWN, Found, in_it, plain

MAY_BE_USED = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU", "Unlicense"),
    *("MPL-2.0", "OFL-1.1", "PSF-2.0", "Python-2.0", "Zlib"),
}
# Names from before there were identifiers, as packages still write them.
OTHER_NAMES = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
}


def licences(venv: Path, excused: dict[str, Any]) -> Found:
    """Every package is under a licence of the list, or excused by name."""
    found = Found()
    packages = [it for it in in_it(venv) if plain(it.name) != OWN]
    for it in packages:
        states = stated(it)
        excuse = excused.get(plain(it.name))
        if excuse is not None and excuse.get("states") == states:
            continue
        if excuse is not None:
            found.wrong.append(
                f"{it.name} {it.version} states {states!r}; the excuse in requirements/excused.toml is for "
                f"{excuse.get('states')!r}. Read its licence again and say there what holds."
            )
        elif not (states and all(may_be_used(licence) for licence in states.split("; "))):
            found.wrong.append(f"{it.name} {it.version} {refusal(states)}")
    by_name = sum(plain(it.name) in excused for it in packages)
    found.looked_at = f"{len(packages)} packages, {by_name} of them excused by name"
    return found


def stated(it: Distribution) -> str:
    """What a package says of its licence: the expression; else its classifiers and a line that is an identifier."""
    if expression := it.metadata.get("License-Expression"):
        return str(expression).strip()
    lines = it.metadata.get_all("Classifier") or []
    kinds = [line.split(" :: ")[-1] for line in lines if line.startswith("License :: ") and line[11:] != "OSI Approved"]
    words = (it.metadata.get("License") or "").strip()
    if "\n" not in words and words and (not kinds or "GPL" in words.upper()):
        kinds.append(words)
    return "; ".join(OTHER_NAMES.get(kind, kind) for kind in kinds)


def may_be_used(expression: str) -> bool:
    """Whether a licence expression leaves a way on the list.

    >>> may_be_used("MIT AND (GPL-3.0-only OR Apache-2.0)"), may_be_used("MIT AND GPL-3.0-only")
    (True, False)
    """
    if expression in MAY_BE_USED:
        return True
    words = re.findall(r"[()]|[^\s()]+", re.sub(r"\s+WITH\s+\S+", "", expression))

    broken: list[str] = []

    def either() -> bool:
        fits = [both()]
        while words and words[0] == "OR":
            words.pop(0)
            fits.append(both())
        return any(fits)

    def both() -> bool:
        fits = [one()]
        while words and words[0] == "AND":
            words.pop(0)
            fits.append(one())
        return all(fits)

    def one() -> bool:
        word = words.pop(0) if words else ""
        if word != "(":
            broken.extend([word] * (word in {"", "AND", "OR", ")"}))
            return word in MAY_BE_USED
        fits = either()
        broken.extend([word] * (words[:1] != [")"]))
        return bool(words) and words.pop(0) == ")" and fits

    return either() and not words and not broken


def refusal(states: str) -> str:
    if not states:
        return (
            "states no licence. Read it in its files; if it may be used, excuse it by name in "
            "requirements/excused.toml and say where it was read."
        )
    if re.search(r"GPL|General Public", states):
        return f"is under {states}, under which nothing is used here. Use something else."
    return (
        f"is under {states!r}, which isn't on the list. Read the licence; if it may be used, put it on the list in "
        "tools/audit/licences.py, or excuse it by name in requirements/excused.toml."
    )
