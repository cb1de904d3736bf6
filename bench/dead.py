"""How long it takes until somebody notices that a part of Dure is dead, and until it goes on.

The real processes (web, watch, sender, jobs) on a database of their own. Watch, sender and database are killed
(SIGKILL) or, worse, frozen (SIGSTOP), one after the other, and nobody starts them again. Goals: within 60 s of each a
person who has a page open sees it there, and a listener outside is told. Then the watch is killed at the moment at
which duties come due, and started again by what keeps the processes running: the first one on the ladder is told
within 10 s. All scaled by a calibration loop of the same run.

    .venv/bin/python bench/dead.py [--short]
"""

import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import ground  # noqa: E402

NOTICED, GOES_ON = 60.0, 10.0
CALIBRATED = 0.15  # seconds that the calibration loop takes on the machine for which the goals were set
PATIENCE = 120.0


class Outside(HTTPServer):
    """Somebody outside, who only listens."""

    def __init__(self) -> None:
        told: list[dict[str, Any]] = []

        class Listener(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        super().__init__(("127.0.0.1", 0), Listener)
        self.told = told
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def heard(self, name: str) -> bool:
        """Whether it was told that this is silent."""
        return any(not each["well"] and name in each["silent"] for each in self.told)


class Product:
    """The processes, an officer with a page open, and somebody outside."""

    def __init__(self, server: Any) -> None:
        from tests import make

        from dure.demo.processes import Children, all_of_them

        self.server, self.outside, self.port = server, Outside(), ground.free_port()
        make.role("owner")
        self.office = make.office()
        self.officer = make.person(self.office)
        self.ladder = make.ladder(self.office, self.officer)
        self.cookie = self._session()
        os.environ["DURE_OUTSIDE_URL"] = f"http://127.0.0.1:{self.outside.server_port}/"
        os.environ.pop("DATABASE_OWNER_URL")
        self.children = Children(all_of_them(f"127.0.0.1:{self.port}"))

    def _session(self) -> str:
        from tests import make as builders

        client = builders.signed_in(self.officer)
        return f"sessionid={client.cookies['sessionid'].value}"

    def page(self) -> tuple[int, str]:
        """What the open page asks for every few seconds."""
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/banners/", headers={"Cookie": self.cookie})
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def warned(self) -> bool:
        """Whether the page says that something has stopped."""
        status, text = self.page()
        return 'class="banner danger"' in text or (status == 503 and 'http-equiv="refresh"' in text)

    def well(self) -> bool:
        """Whether the page is there and says nothing."""
        status, text = self.page()
        return status == 200 and "banner danger" not in text

    def process(self, name: str) -> Any:
        return next(child.process for child in self.children.all if child.name == name)


def until(what: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Seconds until it is so."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            return float("inf")
        time.sleep(0.2)
    return time.monotonic() - began


def noticed(product: Product, name: str, how: str, end: Callable[[], None], again: Callable[[], None]) -> float:
    """Seconds until both the page and somebody outside know that it is dead."""
    assert until(product.well) < PATIENCE, "the product doesn't run"
    product.outside.told.clear()
    end()
    seconds: dict[str, float] = {}
    began = time.monotonic()
    while len(seconds) < 2 and time.monotonic() - began < PATIENCE:
        for where, so in (("page", product.warned), ("outside", lambda: product.outside.heard(name))):
            if where not in seconds and so():
                seconds[where] = time.monotonic() - began
        time.sleep(0.2)
    again()
    page, outside = seconds.get("page", float("inf")), seconds.get("outside", float("inf"))
    print(f"{name} {how}: on the page after {page:.0f} s, outside after {outside:.0f} s", flush=True)
    return max(page, outside)


def everything_dies(product: Product, short: bool) -> float:
    """The longest time until a death was noticed."""

    def restart(name: str) -> None:
        product.children.dead()
        for child in product.children.all:
            child.not_before = 0.0
        product.children.start()

    def signalled(name: str, sign: int) -> Callable[[], None]:
        return lambda: os.killpg(product.process(name).pid, sign)

    def end(name: str) -> Callable[[], None]:
        def kill() -> None:
            os.killpg(product.process(name).pid, signal.SIGKILL)
            product.process(name).wait()

        return kill

    def start_database() -> None:
        from django.db import connection

        product.server.start()
        connection.close()  # ours died with it

    from tests.postgres.conftest import data, kill_tree

    found = [
        noticed(product, "database", "killed", lambda: kill_tree(data(product.server)), start_database),
        *(
            noticed(product, name, "killed", end(name), lambda name=name: restart(name))
            for name in ([] if short else ["watch", "sender"])
        ),
    ]  # fmt: skip
    if not short:
        found.append(
            noticed(product, "watch", "frozen", signalled("watch", signal.SIGSTOP), signalled("watch", signal.SIGCONT))
        )
    return max(found)


def goes_on(product: Product, times: int) -> float:
    """The longest time from the death of the watch, at the moment of a deadline, to the first one told."""
    from tests import make

    from dure import clock
    from dure.demo.processes import keep
    from dure.duty.models import Telling

    stop = threading.Event()
    keeper = threading.Thread(target=keep, args=(product.children, stop))
    keeper.start()
    late = []
    try:
        for _ in range(times):
            assert until(product.well) < PATIENCE
            for child in product.children.all:
                child.deaths = 0
            due = clock.real() + timedelta(seconds=2)
            make.role("owner")
            duty = make.duty(on=product.ladder, due_at=due, urgent=True)
            while clock.real() < due:
                time.sleep(0.005)
            os.killpg(product.process("watch").pid, signal.SIGKILL)
            late.append(until(lambda duty=duty: Telling.objects.filter(duty=duty, person=product.officer).exists()))
    finally:
        stop.set()
        keeper.join()
    print(
        f"watch killed at the deadline, {times} times: told after {', '.join(f'{s:.1f}' for s in late)} s", flush=True
    )
    return max(late)


def main(short: bool) -> bool:
    """Measure on processes of our own."""
    slowly = max(1.0, ground.calibrated() / CALIBRATED)
    with ground.own(DURE_SECRET_KEY="bench", DURE_MOVED_CLOCK="") as server:
        product = Product(server)
        product.children.start()
        try:
            assert until(product.well) < PATIENCE, "the product doesn't run"
            noticed_after = everything_dies(product, short)
            goes_on_after = goes_on(product, 2 if short else 8)
        finally:
            product.children.stop()
    print(f"noticed after {noticed_after:.0f} s at the latest (goal ≤ {NOTICED:.0f} s)")
    print(f"goes on after {goes_on_after:.1f} s at the latest (goal ≤ {GOES_ON:.0f} s)")
    print(f"this machine is {slowly:.1f} times slower now than the goals'")
    return noticed_after <= NOTICED * slowly and goes_on_after <= GOES_ON * slowly


if __name__ == "__main__":
    ground.verdict(__doc__, main)
