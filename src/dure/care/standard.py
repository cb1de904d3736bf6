"""The contact orders with which an office begins; each office changes them on its own pages."""

from typing import Any

MINUTE = 60


def _step(who: str, of: str, minutes: int) -> dict[str, Any]:
    return {"who": who, "of": of, "wait": minutes * MINUTE, "channels": []}


DESK, CENTRE, ONCALL = _step("desk", "organisation", 5), _step("centre", "area", 5), _step("oncall", "office", 5)
LADDERS = {
    "visit": [DESK, CENTRE, ONCALL],
    "case": [DESK, CENTRE, ONCALL],
    "oncall": [ONCALL],
    "centre": [CENTRE, ONCALL],
    "office": [_step("officer", "office", 60), _step("oncall", "office", 60)],
}
