"""The phone: Debian's Chromium with a folder of its own, that can be killed and comes back; its clock and network."""

import gzip
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, Request, Route, TimeoutError, expect

from tests.field.browsing import unlock
from tests.field.dying import command, descendants, kill
from tests.field.taps import COUNT
from tests.field.test_phone import DIALLER, QUIET
from tests.field.world import MORNING

REPORTS = "/api/field/v1/reports"
A_LOOK = 2.0  # seconds between two looks of a worker who waits
MODULES = """const [sending, store] =
    await Promise.all(["sending", "store"].map((one) => import(`/static/dure/field/${one}.js`)));"""
ENTER = f"""async (all) => {{ {MODULES}
    const clock = await store.kept("clock");
    const made = [];
    for (const [kind, about, gravity, body] of all) made.push((await sending.report(kind, about, gravity, body)).key);
    return [made, clock?.behind ?? null]; }}"""
BEGIN = f"""async (all) => {{ {MODULES}
    for (const [kind, about, gravity, body] of all) sending.report(kind, about, gravity, body); }}"""
BEHIND = f"async () => {{ {MODULES} return (await store.kept('clock'))?.behind ?? null; }}"
WAITING = f"async () => {{ {MODULES} return (await sending.waiting()).map((each) => each.key); }}"
KEY = f"async () => {{ {MODULES} return (await store.identity()).key; }}"
OLD = f"""async (old) => {{ {MODULES}
    const now = new Date();
    await store.put({{ ...old, seenAt: now.toISOString(), made: now.getTime() }}); }}"""
CLOCK = """(() => {
    const real = Date;
    const off = () => Number(/(?:^|; )off=(-?[0-9]+)/.exec(document.cookie)?.[1] ?? 0);
    globalThis.Date = class extends real {
        constructor(...given) { if (given.length) super(...given); else super(real.now() + off()); }
        static now() { return real.now() + off(); }
    };
})()"""


@dataclass
class Sent:
    """A request as it left the phone, to be sent once more."""

    url: str
    key: str
    body: bytes
    at: datetime  # where the story was
    method: str = "PUT"
    packed: str = ""


