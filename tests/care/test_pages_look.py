"""Care's pages in a real browser, at a desk and on a phone: nothing sticks out, axe finds nothing, keys suffice."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from dure import postgres
from dure.care import exercises, rosters, standing_in
from dure.care.alarms import absent, cannot_reach
from dure.care.models import Absence, Closure, OtherService, Outcome, Recipient
from dure.care.numbers import owe_tests
from dure.care.reviews import owe_reviews
from dure.care.rosters import leave_note
from dure.care.settling import Seen, settle
from dure.cases.actions import record
from dure.cases.models import Case, Source, Step
from dure.people import addresses
from dure.people.models import Address, Person, Role, Roster, Rota
from tests import make
from tests.field.server import serving
from tests.field.world import World, day

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("DURE_SHOTS")  # a folder for pictures to look at
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
PASSWORD = "시험용-비밀번호"


def _weeks(roster: Roster, desk: Person) -> Rota:
    """Nights in turn, a swap that waits for its answer, and a note to the next shift."""
    two = make.person(roster.office, "박둘째", Role.PROVIDER, roster.organisation)
    rota = make.rota(roster, [desk], [two], weekdays=[0, 1, 2, 3, 4], holidays="not")
    rosters.write(roster, make.NOON)
    leave_note(roster, "2026-0007 건은 딸이 밤에 다시 전화하기로 했습니다.", by=two, now=make.NOON)
    three = make.person(roster.office, "최셋째", Role.PROVIDER, roster.organisation)
    standing_in.ask(rota.shifts.filter(person=two)[0], three, why="가족 행사", by=two, now=make.NOON)
    return rota


def _pages_of(rota: Rota) -> dict[str, str]:
    roster, shift = f"/care/rosters/{rota.roster.ref}", rota.shifts.all()[0].pk
    return {
        "rota_new": f"{roster}/weekly/", "rota": f"/care/weekly/{rota.ref}/", "shifts": "/care/shifts/",
        "stand_in": f"{roster}/stand-in/?shift={shift}", "ask": f"/care/shifts/{shift}/ask/",
        "out_today": "/care/out-today/",
    }  # fmt: skip


def _happened(world: World, now: datetime) -> None:
    """What was seen today, and who is away."""
    seen = world.visits
    settle(seen[0], Seen(Outcome.SEEN_WELL, now, handed="in_person"), by=world.worker, report=None, now=now)
    concern = Seen(
        Outcome.SEEN_WITH_CONCERN, now, signs=("walking", "mind"), worried=True, note="계단에서 넘어졌다고 함"
    )
    settle(seen[0], concern, by=world.desk, report=None, now=now + timedelta(minutes=5))
    settle(seen[1], Seen(Outcome.NO_REPLY, now), by=world.worker, report=None, now=now)
    away = Absence(office=world.office, recipient=seen[2].recipient, why="hospital", since=make.DAY, told_by="딸",
                   entered_by=world.desk)  # fmt: skip
    absent(away, now=now)
    cannot_reach(seen[3].recipient, Source.FAMILY, by=world.desk, now=now, who="큰딸")
    OtherService.objects.create(office=world.office, recipient=seen[1].recipient, service="방문요양",
                                agency="시험재가센터", stopped_on=make.DAY)  # fmt: skip
    Closure.objects.create(office=world.office, day=make.DAY + timedelta(days=4), why="조리실 소독", double_before=True)


def _practised(world: World, admin: Person) -> dict[str, str]:
    """An exercise that is under way, in which the administrator takes part."""
    exercise = exercises.start(
        "문 앞 확인과 119 신고 판단", [world.desk, admin], recipient=world.visits[4].recipient,
        ends_at=make.NOON + timedelta(hours=1), by=admin, now=make.NOON,
    )  # fmt: skip
    case = Case.objects.get(ref=exercise.about)
    record(case, Step.GOING, by=world.desk, now=make.NOON + timedelta(minutes=4))
    return {
        "exercises": "/care/exercises/", "exercise_new": "/care/exercises/new/",
        "exercise": f"/care/exercises/{exercise.ref}/", "exercise_case": case.page,
    }  # fmt: skip


def _build() -> tuple[str, dict[str, str]]:
    world = day(6)
    make.invented(world.office)
    seen, now = world.visits, make.NOON
    admin = make.person(world.office, "최관리", Role.ADMIN)
    admin.set_password(PASSWORD)
    admin.save()
    for name in ("정대신", "강보탬"):
        make.person(world.office, name, Role.WORKER, world.provider)
    roster = make.roster(world.office, world.desk, answers_for="desk", at=world.provider)
    make.roster(world.office, answers_for="oncall")
    rota = _weeks(roster, world.desk)
    _happened(world, now)
    wrong = Address.objects.get(person=world.desk)
    addresses.called(wrong, addresses.Answer.WRONG, by=world.desk, now=now - timedelta(days=3))
    late = addresses.add(world.desk, "call", "062-000-0009", by=world.desk, now=now)
    addresses.called(late, addresses.Answer.NO_ANSWER, by=world.desk, now=now)
    addresses.add(world.worker, "email", "worker@example.org", by=world.desk, now=now)
    owe_tests(world.office.pk, now)
    Recipient.objects.filter(pk=seen[1].recipient.pk).update(reviewed_on=make.DAY - timedelta(days=180))
    owe_reviews(world.office.pk, now)
    one, two = seen[1].recipient.ref, seen[2].recipient.ref
    return admin.username, {
        "recipients": "/care/recipients/", "recipient": f"/care/recipients/{one}/",
        "away": f"/care/recipients/{two}/", "new": "/care/recipients/new/", "edit": f"/care/recipients/{one}/edit/",
        "absence": f"/care/recipients/{one}/away/", "unreachable": f"/care/recipients/{two}/unreachable/",
        "absences": "/care/absences/", "visits": "/care/visits/", "visit": f"/care/visits/{seen[0].ref}/",
        "outcome": f"/care/visits/{seen[1].ref}/outcome/", "courses": "/care/courses/",
        "course": f"/care/courses/{seen[0].course.ref}/", "calendar": "/care/calendar/",
        "assign": f"/care/courses/{seen[0].course.ref}/assign/",
        "rosters": "/care/rosters/", "roster": f"/care/rosters/{roster.ref}/", "roster_new": "/care/rosters/new/",
        **_pages_of(rota), **_practised(world, admin),
        "numbers": "/care/numbers/", "numbers_of": f"/care/numbers/{world.provider.ref}/",
        "orders": "/care/orders/", "order": "/care/orders/case/",
        "evening": "/care/evening/", "evening_rows": "/care/evening/rows/?of=open", "morning": "/care/morning/",
        "network": "/care/network/", "report": "/care/report/?of=2026-11-23",
    }  # fmt: skip


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    with (
        serving(cluster, django_db_blocker, make.NOON, _build) as (address, (admin, pages), _url),
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        context = chromium.new_context(locale="ko-KR", base_url=address)
        page = context.new_page()
        page.goto("/login/")
        page.locator("[name=username]").fill(admin)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url("**/board/")
        yield page, pages
        chromium.close()


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_can_be_read_by_machine(served: tuple[Page, dict[str, str]], size: str) -> None:
    page, pages = served
    wide, high = SIZES[size]
    page.set_viewport_size({"width": wide, "height": high})
    problems = {}
    for n, (name, address) in enumerate(pages.items()):
        assert page.goto(address).status == 200, name
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{size}.png", full_page=True)
        broken = []
        if SOAK or n % 2 == (size == "desk"):  # else half of them in each size
            broken = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            broken.append("wider than the screen")
        if broken:
            problems[name] = broken
    assert problems == {}


def test_a_no_answer_is_reported_by_keyboard_alone(served: tuple[Page, dict[str, str]]) -> None:
    page, pages = served
    page.goto(pages["unreachable"])
    page.get_by_label("보호자·가족").or_(page.locator("[name=source][value=family]")).first.focus()
    page.keyboard.press("Space")
    page.locator("[name=who]").focus()
    page.keyboard.type("큰딸")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("윤")
    assert "/cases/" in page.url
