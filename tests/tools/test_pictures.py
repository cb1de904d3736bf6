"""The tour of the product: its pictures are there, small, of pages that exist, of words that still stand there."""

import json
import re
from functools import cache
from pathlib import Path

import polib
import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "pictures"
MADE = json.loads((FOLDER / "made.json").read_text())
MOST = 1_500_000  # bytes, all of them


def _names(of: URLResolver, before: str = "") -> set[str]:
    found = set()
    for each in of.url_patterns:
        if isinstance(each, URLPattern):
            found.add(f"{before}{each.name}")
        else:
            found |= _names(each, f"{before}{each.namespace}:" if each.namespace else before)
    return found


@cache
def _sentences() -> list[str]:
    return [entry.msgstr for file in (ROOT / "src").rglob("*.po") for entry in polib.pofile(str(file))]


def test_the_tour_shows_every_picture_and_no_other():
    shown = set(re.findall(r"\(pictures/([^)]+)\)", (ROOT / "docs" / "tour.md").read_text()))
    lie_there = {each.name for each in FOLDER.glob("*.png")}
    assert shown == lie_there == set(MADE)


def test_all_of_them_together_are_small():
    assert sum(each.stat().st_size for each in FOLDER.glob("*.png")) < MOST


@pytest.mark.parametrize("picture", sorted(MADE))
def test_what_a_picture_shows_is_still_there(picture: str):
    """Otherwise: `make pictures`, and look at them."""
    assert MADE[picture]["page"] in _names(get_resolver())
    gone = [word for word in MADE[picture]["words"] if not any(word in each for each in _sentences())]
    assert gone == []
