"""What docs/threats.md names is there: every test."""

import re
from pathlib import Path

from tests.test_promises import MISSING, written_in

ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (Path(__file__).parents[1] / "docs" / "threats.md").read_text().split("## OWASP")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| boundary")
]


def test_each_threat_names_a_test_that_exists_or_says_that_it_is_missing():
    assert len(ROWS) >= 25
    for row in ROWS:
        named = re.findall(r"`([^`]+)::([^`]+)`", row[4])
        assert named or row[4] == MISSING, row
        assert [f"{path}::{name}" for path, name in named if name not in written_in(path)] == [], row
