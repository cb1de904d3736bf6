"""The worker's phone in a real browser: a normal stop, a closed door, a network that goes away."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

from dure import postgres
from dure.field.actions import enrol
from tests import apart, make
from tests.field.browsing import begin
from tests.field.server import serving
from tests.field.world import World, day

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("DURE_SHOTS")  # a folder for pictures to look at
DIALLER = """window.dialled = [];
addEventListener("click", (event) => {  // there is no telephone in a headless browser: it would wait for one
  const call = event.target.closest?.('a[href^="tel:"]');
  if (call && !event.defaultPrevented) { event.preventDefault(); dialled.push(call.href); }
});"""
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def _build() -> tuple[World, list[str]]:
    world = day(6)
    codes = [enrol(world.worker, by=world.desk, now=make.NOON) for _ in range(6)]  # at one moment: none voids another
    return world, codes


@dataclass
class Served:
    """The running product, and what is in it."""

    address: str
    world: World
    codes: list[str]
    url: apart.Url

    def until(self, expected: list[tuple[Any, ...]], query: str, *values: Any) -> None:
        """What the phone did arrives within ten seconds, and so it stands."""
        for _ in range(100):
            if (found := self.rows(query, *values)) == expected:
                return
            time.sleep(0.1)
        assert found == expected

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url("postgres")) as database:
            return database.execute(query, values).fetchall()

    def change(self, query: str, *values: Any) -> None:
        with psycopg.connect(self.url("postgres")) as database:
            database.execute(query, values)


@pytest.fixture(scope="module")
def served(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[Served]:
    with serving(cluster, django_db_blocker, make.NOON, _build, "watch") as (address, (world, codes), url):
        yield Served(address, world, codes, url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, locale="ko-KR", base_url=served.address
    )
    shown = context.new_page()
    problems: list[str] = []
    shown.on("pageerror", lambda problem: problems.append(str(problem)))
    shown.on("console", lambda line: problems.append(line.text) if _matters(line.text) else None)
    shown.add_init_script(DIALLER)
    begin(shown, served.codes.pop())
    yield shown
    context.close()
    assert problems == []


def _matters(said: str) -> bool:
    """Our own page breaks no rule of its policy; the inline styles are of axe and of the pictures."""
    return "Content Security Policy" in said and "inline style" not in said


SIGHTINGS = """SELECT s.outcome, s.handed, s.leftover, s.danger FROM care_sighting s
    JOIN care_visit v ON v.id = visit_id WHERE v.ref = %s ORDER BY s.id"""


def look(page: Page, name: str) -> None:
    """Nothing stands in the way of who reads with a screen reader, and a picture to look at."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert found == [], [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_wrong_code_gets_a_sentence(browser, served):
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="ko-KR", base_url=served.address
    ).new_page()
    page.goto("/field/")
    look(page, "enrol")
    page.get_by_label("등록번호").fill("0000 0000")
    page.get_by_role("button", name="시작").click()
    expect(page.get_by_role("alert")).to_contain_text("없는 번호입니다")
    page.context.close()


def test_a_normal_stop_takes_two_taps_and_three_with_a_meal_left_over(page, served):
    look(page, "list")
    page.locator(".stop.next a").tap()
    look(page, "door")
    page.get_by_role("button", name="전달, 이상 없음").tap()
    expect(page.locator("#sent")).to_have_text("모두 보냄")
    expect(page.locator(".stop.done")).to_have_count(1)

    page.locator(".stop.next a").tap()
    page.get_by_label("지난 도시락이 남아 있음").tap()
    page.get_by_role("button", name="전달, 이상 없음").tap()
    expect(page.locator(".stop.done")).to_have_count(2)
    expect(page.locator("#sent")).to_have_text("모두 보냄")
    look(page, "list-after")

    first, second = served.world.visits[:2]
    served.until([("seen_well", "in_person", False, False)], SIGHTINGS, first.ref)
    served.until([("seen_well", "in_person", True, False)], SIGHTINGS, second.ref)


