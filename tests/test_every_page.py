"""Every page that somebody signed in can open: its links lead somewhere, it fits, and anybody can read and walk it.

The pages come from the URL configuration, filled as in the permission matrix; a new page is in it by itself.
They are rendered once, in Korean, and shown to Chromium as they would come over the network.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Route, sync_playwright

from dure.people.models import Role
from tests.test_permissions import PAGES, ask, built, door, things

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
HERE = "http://dure.test"
NAMED = re.compile(r'\b(?:href|action|hx-get|hx-post)="([^"]*)"')
BY_POWER = [Role.ADMIN, Role.OFFICER, Role.CENTRE, Role.PROVIDER, Role.WORKER]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# What can be walked to: everything that acts and is shown. Of radio buttons the keyboard walks to one of a group.
WALKED = """() => {
  const act = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const shown = e => !e.disabled && e.checkVisibility({visibilityProperty: true}) && !e.closest("[inert]");
  window.wanted = [...document.querySelectorAll(act)].filter(e => shown(e) && e.tabIndex >= 0);
  window.walked = new Set(); window.unseen = new Set();
  const look = e => [e, e.parentElement, ...(e.labels || [])].map(one => {
    const s = getComputedStyle(one);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join();
  }).join("|");
  const first = document.activeElement;  // has the focus from the start
  const before = new Map(wanted.map(e => [e, look(e)]));
  document.addEventListener("focusin", event => {
    walked.add(event.target);
    if (look(event.target) === before.get(event.target) && event.target !== first) unseen.add(event.target);
  });
  const parts = {date: 4, month: 3, time: 4, "datetime-local": 7};  // each part of a date is a stop of its own
  return wanted.reduce((sum, e) => sum + (parts[e.type] || 1), 0);
}"""
LEFT_OUT = """() => {
  const name = e => e.outerHTML.slice(0, 120);
  const group = e => e.type === "radio" && [...walked].some(w => w.type === "radio" && w.name === e.name);
  return [wanted.filter(e => !walked.has(e) && !group(e)).map(name), [...unseen].map(name)];
}"""


@dataclass(frozen=True)
class Shown:
    """A page as it went out."""

    address: str
    body: str
    headers: dict[str, str]


@pytest.fixture(scope="module")
def shown(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Shown]]:
    """Every page that answers with HTML, as the one who may do most there sees it."""
    found = []
    with django_db_blocker.unblock(), built() as world:
        for page in (p for p in PAGES if door(p) == "roles"):
            role = next(each for each in BY_POWER if each in (page.roles or ()))
            address = page.address(things(page, world["own"]))
            answer = ask(world["clients"][role], "get", address)
            if answer.status_code == 200 and _is_whole(answer):
                found.append(Shown(address, answer.content.decode(), dict(answer.items())))
    yield found


def _is_whole(answer: HttpResponse) -> bool:
    return answer["Content-Type"].startswith("text/html") and b"<html" in answer.content


def test_nearly_every_page_is_among_them(shown: list[Shown]):
    assert len(shown) >= 100


def test_links_and_forms_lead_to_pages_that_are_there(shown: list[Shown]):
    nowhere = {
        (page.address, target)
        for page in shown
        for target in NAMED.findall(page.body)
        if (path := urlsplit(urljoin(HERE + page.address, target.replace("&amp;", "&")))).netloc == "dure.test"
        and path.scheme == "http"
        and not path.path.startswith("/static/")
        and not _is_there(path.path)
    }
    assert nowhere == set()


def _is_there(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("needs /usr/bin/chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        yield (opened := playwright.chromium.launch(executable_path=chromium, args=QUIET))
        opened.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_it_fits_and_reads_and_the_keyboard_reaches_all_of_it(
    shown: list[Shown], browser: Browser, width: int, scheme: Any
):
    by_path = {page.address: page for page in shown}
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    problems: list[Any] = []
    page.on("pageerror", lambda error: problems.append((page.url, str(error))))
    page.route("**/*", lambda route: _answer(route, by_path))
    for n, each in enumerate(shown):
        page.goto(HERE + each.address)
        if over := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
            problems.append((each.address, f"{over} px too wide"))
        if not SOAK and n % 2 == (width == 1280):  # the other half at the other width
            continue
        for broken in Axe().run(page, options={"preload": False}).response["violations"]:
            problems.append((each.address, broken["id"], broken["nodes"][0]["target"]))
        for _ in range(page.evaluate(WALKED) + 2):
            page.keyboard.press("Tab")
        left_out, unseen = page.evaluate(LEFT_OUT)
        problems += [(each.address, "not reached by keyboard", what) for what in left_out]
        problems += [(each.address, "no sign of the focus", what) for what in unseen]
    page.close()
    assert problems == [], "\n".join(map(str, problems))


def _answer(route: Route, pages: dict[str, Shown]) -> None:
    path = urlsplit(route.request.url).path
    if path in pages:
        route.fulfill(body=pages[path].body, headers=pages[path].headers)
    elif path.startswith("/static/") and (file := finders.find(path.removeprefix("/static/"))):
        route.fulfill(path=str(file))
    else:
        route.fulfill(status=204)
