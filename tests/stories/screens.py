"""Browsers for stories: a worker's phone and the desks of an office, looked at as people see them."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dure.people.models import Person
from tests import apart, make
from tests.field.browsing import begin

PHONE, DESK = (390, 844), (1440, 900)
SOON = 15_000  # a live part asks every five seconds; the rest is for a slow machine
PASSWORD = "시험용-비밀번호"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DIALLER = """window.dialled = [];
addEventListener("click", (event) => {  // there is no telephone in a headless browser: it would wait for one
  const call = event.target.closest?.('a[href^="tel:"]');
  if (call && !event.defaultPrevented) { event.preventDefault(); dialled.push(call.href); }
});"""


@contextmanager
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=SOON)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield opened
        opened.close()


def with_password(person: Person) -> Person:
    make.invented(person.office)
    person.set_password(PASSWORD)
    person.save()
    return person


def pictures(name: str) -> Path:
    """A folder for the pictures of a story; said aloud, so that somebody looks at them."""
    folder = Path(tempfile.mkdtemp(prefix=f"dure-{name}-"))
    print(f"pictures: {folder}")
    return folder


@dataclass
class Screen:
    """One page in a browser of its own, and whatever it complained of."""

    page: Page
    problems: list[str] = field(default_factory=list)

    def picture(self, folder: Path, name: str) -> None:
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def is_sound(self) -> None:
        """Nothing was complained of, nothing is wider than the screen."""
        assert self.problems == []
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], width  # type: ignore[index]

    def can_be_read_by_all(self) -> None:
        """Nothing stands in the way of who reads with a screen reader."""
        found = Axe().run(self.page, options={"preload": False}).response["violations"]
        assert found == [], [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]


def screen(browser: Browser, address: str, size: Sequence[int], **options: Any) -> Screen:
    """A browser that keeps nothing of any other, in Korean."""
    view = {"width": size[0], "height": size[1]}
    page = browser.new_context(viewport=view, locale="ko-KR", base_url=address, **options).new_page()
    made = Screen(page)
    page.set_default_timeout(2 * SOON)
    page.add_init_script(DIALLER)
    page.on("pageerror", lambda problem: made.problems.append(str(problem)))
    page.on("console", lambda line: made.problems.append(line.text) if _matters(line.type, line.text) else None)
    return made


def _matters(kind: str, said: str) -> bool:
    """Our own page complains of nothing; the inline styles are of axe and of the pictures."""
    return kind in ("error", "warning") and "inline style" not in said


def phone(browser: Browser, address: str, code: str, *, now: datetime, size: Sequence[int] = PHONE) -> Screen:
    """A worker's phone that has just been made known, with its list of stops; its own clock says `now`."""
    made = screen(browser, address, size, has_touch=True)
    made.page.clock.set_fixed_time(now)
    begin(made.page, code)
    return made


def desk(browser: Browser, address: str, person: Person, *, size: Sequence[int] = DESK) -> Screen:
    """Somebody of the office at the board."""
    made = screen(browser, address, size)
    made.page.goto("/login/")
    made.page.locator("[name=username]").fill(person.username)
    made.page.locator("[name=password]").fill(PASSWORD)
    made.page.get_by_role("button", name="로그인").click()
    made.page.wait_for_url("**/board/")
    return made


def move(url: apart.Url, to: datetime) -> None:
    """The office's clock stands at this moment from here on."""
    with psycopg.connect(url("owner"), autocommit=True) as owner:
        owner.execute("UPDATE dure_clock SET at = %s", [to])
