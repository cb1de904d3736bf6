"""What the board costs with 5,000 recipients and 200 open cases.

Goals: at most 30 queries, the same number with 20 cases as with 200; and at most GOAL times the CPU-seconds of a
bare Django page behind the same middleware. CPU-seconds are those of the web process and of its own database
process together, the two pages asked in turn, the best of several rounds.

    .venv/bin/python bench/board.py [--short]
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402

GOAL = 60.0
QUERIES = 30
BARE, BOARD = "/bare/", "/board/"


def people(recipients: int) -> tuple[Any, Any]:
    """An office with so many recipients, each with a visit today; its officer, and the recipients."""
    from tests import make

    from dure.care.models import MealPlan, Recipient
    from dure.care.opening import open_day
    from dure.care.standard import LADDERS
    from dure.people.models import Role
    from dure.places.models import Place

    office = make.office()
    areas = [make.area(office, f"시험{number}동", lon=126.7 + number / 100, lat=35.1) for number in range(21)]
    providers = [make.organisation(office) for _ in range(5)]
    officer, desk = make.person(office), make.person(office, as_=Role.PROVIDER, at=providers[0])
    for name in LADDERS:
        make.ladder(office, desk, officer, name=name)
    places = Place.objects.bulk_create(
        Place(office=office, area=areas[n % 21], address=f"없는길 {n}") for n in range(recipients)
    )
    made = Recipient.objects.bulk_create(
        Recipient(
            office=office, name=f"시험{n % 97:02}", provider=providers[n % 5], place=place, started_on=make.DAY,
            tier=["red", "amber", "green"][n % 3],
        )
        for n, place in enumerate(places)
    )  # fmt: skip
    MealPlan.objects.bulk_create(
        MealPlan(office=office, recipient=each, weekday=make.DAY.weekday(), by_time="12:00", since=make.DAY)
        for each in made
    )
    open_day(office.pk, make.DAY, now=make.NOON - timedelta(hours=6))
    return officer, made


def alarm(recipients: list[Any], by: Any) -> None:
    """None of these can be reached."""
    from tests import make

    from dure.care.alarms import cannot_reach
    from dure.cases.models import Source
    from dure.offices.acting import act

    make.role("app")  # from here on as the web process: row-level security counts
    act(by.office_id)
    for each in recipients:
        cannot_reach(each, Source.DESK, by=by, now=make.NOON)


def stand_still() -> None:
    """The office's clock stands at noon of the day that was made."""
    from django.db import connection
    from tests import make

    from dure import clock, postgres

    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO dure_clock (one, at) VALUES (true, %s)", [make.NOON])
    make.role("app")
    os.environ[clock.MOVED] = postgres.url(Path(os.environ["DURE_DATA"]) / "postgres", "dure_owner")


def add_bare() -> None:
    """A page that says one word, behind the same middleware and for the same person who is signed in."""
    from django.http import HttpResponse
    from django.urls import path

    import dure.urls

    dure.urls.urlpatterns.append(path(BARE.lstrip("/"), lambda request: HttpResponse("bare")))


def cost(client: Any, path: str, times: int, backend: int) -> float:
    """CPU-seconds of one answer."""
    before = ground.cpu(backend)
    for _ in range(times):
        assert client.get(path).status_code == 200
    return (ground.cpu(backend) - before) / times


def queries(client: Any, path: str) -> int:
    """How many queries one answer takes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)  # now and then a page also writes down that the session is in use
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def measure(short: bool) -> bool:
    """Print the figures; whether the goals are met."""
    officer, recipients = people(1_000 if short else 5_000)
    stand_still()
    add_bare()
    from tests import make

    client = make.signed_in(officer)
    alarm(recipients[:20], officer)
    few = queries(client, BOARD)
    alarm(recipients[20:200], officer)
    many = queries(client, BOARD)
    backend = ground.backend()
    rounds = [(cost(client, BOARD, 10, backend), cost(client, BARE, 300, backend)) for _ in range(3 if short else 7)]
    board, bare = min(b for b, _ in rounds), min(b for _, b in rounds)
    print(f"recipients {len(recipients)}, open cases 200")
    print(f"queries: {few} with 20 cases, {many} with 200 (goal: the same, at most {QUERIES})")
    print(
        f"board {board * 1000:.1f} ms CPU, bare page {bare * 1000:.2f} ms CPU, ratio {board / bare:.1f} (goal ≤ {GOAL})"
    )
    return few == many <= QUERIES and board / bare <= GOAL


def main(short: bool) -> bool:
    """Measure in a database of our own."""
    with ground.own(DURE_HOSTS="testserver"):
        return measure(short)


if __name__ == "__main__":
    ground.verdict(__doc__, main)
