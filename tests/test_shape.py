"""What keeps the house readable: short modules, short functions, names that say what they hold."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dure"
PYTHON = sorted(
    path
    for folder in (SOURCE, ROOT / "tests", ROOT / "bench", ROOT / "tools")
    for path in folder.rglob("*.py")
    if "migrations" not in path.parts
)
SAYS_NOTHING = {"core", "common", "utils", "util", "services", "service", "helpers", "misc", "signals"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_a_module_has_at_most_400_lines(path: Path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_a_function_has_at_most_40_lines(path: Path):
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    too_long = [
        f"{node.name} (line {node.lineno}): {lines}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, functions) and (lines := node.end_lineno - node.lineno + 1) > 40
    ]
    assert too_long == []


def test_every_box_and_module_is_named_for_what_it_holds():
    found = [named(path) for path in SOURCE.rglob("*") if path.stem in SAYS_NOTHING]
    assert found == []