def test_a_no_reply_leaves_at_once_and_the_door_is_checked_while_time_runs(page, served):
    visit = served.world.visits[2]
    page.locator(".stop a", has_text=visit.recipient.name).tap()
    page.get_by_role("button", name="연락 안 됨").tap()

    expect(page.locator("[data-state]")).to_contain_text("수행기관에 알렸습니다")
    served.until([("no_reply", "not_handed", False, False)], SIGHTINGS, visit.ref)
    page.get_by_label("크게 세 번 두드리기").tap()
    page.get_by_label("이름 부르기").tap()
    look(page, "drill")
    page.get_by_role("button", name="문 앞에서 확인한 것 보내기").tap()
    lines = """SELECT step, e.values->>'knocked' FROM cases_entry e JOIN cases_case c ON c.id = case_id
        WHERE subject = %s ORDER BY e.id"""
    served.until([("opened", None), ("door", "true")], lines, visit.recipient.ref)

    danger = page.locator("#danger")
    danger.tap()  # a slip of the thumb calls nobody
    page.wait_for_timeout(300)
    assert len(served.rows(lines, visit.recipient.ref)) == 2
    danger.click(delay=2500)
    expect(page.get_by_role("link", name="119에 전화")).to_be_visible()
    assert page.evaluate("dialled") == ["tel:119"]
    expect(page.locator("#sent")).to_have_text("모두 보냄")
    look(page, "danger")
    page.get_by_role("button", name="119에 신고함").tap()
    done = [("opened", None), ("door", "true"), ("danger", None), ("called_119", None)]
    served.until(done, lines, visit.recipient.ref)


def test_a_network_that_breaks_loses_nothing_and_counts_once(page, served):
    visit = served.world.visits[3]
    sent = []

    def lose_the_answer(route: Any) -> None:
        sent.append(route.request.post_data)
        route.fetch()  # it arrives at the server …
        route.abort()  # … but the phone never hears so

    page.route("**/reports/*", lose_the_answer)
    page.locator(".stop a", has_text=visit.recipient.name).tap()
    page.get_by_role("link", name="이상 징후").tap()
    page.get_by_label("기력·안색").tap()
    look(page, "concern")
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator("#sent")).to_contain_text("보낼 기록 1건")
    page.context.set_offline(True)  # first: else the phone may try again in between, and succeed
    page.unroute_all(behavior="wait")
    page.locator(".stop a", has_text=served.world.visits[4].recipient.name).tap()
    page.get_by_role("link", name="부재").tap()
    page.get_by_role("button", name="보내기").tap()
    expect(page.get_by_role("alert").filter(has_text="알려 준 사람")).to_be_visible()
    page.get_by_label("누가 알려 주었습니까").fill("딸(전화)")
    look(page, "away")
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator("#sent")).to_contain_text("보낼 기록 2건")

    page.context.set_offline(False)
    page.reload()  # what was kept is still there, and goes; no PIN is needed for that
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)

    assert sent
    served.until([("seen_with_concern", "in_person", False, False)], SIGHTINGS, visit.ref)
    served.until([("known_safe", "not_handed", False, False)], SIGHTINGS, served.world.visits[4].ref)


HELP = "SELECT count(*) FROM duty_duty WHERE kind = 'care.help' AND closed_at IS NULL"


def test_help_is_held_waits_without_a_network_and_is_sent_locked_or_not(page, served):
    help_ = page.locator("#help")
    expect(help_).to_be_visible()
    help_.click(delay=200)  # a slip of the thumb
    expect(help_).to_have_text("도움")
    assert page.evaluate("localStorage.getItem('dure-unsent')") is None

    page.context.set_offline(True)
    page.locator(".stop a").first.tap()
    expect(help_).to_be_visible()
    help_.click(delay=1200)
    expect(help_).to_have_text("대기 중")
    look(page, "help")
    page.context.set_offline(False)
    expect(help_).to_have_text("보냄", timeout=20_000)
    served.until([(1,)], HELP)
    [(body,)] = served.rows("SELECT body FROM duty_report WHERE kind = 'care.help'")
    assert str(served.world.visits[0].ref) in body

    page.reload()  # locked now; whoever takes the phone away sees nothing of it
    expect(page.get_by_role("heading", name="PIN")).to_be_visible()
    expect(help_).to_have_text("도움")
    help_.click(delay=1200)
    expect(help_).to_have_text("보냄", timeout=20_000)
    served.until([(2,)], "SELECT count(*) FROM duty_report WHERE kind = 'care.help'")
    served.until([(1,)], HELP)
    assert page.evaluate("dialled") == []


def test_one_refused_record_holds_up_no_other(page, served):
    visit = served.world.visits[5]
    page.route("**/reports/*", lambda route: route.fulfill(status=413, json={"message": "너무 큽니다."}), times=1)
    page.locator(".stop a", has_text=visit.recipient.name).tap()
    page.get_by_role("link", name="미방문").tap()
    page.get_by_label("왜 가지 못했습니까").fill("차량 고장")
    page.get_by_role("button", name="보내기").tap()
    expect(page.locator("#sent")).to_contain_text("받지 않은 기록 1건")
    expect(page.locator("#notices")).to_contain_text("너무 큽니다.")

    page.locator(".stop a", has_text=visit.recipient.name).tap()
    page.get_by_role("button", name="전달, 이상 없음").tap()
    expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=20_000)
    served.until([("not_attempted",), ("seen_well",)], f"SELECT outcome FROM ({SIGHTINGS}) s ORDER BY 1", visit.ref)
