"""Somebody outside learns whether all runs, and nothing about anybody."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import URLError

import pytest
from tests import make
from tests.make import NOON

from dure.health.actions import AUDIT, AUDIT_EVERY, beat, fault
from dure.health.models import Fault
from dure.health.outside import AGAIN, Alarm, post, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def outside():
    """A listener on this machine, and what it was told."""
    told: list[dict] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response({"/broken": 500, "/moved": 301}.get(self.path, 200))
            self.send_header("Location", "/new")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    make.role("engine")
    yield f"http://127.0.0.1:{server.server_port}", told
    make.role("app")
    server.shutdown()
    server.server_close()


def test_all_is_well_then_somebody_falls_silent_then_something_must_be_mended(outside):
    url, told = outside
    beat("watch", real=NOON, clock_at=NOON)
    assert tell(url, ["watch"], now=NOON, real=NOON)
    assert not tell(url, ["watch", "sender"], now=NOON, real=NOON)
    fault("nobody:홍길동", "%(name)s can't be reached.", {"name": "홍길동"}, now=NOON, outside=True)
    assert not tell(url, ["watch"], now=NOON, real=NOON)
    assert [(t["well"], t["silent"], t["faults"]) for t in told] == [
        (True, [], []), (False, ["sender"], []), (False, [], ["nobody"]),
    ]  # fmt: skip
    assert "홍길동" not in json.dumps(told, ensure_ascii=False)
    assert Fault.objects.get().told_outside_at == NOON


def test_an_auditor_that_fails_is_told_outside(outside):
    url, told = outside
    beat(AUDIT, real=NOON - timedelta(minutes=6), clock_at=NOON, every=AUDIT_EVERY)
    beat("jobs", real=NOON, clock_at=NOON)
    assert not tell(url, ["jobs"], now=NOON, real=NOON)
    assert [(t["well"], t["silent"]) for t in told] == [(False, ["audit"])]


def test_what_is_well_is_said_once_a_minute_and_what_is_wrong_at_once(outside):
    url, told = outside
    beat("watch", real=NOON, clock_at=NOON)
    assert tell(url, ["watch"], now=NOON, real=NOON, if_well=False)
    assert not tell(url, ["watch", "jobs"], now=NOON, real=NOON, if_well=False)
    assert [t["silent"] for t in told] == [["jobs"]]


@pytest.mark.parametrize("where", ["/broken", "/moved", ""])  # followed, it would ask instead of telling
def test_what_nobody_took_has_not_been_told(outside, where: str):
    url, _ = outside
    fault("nobody:1", "Somebody can't be reached.", now=NOON, outside=True)
    with pytest.raises(URLError):
        tell(url + where if where else "http://127.0.0.1:1", ["watch"], now=NOON, real=NOON, send=post)
    assert Fault.objects.get().told_outside_at is None


def test_past_the_database_what_is_silent_is_said_again_and_again_but_not_all_the_time(outside):
    url, told = outside
    alarm = Alarm(url)
    for seconds in range(0, 45, 5):
        alarm.say(["database"], real=NOON + timedelta(seconds=seconds))
        if alarm.saying:
            alarm.saying.join(5)
    assert [(t["well"], t["silent"], t["at"][14:19]) for t in told] == [
        (False, ["database"], "00:00"), (False, ["database"], "00:20"), (False, ["database"], "00:40"),
    ]  # fmt: skip
    alarm.say([], real=NOON + 9 * AGAIN)
    assert len(told) == 3
    alarm.say(["database"], real=NOON - AGAIN)  # the clock was set back: how long ago the last was, nobody knows
    alarm.saying.join(5)
    assert len(told) == 4


def test_who_doesnt_answer_outside_holds_nobody_up(outside):
    held, began = threading.Event(), []

    def slow(url, body):
        began.append(body)
        held.wait(5)
        raise OSError("nobody there")

    alarm = Alarm("http://outside", send=slow)
    alarm.say(["watch"], real=NOON)
    alarm.say(["watch"], real=NOON + AGAIN)  # still busy with the first
    held.set()
    alarm.saying.join(5)
    assert len(began) == 1
    alarm.say(["watch"], real=NOON + 2 * AGAIN)
    alarm.saying.join(5)
    assert len(began) == 2
