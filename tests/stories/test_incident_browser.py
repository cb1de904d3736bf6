"""The incident in two browsers: the worker's phone at the closed door, the officer's desk in the office."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dure import postgres
from dure.care import on_the_road
from dure.care.models import Course, OtherService
from dure.field.actions import enrol
from tests import apart, make
from tests.field.server import serving
from tests.field.world import World, day
from tests.stories import screens

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _build() -> tuple[World, str]:
    world = day(3)
    who = world.visits[0].recipient
    who.health, who.allergies, who.hospital = "뇌병변 장애, 거동 불편", "땅콩", "첨단병원"
    who.planned_response = "딸에게 먼저 전화"
    who.save()
    OtherService.objects.create(
        office=world.office, recipient=who, service="방문목욕", agency="시험재가센터",
        stopped_on=make.DAY - timedelta(days=20),
    )  # fmt: skip
    Course.objects.update(started_at=make.NOON)
    on_the_road.changed(Course.objects.values_list("pk", flat=True), by=world.worker, now=make.NOON)
    screens.with_password(world.officer)
    return world, enrol(world.worker, by=world.desk, now=make.NOON)


@dataclass
class Incident:
    """Both sides of the story, and the clock that they share."""

    world: World
    worker: screens.Screen
    officer: screens.Screen
    url: apart.Url
    shots: Path

    def at(self, minute: int) -> None:
        """Time goes on, for the office and on the phone."""
        now = make.NOON + minute * make.MINUTE
        screens.move(self.url, now)
        self.worker.page.clock.set_fixed_time(now)

    def look(self, name: str) -> None:
        self.worker.picture(self.shots, f"{name}-worker")
        self.officer.picture(self.shots, f"{name}-officer")
        for side in (self.worker, self.officer):
            side.is_sound()
            side.can_be_read_by_all()


@pytest.fixture
def incident(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Incident]:
    with (
        serving(cluster, django_db_blocker, make.NOON, _build, "watch", "send") as (address, (world, code), url),
        screens.chromium() as browser,
    ):
        worker = screens.phone(browser, address, code, now=make.NOON)
        officer = screens.desk(browser, address, world.officer)
        yield Incident(world, worker, officer, url, screens.pictures("incident"))


def cannot_be_reached(of: Incident) -> None:
    """Nobody answers at the door; the officer's board says so by itself."""
    door, board = of.worker.page, of.officer.page
    expect(board.get_by_text("기다리는 일이 없습니다")).to_be_visible()
    door.locator(".stop.next a").tap()
    door.get_by_role("button", name="연락 안 됨").tap()

    row = board.locator(".exception", has_text="최*례")
    expect(row).to_be_visible()
    expect(row).to_contain_text("아직 맡은 사람이 없습니다")
    expect(door.locator("[data-state]")).to_contain_text("수행기관에 알렸습니다")
    of.look("1-cannot-be-reached")


def is_taken_on(of: Incident) -> None:
    """The officer has it; the worker at the door reads who."""
    of.at(1)
    row = of.officer.page.locator(".exception", has_text="최*례")
    row.get_by_text("제가 맡겠습니다").click()
    row.get_by_label("다음 조치").select_option(label="직접 현장으로 갑니다")
    row.get_by_role("button", name="맡기", exact=True).click()

    expect(of.officer.page.get_by_role("heading", level=1)).to_contain_text("최순례")
    expect(of.worker.page.locator("[data-state]")).to_contain_text("한담당 님이 맡았습니다")


def is_found_in_danger(of: Incident) -> None:
    """The worker checks the door, hears somebody inside, holds the button: 119 is dialled, the officer sees it."""
    door, case = of.worker.page, of.officer.page
    line = case.locator("#case-line")
    of.at(4)
    door.get_by_label("크게 세 번 두드리기").tap()
    door.get_by_label("이름 부르기").tap()
    door.get_by_label("무엇을 보거나 들었습니까").fill("안에서 신음 소리")
    door.get_by_role("button", name="문 앞에서 확인한 것 보내기").tap()
    expect(line).to_contain_text("안에서 신음 소리")

    of.at(6)
    door.locator("#danger").click(delay=2500)
    expect(door.get_by_role("link", name="119에 전화")).to_be_visible()
    assert door.evaluate("dialled") == ["tel:119"]
    expect(line).to_contain_text("위험한 상태로 발견")
    door.get_by_role("button", name="119에 신고함").tap()
    expect(line).to_contain_text("119 신고함")
    expect(step(case, "119 도착").get_by_role("button", name="지금 완료")).to_be_visible()
    expect(door.locator("[data-state]")).to_contain_text("119가 올 때까지")
    expect(door.locator("#sent")).to_have_text("모두 보냄")
    of.look("2-in-danger")


def step(page: Page, label: str) -> Locator:
    """One step of the procedure on the case's page."""
    return page.locator(".step", has=page.locator(".label", has_text=label))


def is_handed_over(of: Incident) -> None:
    """119 has come, the hospital has her, the family takes over: each entered where the procedure says it."""
    case = of.officer.page
    of.at(15)
    step(case, "119 도착").get_by_role("button", name="지금 완료").click()
    enters(case, "구급대 인계", **{"인계받은 사람": "시험119안전센터"})
    of.at(35)
    enters(case, "병원 도착", **{"어느 병원": "첨단병원 응급실"})
    of.at(50)
    enters(case, "가족 인계", **{"인계받은 사람": "최딸(딸)", "신원 확인 방법": "신분증"})


def enters(page: Page, label: str, **said: str) -> None:
    """Open the form of a step, fill it in, send it; the step is done afterwards."""
    row = step(page, label)
    row.locator("summary").click()
    for name, value in said.items():
        row.get_by_label(name).fill(value)
    row.get_by_role("button", name="입력", exact=True).click()
    expect(page.locator(".step.done", has_text=label)).to_be_visible()


def is_closed(of: Incident) -> None:
    """The stopped service is referred, the case closed with its finding; the worker may go on."""
    case = of.officer.page
    case.get_by_role("button", name="서비스 재개 의뢰").click()
    expect(case.get_by_role("heading", name="방문목욕 · 시험재가센터")).to_be_visible()
    of.at(55)
    case.locator("#do-close summary").click()
    case.get_by_label("확인 결과").select_option(label="병원 이송")
    case.get_by_role("button", name="긴급 상황 마치기").click()

    expect(case.locator("#case-head")).to_contain_text("병원 이송")
    expect(of.worker.page.locator("[data-state]")).to_contain_text("상황이 끝났습니다")
    of.look("3-closed")
    case.goto("/board/")
    expect(case.get_by_text("기다리는 일이 없습니다")).to_be_visible()
    of.officer.picture(of.shots, "4-board")


def test_the_incident_from_the_closed_door_to_the_family(incident: Incident):
    cannot_be_reached(incident)
    is_taken_on(incident)
    is_found_in_danger(incident)
    is_handed_over(incident)
    is_closed(incident)
