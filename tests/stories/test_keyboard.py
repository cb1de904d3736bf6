"""A small day with the keyboard alone: the worker's phone at three doors, the desk from the board to the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dure import postgres
from dure.field.actions import enrol
from tests import make
from tests.field.browsing import PIN
from tests.field.server import serving
from tests.field.world import World, day
from tests.stories import screens

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST = 120  # steps to anything on a page
WHERE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "nowhere";
  const s = getComputedStyle(one), p = getComputedStyle(one.parentElement);
  const seen = x => x.outlineStyle !== "none" && parseFloat(x.outlineWidth) > 0 || x.boxShadow !== "none";
  const rim = one.labels?.length ? [...one.labels].some(l => seen(getComputedStyle(l))) : false;
  const parts = ["time", "date"].includes(one.type);  // of these the browser itself shows in which part one is
  const r = one.getBoundingClientRect();
  const inside = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
  return seen(s) || seen(p) || rim || parts ? inside ? "" : "out of sight " + one.outerHTML.slice(0, 90)
    : "no sign at " + one.outerHTML.slice(0, 90);
}"""


@dataclass
class Keys:
    """Somebody without a mouse. Every step is looked at: the focus is somewhere, and it shows where."""

    page: Page

    def press(self, key: str, **options: Any) -> None:
        self.page.keyboard.press(key, **options)

    def look(self) -> None:
        assert self.page.evaluate(WHERE) == ""

    def to(self, wanted: Locator, key: str = "Tab") -> None:
        """Walk until it has the focus."""
        expect(wanted).to_be_visible()
        for _ in range(MOST):
            if wanted.evaluate("one => one === document.activeElement"):
                self.look()
                return
            self.press(key)
            if self.page.evaluate("document.activeElement !== document.body"):  # past the last one lies the browser
                self.look()
        raise AssertionError(f"not reached by keyboard: {wanted}")

    def use(self, wanted: Locator, key: str = "Enter") -> None:
        self.to(wanted)
        self.press(key)

    def write(self, wanted: Locator, text: str) -> None:
        self.to(wanted)
        self.page.keyboard.type(text)

    def choose(self, wanted: Locator, label: str) -> None:
        """Of a list of choices, one after the other downwards."""
        self.to(wanted)
        chosen = "one => one.selectedOptions[0].label"
        for _ in range(wanted.locator("option").count()):
            if wanted.evaluate(chosen) == label:
                return
            self.press("ArrowDown")
        assert wanted.evaluate(chosen) == label

    def arrived(self, heading: str) -> None:
        """A new screen: the focus is at its heading, so that it is read, and nothing is to be walked again."""
        expect(self.page.locator("h1", has_text=heading)).to_be_focused()
        self.look()


@pytest.fixture
def sides(cluster: postgres.Server, django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Any, ...]]:
    def build() -> tuple[World, str]:
        world = day(3)
        screens.with_password(world.officer)
        return world, enrol(world.worker, by=world.desk, now=make.NOON)

    with (
        serving(cluster, django_db_blocker, make.NOON, build) as (address, (world, code), _url),
        screens.chromium() as browser,
    ):
        phone, desk = (screens.screen(browser, address, size) for size in ((360, 740), (1280, 900)))
        yield world, code, phone, desk


def begins(keys: Keys, code: str) -> None:
    page = keys.page
    page.clock.set_fixed_time(make.NOON)
    page.goto("/field/")
    keys.write(page.get_by_label("등록번호"), code)
    keys.press("Enter")
    expect(page.get_by_label("새 PIN")).to_be_focused()
    keys.write(page.get_by_label("새 PIN"), PIN)
    keys.write(page.get_by_label("PIN 한 번 더"), PIN)
    keys.press("Enter")
    keys.arrived("남은 곳 3")
    keys.use(page.get_by_role("button", name="코스 시작"))
    expect(page.get_by_role("button", name="코스 시작")).to_be_hidden()
    keys.look()


def all_is_well(keys: Keys) -> None:
    keys.use(keys.page.locator(".stop.next a"))
    keys.arrived("최순례")
    keys.use(keys.page.get_by_role("button", name="전달, 이상 없음"))
    keys.arrived("남은 곳 2")


