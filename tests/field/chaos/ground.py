"""What a run stands on: a world with its days, one server, one phone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

from dure.care.models import Visit
from dure.care.opening import open_day
from dure.field.actions import enrol
from tests import apart, make
from tests.field.chaos.judging import Judged, all_acted_on, judge, kept
from tests.field.chaos.life import Life
from tests.field.chaos.phone import Phone
from tests.field.chaos.schedule import STOPS, schedule
from tests.field.server import Web, beside
from tests.field.world import MORNING, World, day

A_DAY = 20  # schedules
SABOTAGED = "tests.field.chaos.sabotaged:application"


@dataclass
class Ground:
    """An office with one worker, the stops of each day, and a code for the phone."""

    world: World
    days: list[list[Visit]]
    code: str


def build(days: int = 1, stops: int = STOPS) -> Ground:
    """So many days, each with the same stops."""
    world = day(stops)
    code = enrol(world.worker, by=world.desk, now=MORNING)
    dates = [make.DAY + timedelta(days=n) for n in range(days)]
    for date in dates[1:]:
        open_day(world.office.pk, date, now=MORNING)
    every = Visit.objects.select_related("recipient", "course").filter(office=world.office)
    return Ground(world, [list(every.filter(day=date).order_by("order")) for date in dates], code)


@contextmanager
def phoned(
    environment: dict[str, str], ground: Ground, url: apart.Url, folder: Path, sabotage: str = ""
) -> Iterator[Life]:
    """A phone that is known, its server, and the watch."""
    application = SABOTAGED if sabotage else "dure.wsgi"
    web = Web(environment | {"DURE_SABOTAGE": sabotage}, application)
    with beside(environment, url, "watch"), sync_playwright() as play:
        phone = Phone(play, folder, web.address)
        life = Life(phone, web, url, ground.world, ground.days[0], MORNING)
        try:
            life.begin(ground.code)
            yield life
        finally:
            if phone.context:
                phone.context.close()
            web.stop()


def liver(life: Life, ground: Ground) -> Callable[[int], Judged]:
    """`live(seed)` has them live a schedule, and says what was found wrong."""
    lived = 0

    def live(seed: int) -> Judged:
        nonlocal lived
        after = max((row["id"] for row in kept(life.url, 0)), default=0)
        _morning(life, ground, lived)
        lived += 1
        life.entered.clear()
        life.live(schedule(seed), seed)
        kept_up, left, said = life.well()
        all_acted_on(life.url)
        found = judge(life.entered, kept(life.url, after))
        found.wrong += [f"HELD UP by one that isn't taken: {key}" for key in kept_up]
        found.wrong += [f"NOT SENT: {key}" for key in left]
        found.wrong += [] if said or left else ["the phone doesn't say that all is sent"]
        return found

    return live


def _morning(life: Life, ground: Ground, lived: int) -> None:
    """The phone's clock is right and has been heard; after so many schedules a new day begins."""
    life.skew = timedelta(0)
    if lived and lived % A_DAY == 0:
        life.visits = ground.days[lived // A_DAY]
        life.now = MORNING + timedelta(days=lived // A_DAY)
    life.set_time()
    life.close_tab()
    life.phone.sent.clear()
    with life.phone.page.expect_response("**/api/field/v1/*"):
        life.phone.page.reload()
