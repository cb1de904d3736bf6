"""Figures of the whole installation for those who watch it from outside: counts and ages, nobody's data."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.db import connection

from dure.health.models import Beat

HELP = {
    "duties_open": "What is owed and not closed, exercises too.",
    "duties_raised": "Of these: overdue or reported, somebody is being told.",
    "duty_unmoved_seconds": "For how long the watch should have looked at the oldest and hasn't.",
    "messages_waiting": "Messages that should have gone out by now; urgent ones from when they are owed.",
    "message_waiting_seconds": "For how long the oldest of them has been waiting.",
    "faults_open": "What a person must mend.",
    "reports_received_total": "Reports from the field that were ever taken.",
    "beat_age_seconds": "How long ago a process last gave a sign of life.",
}
LABEL = {"messages_waiting": "lane", "message_waiting_seconds": "lane", "beat_age_seconds": "process"}
Figure = tuple[str, str, float]  # name, label, value


def figures(now: datetime, real: datetime) -> list[Figure]:
    """All figures; `now` is the office's time, `real` the machine's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, label, value FROM dure_figures(%s)", [now])
        counted: list[Figure] = cursor.fetchall()
    beats = [("beat_age_seconds", b.name, (real - b.at).total_seconds()) for b in Beat.objects.order_by("name")]
    return counted + beats


def urgent_waits(now: datetime) -> float:
    """For how many seconds the oldest urgent message has been owed; 0 if none is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dure_urgent_waits(%s)", [now])
        seconds: float = cursor.fetchone()[0]
    return seconds


def as_text(found: list[Figure]) -> str:
    """The figures in the text format of Prometheus (0.0.4)."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: list[Figure]) -> Iterator[str]:
    for name, rows in groupby(found, key=lambda figure: figure[0]):
        yield f"# HELP dure_{name} {HELP[name]}"
        yield f"# TYPE dure_{name} {'counter' if name.endswith('_total') else 'gauge'}"
        for _name, label, value in rows:
            labels = f'{{{LABEL[name]}="{label}"}}' if label else ""
            yield f"dure_{name}{labels} {value:.15g}"
