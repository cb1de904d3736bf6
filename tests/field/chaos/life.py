"""A schedule is lived: on a real phone, against the real server, and everything that was entered is written down."""

import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from dure.care.models import Visit
from tests import apart
from tests.field.browsing import begin
from tests.field.chaos.phone import BEGIN, BEHIND, ENTER, KEY, OLD, Phone, keys, put
from tests.field.chaos.schedule import Step
from tests.field.server import Web
from tests.field.world import World

MINUTE = timedelta(minutes=1)
PATIENCE = 90.0  # seconds that a phone may need until everything has arrived, when all is well again


@dataclass
class Entered:
    """What somebody entered, as they remember it."""

    kind: str
    about: str | None
    gravity: str
    body: dict[str, Any]
    at: datetime
    off: timedelta  # of the phone's clock, as it was entered
    mark: str = ""
    key: str | None = None
    heard: timedelta | None = None  # how far off the phone's clock was when it had last heard of the server
    version: int = 2
    sure: bool = True  # False: the phone died amid entering it


ON_THE_ROAD = 2 * MINUTE


@dataclass
class Life:
    """One phone and its server, and the time that both live in."""

    phone: Phone
    web: Web
    url: apart.Url
    world: World
    visits: list[Visit]
    now: datetime
    skew: timedelta = timedelta(0)
    entered: list[Entered] = field(default_factory=list)
    chance: random.Random = field(default_factory=random.Random)
    marks: int = 0
    key: str = ""  # with which this phone hands in

    def __post_init__(self) -> None:
        self.steps: dict[str, Callable[..., None]] = {
            "enter": self.enter, "tap": self.tap, "kill": self.kill, "fault": self.fault, "clock": self.clock,
            "wait": self.wait, "old app": self.old_app, "old record": self.old_record, "again": self.again,
            "refuse one": self.refuse_one, "reload": lambda: self.phone.page.reload(),
            "away": lambda: self.phone.go_away(True), "back": lambda: self.phone.go_away(False),
            "stop server": self.web.stop, "kill server": self.web.kill, "start server": self.web.begin,
            "second tab": self.second_tab, "close tab": self.close_tab,
        }  # fmt: skip

    def begin(self, code: str) -> None:
        """The phone is made known, and opens without a network from now on."""
        self.web.start()
        self.set_time()
        page = self.phone.start()
        begin(page, code)
        self.key = f"Bearer {page.evaluate(KEY)}"
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def live(self, steps: list[Step], seed: int) -> None:
        """Everything happens, one after the other."""
        self.chance = random.Random(seed)
        for step in steps:
            self.set_time()
            self.steps[step.what](**step.values)
            if self.phone.context:
                self.phone.page.wait_for_timeout(self.chance.choice([0, 50, 250]))
            self.phone.release()

    def well(self) -> tuple[set[str], set[str], bool]:
        """All is well again but for one report that is never taken; then that as well.

        What waited too long each time, and whether the phone says that all is sent.
        """
        self.phone.faults.clear()
        self.phone.refuse_in = -1
        if self.web.process is None:
            self.web.begin()
        self.web.wait()
        self.set_time()
        self.phone.go_away(False)
        kept_up = self.phone.until_left(self.phone.refused, PATIENCE) - self.phone.refused
        self.phone.refused.clear()
        left = self.phone.until_left(set(), PATIENCE)
        return kept_up, left, not left and self.phone.says_all_sent()

    def set_time(self) -> None:
        """The server's clock stands where the story is; the phone's beside it, as far off as it is."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as database:
            database.execute("UPDATE dure_clock SET at = %s", [self.now])
        self.phone.now = self.now
        if self.phone.context:
            self.phone.set_clock(self.off())

    def off(self) -> int:
        """How many milliseconds the phone's clock is from the machine's."""
        return int((self.now + self.skew - datetime.now(self.now.tzinfo)).total_seconds() * 1000)  # noqa: TID251

    def wait(self, minutes: int) -> None:
        """Time goes on in one leap: nothing that is under way meanwhile has been so for all of it."""
        self.phone.settle()
        self.now += minutes * MINUTE
        self.set_time()

    def clock(self, minutes: int) -> None:
        """Somebody sets the phone's clock; set once more the same way, it would be out of this century's use."""
        self.skew = timedelta(minutes=minutes) if not self.skew else timedelta(0)
        self.set_time()

    def fault(self, which: str, times: int) -> None:
        self.phone.faults.extend([which] * times)

    def refuse_one(self, which: int) -> None:
        self.phone.refuse_in = which

    def second_tab(self) -> None:
        assert self.phone.context
        self.phone.context.new_page().goto("/field/")

    def close_tab(self) -> None:
        assert self.phone.context
        if len(self.phone.context.pages) > 1:
            self.phone.context.pages[1].close()

    def again(self, which: float) -> None:
        """The network delivers a request of before once more, however old; if it never came, only one that is young:
        when something was seen that was so long on the road, nobody can know.
        """
        with psycopg.connect(self.url("postgres")) as database:
            known = {key for (key,) in database.execute("SELECT key::text FROM duty_report").fetchall()}
        may = [sent for sent in self.phone.sent if self.now - sent.at < ON_THE_ROAD or known >= set(keys(sent))]
        if may:
            self.phone.again(may[int(which * len(may))])

    def tap(self, stop: int, answer: str) -> None:
        mark, page = self._mark(), self.phone.page
        behind = page.evaluate(BEHIND)
        body = {
            "outcome": {"concern": "seen_with_concern", "away": "known_safe", "skipped": "not_attempted"}.get(
                answer, "seen_well"
            ),
            "handed": {"proxy": "proxy", "away": "not_handed", "skipped": "not_handed"}.get(answer, "in_person"),
            "who": mark if answer in {"proxy", "away"} else "", "signs": [], "leftover": False, "worried": False,
            "abuse": False, "note": mark if answer in {"concern", "away", "skipped"} else "",
        }  # fmt: skip
        self.phone.tap(stop, answer, mark)
        mark = mark if answer != "well" else ""
        self._remember("care.visit", self._ref(stop), str(body["outcome"]), body, mark, behind)

    def enter(self, reports: list[dict[str, Any]]) -> None:
        told = [self._said(each) for each in reports]
        keys, behind = self.phone.page.evaluate(ENTER, [each[:4] for each in told])
        for key, (kind, about, gravity, body, mark) in zip(keys, told, strict=True):
            self._remember(kind, about, gravity, body, mark, behind, key=key)

    def kill(self, reports: list[dict[str, Any]], amid: bool) -> None:
        """All of these are entered, and the browser dies; amid entering a further one, maybe."""
        self.enter(reports)
        if amid:
            told, behind = self._said(reports[0]), self.phone.page.evaluate(BEHIND)
            self._remember(*told, behind, sure=False)
            self.phone.page.evaluate(f"(all) => {{ ({BEGIN})(all); }}", [told[:4]])
        self.phone.kill()
        self.phone.off = self.off()
        self.phone.start()

    def old_app(self, version: int, off: int, report: dict[str, Any]) -> None:
        """What a phone with an earlier version sends, twice; it waits if the server isn't there."""
        self.web.wait()
        kind, about, gravity, body, mark = self._said(report)
        key, skew = str(uuid.uuid4()), timedelta(minutes=off)
        says = (self.now + skew).isoformat()
        sent = {"kind": kind, "version": version, "about": about, "gravity": gravity, "seen_at": says, "sent_at": says,
                "body": json.dumps(body, ensure_ascii=False)}  # fmt: skip
        if version == 2:
            sent |= {"heard": self.now.isoformat(), "behind": -int(skew.total_seconds() * 1000)}
        for _ in range(2):
            if self.web.process:
                put(f"{self.web.address}/api/field/v1/reports/{key}", self.key, json.dumps(sent).encode())
        if self.web.process:
            made = Entered(kind, about, gravity, body, self.now, skew, mark, key, None, version)
            self.entered.append(made)

    def old_record(self, report: dict[str, Any]) -> None:
        """A record of an earlier version lies on the phone as the page is loaded anew."""
        kind, about, gravity, body, mark = self._said(report)
        key = str(uuid.uuid4())
        self.close_tab()
        old = {"key": key, "kind": kind, "about": about, "gravity": gravity, "body": json.dumps(body)}
        self.phone.page.evaluate(OLD, old)
        self._remember(kind, about, gravity, body, mark, None, key=key, version=1)
        self.phone.page.reload()

    def _remember(self, kind: str, about: str | None, gravity: str, body: dict[str, Any], mark: str,
                  behind: int | None, **more: Any) -> None:  # fmt: skip
        heard = None if behind is None else timedelta(milliseconds=-behind)
        self.entered.append(Entered(kind, about, gravity, body, self.now, self.skew, mark, heard=heard, **more))

    def _said(self, each: dict[str, Any]) -> tuple[str, str | None, str, dict[str, Any], str]:
        """A report as the app takes it: kind, about, gravity, body; and by which mark it is known."""
        mark, ref = self._mark(), self._ref(each["stop"])
        if each["kind"] == "course":
            return "care.course", str(self.visits[0].course.ref), "", {"did": "started", "mark": mark}, mark
        if each["kind"] == "help":
            return "care.help", None, "danger", {"stop": "", "mark": mark}, mark
        if each["kind"] == "danger":
            return "field.danger", None, "danger", {"mark": mark}, mark
        if each["kind"] == "step":
            gravity = "danger" if each["step"] == "danger" else "no_reply"
            return "care.step", ref, gravity, {"step": each["step"], "values": {}, "note": mark}, mark
        names = ("outcome", "handed", "signs", "leftover", "worried")
        body = {**{name: each[name] for name in names}, "who": "", "abuse": False, "note": mark}
        return "care.visit", ref, each["outcome"], body, mark

    def _ref(self, stop: int) -> str:
        return str(self.visits[stop].ref)

    def _mark(self) -> str:
        self.marks += 1
        return f"표시 {self.marks:06}"