@dataclass
class Phone:
    """A phone that lies in a folder; `off`: how many milliseconds its clock is from the machine's."""

    play: Playwright
    folder: Path
    address: str
    now: datetime = MORNING  # where the story is
    off: int = 0
    faults: deque[str] = field(default_factory=deque)
    refused: set[str] = field(default_factory=set)  # keys that are never taken
    refuse_in: int = -1  # after how many further reports one is never taken
    known: set[str] = field(default_factory=set)  # keys that were seen on the road
    held: list[Route] = field(default_factory=list)
    under_way: set[Request] = field(default_factory=set)
    sent: list[Sent] = field(default_factory=list)
    away: bool = False
    context: BrowserContext | None = None

    def start(self) -> Page:
        """The browser comes up, and with it the page as the worker left it."""
        self.context = self.play.chromium.launch_persistent_context(
            self.folder, executable_path="/usr/bin/chromium", args=QUIET, locale="ko-KR", base_url=self.address,
            viewport={"width": 360, "height": 740}, offline=self.away,
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        for script in (CLOCK, DIALLER, COUNT):
            self.context.add_init_script(script)
        self.context.route(re.compile(r"/api/field/v1/reports\b"), self.road)
        self.under_way.clear()
        self.context.on("request", lambda request: self.under_way.add(request) if REPORTS in request.url else None)
        for end in ("requestfinished", "requestfailed"):
            self.context.on(end, lambda request: self.under_way.discard(request))
        self.set_clock(self.off)
        page = self.context.pages[0]
        page.goto("/field/")
        return page

    @property
    def page(self) -> Page:
        """The first tab."""
        assert self.context
        return self.context.pages[0]

    def set_clock(self, off: int) -> None:
        """The phone's clock is set."""
        self.off = off
        assert self.context
        self.context.add_cookies([{"name": "off", "value": str(off), "url": self.address}])

    def go_away(self, away: bool) -> None:
        """The network goes, or comes back."""
        self.away = away
        assert self.context
        self.context.set_offline(away)

    def road(self, route: Route) -> None:
        """What happens to a report on its way."""
        with suppress(Error):  # the browser may be dead by now
            self._on(route)

    def _on(self, route: Route) -> None:
        request = route.request
        heads, body = request.headers, request.post_data_buffer or b""
        packed = heads.get("content-encoding", "")
        self.sent.append(Sent(request.url, heads.get("authorization", ""), body, self.now, request.method, packed))
        if any([self._never(key) for key in keys(self.sent[-1])]):
            return route.fulfill(status=413, json={"message": "너무 큽니다."})
        if self.away or not self.faults:
            return route.continue_()
        fault = self.faults.popleft()
        if fault == "held":
            self.held.append(route)
        elif fault == "refused":
            route.fulfill(status=409, json={"message": "지금은 받지 않습니다."})
        elif fault == "broken":
            route.fulfill(status=502, body="")
        else:
            self.again(self.sent[-1])
            route.abort() if fault == "lost" else route.continue_()
        return None

    def _never(self, key: str) -> bool:
        """Whether this report is never taken, until all is well."""
        if key not in self.known:
            self.known.add(key)
            if self.refuse_in == 0:
                self.refused.add(key)
            self.refuse_in -= 1
        return key in self.refused

    def release(self) -> None:
        """What was held on its way goes on, the last first."""
        while self.held:
            with suppress(Error):
                self.held.pop().continue_()

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until nothing is under way but what is held."""
        end = time.monotonic() + seconds
        while len(self.under_way) > len(self.held) and time.monotonic() < end:
            self.page.wait_for_timeout(50)

    def again(self, sent: Sent) -> int:
        """The network delivers a request by itself; what the server says, 0 when it isn't there."""
        return put(sent.url, sent.key, sent.body, sent.method, sent.packed)

    def kill(self) -> None:
        """The browser dies as if its battery had gone: every process of it at once."""
        assert self.context
        kill([each for each in descendants(os.getpid()) if str(self.folder) in command(each)])
        self.held.clear()
        with suppress(Error):
            self.context.close()
        self.context = None

    def open_up(self, page: Page) -> None:
        """Enter the PIN if it is asked for."""
        place = page.locator(".stop, input[name=pin]").first
        place.wait_for()
        if page.locator("input[name=pin]").count():
            unlock(page)
            page.locator(".stop").first.wait_for()

    def tap(self, stop: int, answer: str, mark: str) -> None:
        """The worker answers at a door, with the thumb; begins again if the page goes away under it."""
        try:
            self._tap(stop, answer, mark)
        except TimeoutError:
            self._tap(stop, answer, mark)
        self.page.locator("ol.stops").wait_for()

    def _tap(self, stop: int, answer: str, mark: str) -> None:
        page = self.page
        page.evaluate("location.hash = ''")
        self.open_up(page)
        page.locator(".stop a").nth(stop).click()
        screen = page.locator("#screen")
        if answer == "proxy":
            screen.locator("details.reveal summary").click()
            screen.locator("[name=handed][value=proxy]").check()
            screen.locator("[name=proxy]").fill(mark)
        if answer in {"well", "proxy"}:
            return screen.locator("[data-send=seen_well]").click()
        screen.locator(f"[data-go={answer}]").click()
        screen.locator("[name=note]").fill(mark)
        if answer == "away":
            screen.locator("[name=who]").fill(mark)
        return screen.locator("form button.primary").click()

    def look_at(self) -> None:
        """The worker looks at the phone: it tries to send."""
        assert self.context
        for page in self.context.pages:
            page.evaluate("dispatchEvent(new Event('online'))")

    def until_left(self, keys: set[str], seconds: float = 30.0) -> set[str]:
        """Wait until nothing else waits on the phone; what does when time is up."""
        end, looked = time.monotonic() + seconds, 0.0
        while True:
            if time.monotonic() > looked + A_LOOK:
                looked = time.monotonic()
                self.look_at()
            self.page.wait_for_timeout(100)
            left = set(self.page.evaluate(WAITING))
            if left == keys or time.monotonic() > end:
                return left

    def says_all_sent(self) -> bool:
        """Whether the phone says so, in each of its tabs."""
        assert self.context
        try:
            for page in self.context.pages:
                expect(page.locator("#sent")).to_have_text("모두 보냄", timeout=10_000)
        except AssertionError:
            return False
        return True


def keys(sent: Sent) -> list[str]:
    """Of which reports a request is."""
    if sent.method == "PUT":
        return [sent.url.rpartition("/")[2]]
    text = gzip.decompress(sent.body) if sent.packed else sent.body
    return [each["key"] for each in json.loads(text)["reports"]]


def put(url: str, key: str, body: bytes, method: str = "PUT", packed: str = "") -> int:
    """Hand in from outside a browser; the answer's status, 0 when nobody answers."""
    heads = {"Authorization": key, "Content-Type": "application/json", "Content-Encoding": packed or "identity"}
    request = urllib.request.Request(url, body, heads, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            json.load(answer)
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
    except (OSError, ValueError):
        return 0
