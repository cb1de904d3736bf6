"""`make day`: one day of the demo office through the real product, told twice alike, and nothing broken."""

import subprocess
import sys
from pathlib import Path

import pytest

from dure.sheets.read import read

RUN = [sys.executable, "-c", "from dure.cli import main; main()", "day"]
SECONDS = 900  # on a busy machine


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, list[str], Path]]:
    """The day lived twice, side by side."""
    folder = tmp_path_factory.mktemp("day")
    reports = [folder / "one.xlsx", folder / "two.xlsx"]
    running = [
        subprocess.Popen([*RUN, "--report", str(r)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for r in reports
    ]
    out = [process.communicate(timeout=SECONDS)[0].splitlines() for process in running]
    return [(p.returncode, lines, r) for p, lines, r in zip(running, out, reports, strict=True)]


@pytest.mark.slow
def test_the_day_ends_with_nothing_unexplained_and_nothing_broken(told):
    code, lines, report = told[0]

    assert code == 0, "\n".join(lines[-40:])
    assert sum("차이 0" in line for line in lines) == 5
    assert not [line for line in lines if line.startswith("✗")]
    assert len([line for line in lines if line.startswith("✓")]) == 13  # twelve rules, and the auditor found nothing
    assert any("119" in line for line in lines)
    assert read(report.read_bytes())


@pytest.mark.slow
def test_the_same_day_is_told_alike(told):
    (_, first, one), (_, second, two) = told

    assert [line.replace(str(one), "") for line in first] == [line.replace(str(two), "") for line in second]