def a_concern(keys: Keys) -> None:
    page = keys.page
    keys.use(page.locator(".stop.next a"))
    keys.arrived("정복남")
    keys.use(page.get_by_role("link", name="이상 징후"))
    keys.arrived("정복남")
    keys.use(page.get_by_label("기력·안색"), "Space")
    assert page.get_by_label("기력·안색").is_checked()
    keys.write(page.get_by_label("무엇을 보았습니까"), "안색이 나쁩니다")
    keys.use(page.get_by_role("button", name="보내기"))
    keys.arrived("남은 곳 1")


def nobody_answers(keys: Keys) -> None:
    page = keys.page
    keys.use(page.locator(".stop.next a"))
    keys.arrived("윤말순")
    keys.use(page.get_by_role("button", name="연락 안 됨"))
    keys.arrived("문 앞 확인")
    keys.use(page.get_by_label("크게 세 번 두드리기"), "Space")
    keys.write(page.get_by_label("무엇을 보거나 들었습니까"), "안에서 신음 소리")
    keys.use(page.get_by_role("button", name="문 앞에서 확인한 것 보내기"))
    expect(page.locator("#sent")).to_have_text("모두 보냄")
    keys.look()


def it_is_119(keys: Keys) -> None:
    """Tapped it does nothing, held it dials."""
    page, danger = keys.page, keys.page.locator("#danger")
    keys.use(danger)
    assert page.evaluate("dialled") == []
    keys.to(danger)
    keys.press("Enter", delay=1500)
    expect(page.get_by_role("link", name="119에 전화")).to_be_visible()
    assert page.evaluate("dialled") == ["tel:119"]
    keys.look()
    keys.use(page.get_by_role("button", name="119에 신고함"))
    expect(page.get_by_role("button", name="119에 신고함")).to_be_disabled()
    keys.look()
    keys.use(page.get_by_role("button", name="119 도착"))
    expect(page.locator("#sent")).to_have_text("모두 보냄")
    keys.look()
    keys.use(page.locator("#back"))
    keys.arrived("남은 곳")


def takes_it_on(keys: Keys, username: str) -> None:
    page = keys.page
    page.goto("/login/")
    keys.write(page.locator("[name=username]"), username)
    keys.write(page.locator("[name=password]"), screens.PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/board/")
    row = page.locator(".exception", has_text="윤*순").first
    keys.use(row.get_by_text("제가 맡겠습니다"))
    keys.choose(row.get_by_label("다음 조치"), "직접 현장으로 갑니다")
    keys.use(row.get_by_role("button", name="맡기", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("윤말순")


def step(page: Page, label: str) -> Locator:
    return page.locator(".step", has=page.locator(".label", has_text=label))


def hands_over(keys: Keys) -> None:
    page = keys.page
    for label, said in (
        ("구급대 인계", {"인계받은 사람": "시험119안전센터"}),
        ("병원 도착", {"어느 병원": "첨단병원"}),
        ("가족 인계", {"인계받은 사람": "최딸(딸)", "신원 확인 방법": "신분증"}),
    ):
        keys.use(step(page, label).locator("summary"))
        for name, value in said.items():
            keys.write(step(page, label).get_by_label(name), value)
        keys.use(step(page, label).get_by_role("button", name="입력", exact=True))
        expect(page.locator(".step.done", has_text=label)).to_be_visible()


def closes(keys: Keys) -> None:
    page = keys.page
    keys.use(page.locator("#do-close summary"))
    keys.choose(page.get_by_label("확인 결과"), "병원 이송")
    keys.use(page.get_by_role("button", name="긴급 상황 마치기"))
    expect(page.locator("#case-head")).to_contain_text("병원 이송")


def test_a_small_day_with_the_keyboard_alone(sides: tuple[Any, ...]):
    world, code, phone, desk = sides
    worker, officer = Keys(phone.page), Keys(desk.page)
    begins(worker, code)
    all_is_well(worker)
    a_concern(worker)
    nobody_answers(worker)
    it_is_119(worker)
    takes_it_on(officer, world.officer.username)
    hands_over(officer)
    closes(officer)
    for side in (phone, desk):
        side.is_sound()
