"""The first page of each role, on a phone and at a desk: it opens, complains of nothing, and fits the screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from dure import clock, postgres
from dure.care.alarms import cannot_reach
from dure.cases.models import Source
from dure.field.actions import enrol
from dure.health.actions import beat
from dure.people.models import Organisation, Person, Role
from tests import make
from tests.field.server import serving
from tests.field.world import World, day
from tests.stories import screens

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"phone": screens.PHONE, "desk": screens.DESK}
IN_THE_OFFICE = [Role.PROVIDER, Role.CENTRE, Role.OFFICER, Role.ADMIN]
PHONES_FOR = {Role.PROVIDER, Role.OFFICER, Role.ADMIN}


@dataclass
class Served:
    """The running product with somebody of each role, and a browser before it."""

    address: str
    world: World
    people: dict[str, Person]
    codes: list[str]
    browser: Browser
    shots: Path


def _build() -> tuple[World, dict[str, Person], list[str]]:
    world = day(4)
    cannot_reach(world.visits[0].recipient, Source.WORKER, by=world.worker, now=make.NOON - 5 * make.MINUTE)
    centre = Organisation.objects.get(office=world.office, kind="centre")
    people = {
        Role.PROVIDER: world.desk,
        Role.CENTRE: make.person(world.office, "정동장", Role.CENTRE, centre),
        Role.OFFICER: world.officer,
        Role.ADMIN: make.person(world.office, "오관리", Role.ADMIN),
    }
    for person in people.values():
        screens.with_password(person)
    codes = [enrol(world.worker, by=world.desk, now=make.NOON) for _ in SIZES]
    make.role("engine")
    for process in ("watch", "sender", "jobs"):  # as if they ran beside
        beat(process, real=clock.real(), clock_at=make.NOON, every=600)
    return world, people, codes


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    with (
        serving(cluster, django_db_blocker, make.NOON, _build) as (address, (world, people, codes), _),
        screens.chromium() as browser,
    ):
        yield Served(address, world, people, codes, browser, screens.pictures("roles"))


@pytest.mark.parametrize("size", SIZES)
def test_a_worker_sees_the_stops_of_today(served: Served, size: str):
    shown = screens.phone(served.browser, served.address, served.codes.pop(), now=make.NOON, size=SIZES[size])

    expect(shown.page.locator(".stop")).to_have_count(4)
    shown.picture(served.shots, f"worker-{size}")
    shown.is_sound()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", IN_THE_OFFICE)
def test_everybody_of_the_office_sees_the_board_with_what_is_to_be_done(served: Served, role: Role, size: str):
    shown = screens.desk(served.browser, served.address, served.people[role], size=SIZES[size])

    expect(shown.page.locator(".exception", has_text="최*례")).to_be_visible()
    expect(shown.page.locator(".banner:visible")).to_have_count(0)
    shown.picture(served.shots, f"{role}-{size}")
    shown.is_sound()
    shown.page.get_by_role("navigation").get_by_role("link", name="전체 메뉴", exact=True).click()
    phones = shown.page.locator("main").get_by_role("link", name="단말", exact=True)
    expect(phones).to_have_count(int(role in PHONES_FOR))
    shown.picture(served.shots, f"{role}-{size}-all")
    shown.is_sound()
    if role in PHONES_FOR:
        phones.click()
        expect(shown.page.get_by_role("heading", level=1)).to_have_text("종사자 단말")
        shown.picture(served.shots, f"{role}-{size}-phones")
        shown.is_sound()
