"""What docs/promises.md names is there: every test, and every address."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from dure import urls
from tests.matrix import pages

ROOT = Path(__file__).parent
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT.parent / "docs" / "promises.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| promise")
]
MISSING = "missing"
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])


@cache
def written_in(path: str) -> set[str]:
    file = ROOT / path
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@rows
def test_the_tests_of_a_promise_exist(row: list[str]):
    _, _, held_by = row
    named = re.findall(r"`([^`]+)::([^`]+)`", held_by)
    assert named or held_by == MISSING, "Name a test, or say that the promise is missing."
    gone = [f"{path}::{name}" for path, name in named if name not in written_in(path)]
    assert gone == [], "Renamed or removed: name the test that holds this promise now, or say that it is missing."


@rows
def test_the_screen_of_a_promise_exists(row: list[str]):
    _, screen, _ = row
    there = {"/" + re.sub(r"<[^>]+>", "…", page.route) for page in pages(urls.urlpatterns)}
    assert screen == "–" or screen.strip("`") in there
