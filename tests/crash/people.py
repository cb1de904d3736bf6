"""Who uses the product while it is being killed: phones that report, a desk that claims and closes."""

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import uuid4


@dataclass
class Phone(threading.Thread):
    """A phone that hands in one report after the other, and again until it is told that it was kept."""

    ports: list[int]
    key: str
    refs: list[str]
    seed: int
    acknowledged: dict[str, tuple[str, str, bool]] = field(default_factory=dict)  # key -> sha256, about, well
    handing: bool = False
    tries: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.end = threading.Event()
        self.random = random.Random(self.seed)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self.end.is_set():
            key, about, well = str(uuid4()), self.random.choice(self.refs), self.random.random() < 0.8
            body = json.dumps({"well": well, "who": self.seed})
            self.handing = True
            while not self._put(key, {"kind": "crash.seen", "version": 1, "about": about, "body": body}):
                time.sleep(0.05)
            self.handing = False
            self.acknowledged[key] = (sha256(body.encode()).hexdigest(), about, well)
            self.end.wait(self.random.random() * 0.1)

    def _put(self, key: str, envelope: dict) -> bool:
        self.tries += 1
        port = self.ports[self.tries % len(self.ports)]
        door = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            door.request("PUT", f"/api/field/v1/reports/{key}", json.dumps(envelope), headers)
            return door.getresponse().status in (200, 201)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            door.close()


class Desk(threading.Thread):
    """A desk that has duties, goes on with them, hands them back, answers messages and closes some."""

    def __init__(self, office: int, people: list[int], seed: int) -> None:
        super().__init__(daemon=True)
        self.office, self.people, self.random = office, people, random.Random(seed)
        self.end, self.closed, self.did = threading.Event(), [], 0

    def run(self) -> None:
        import psycopg
        from django.db import Error, connection

        from dure.errors import Refused

        while not self.end.is_set():
            try:
                self._one_thing()
                self.did += 1
            except Refused:
                continue
            except (Error, psycopg.Error):  # killed under our hands: what wasn't confirmed may or may not be
                connection.close()
                time.sleep(0.2)
            self.end.wait(self.random.random() * 0.2)
        connection.close()

    def _one_thing(self) -> None:
        from dure import clock
        from dure.duty import actions
        from dure.duty.models import Duty, Outcome
        from dure.offices.acting import act
        from dure.outbox.actions import acknowledge
        from dure.outbox.models import Message
        from dure.people.models import Person

        act(self.office)
        now, by = clock.now(), Person.objects.get(pk=self.random.choice(self.people))
        open_now = list(Duty.objects.filter(closed_at=None, raised_at__isnull=False)[self.random.randint(0, 50) :][:1])
        for duty in open_now:
            what = self.random.random()
            claimed = duty.claims.filter(ended_at=None).select_related("by").first()
            if what < 0.1:
                actions.close_one(duty, by=by, outcome=Outcome.EXCUSED, now=now)
                self.closed.append(duty.pk)
            elif claimed and what < 0.5:
                actions.progress(duty, by=claimed.by, next_step="가는 중", now=now)
            elif claimed and what < 0.7:
                actions.hand_back(duty, by=claimed.by, now=now)
            else:
                actions.claim(duty, by=by, next_step="전화", until=now + actions.timedelta(minutes=9), now=now)
        for message in Message.objects.filter(sent_at__isnull=False, acknowledged_at=None).order_by("-id")[:1]:
            acknowledge(message, now=now)
