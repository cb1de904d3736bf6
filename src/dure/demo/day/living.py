"""Living a day: the clock goes from moment to moment, and at each what is due happens and people act."""

import heapq
from collections.abc import Generator, Iterable
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from dure import clock
from dure.care.models import Recipient, Visit
from dure.cases.models import Case
from dure.demo.day.clockwork import Clock
from dure.demo.day.hands import Browser, Phone
from dure.demo.day.telling import Teller
from dure.duty.models import Duty
from dure.people.models import Person

Episode = Generator[datetime, None, None]  # says at which moment it goes on


class Day:
    """The day as those who act in it see it: the time, the phones, the browsers, and what is on record."""

    def __init__(
        self, day: date, moved: Clock, teller: Teller, address: str, password: str, phones: dict[str, Phone]
    ) -> None:
        self.day, self.moved, self.teller, self.phones = day, moved, teller, phones
        self.address, self.password = address, password
        self.browsers: dict[str, Browser] = {}
        self.people = {p.username: p for p in Person.objects.filter(office__is_demo=True)}

    @property
    def now(self) -> datetime:
        """The moment of the story."""
        return self.moved.at

    def at(self, hour: int, minute: int = 0) -> datetime:
        """A time of the day."""
        return datetime.combine(self.day, time(hour, minute), clock.zone())

    def say(self, text: str, **values: Any) -> None:
        """Tell what happens."""
        self.teller.say(self.now, text % values if values else text)

    def office(self, username: str) -> Browser:
        """Somebody's browser; they sign in when they first need it."""
        if username not in self.browsers:
            self.browsers[username] = Browser(self.address, username, self.password)
        return self.browsers[username]

    def name(self, username: str) -> str:
        """How the story names somebody."""
        person = self.people[username]
        return f"{person.name} ({person.post})"

    def visit(self, provider: int, course: int, stop: int, meal: str = "lunch") -> Visit:
        """A visit of today by its place in the demo office: the provider's number, the course's, the stop's."""
        found = Visit.objects.filter(day=self.day, meal=meal, order=stop, worker__username=f"worker{provider}{course}")
        return found.select_related("recipient__place__area", "duty", "worker").get()

    def report(self, visit: Visit, outcome: str, *, by: str = "", seen_at: datetime | None = None, **body: Any) -> None:
        """A worker's phone reports a visit."""
        worker = by or (visit.worker.username if visit.worker else "")
        said = {"outcome": outcome, **body}
        self.phones[worker].report("care.visit", visit.ref, said, seen_at=seen_at or self.now, sent_at=self.now)

    def case_of(self, recipient: Recipient) -> Case:
        """The latest case of a recipient."""
        return Case.objects.filter(subject=recipient.ref).select_related("area").latest("id")

    def take_on(self, username: str, case: Case, next_step: str, take_over: bool = False) -> None:
        """Somebody has the case: the next step and by when."""
        duty = Duty.objects.get(about=case.ref, kind__in=["case.answer", "case.finish"], closed_at=None)
        said = {"next_step": next_step, "minutes": 10, "next": case.page} | ({"take_over": "on"} if take_over else {})
        self.office(username).post(f"/duties/{duty.ref}/claim/", **said)
        self.say(_("%(who)s has case %(case)s"), who=self.name(username), case=case)

    def step(self, username: str, case: Case, step: str, **fields: Any) -> None:
        """A step of the procedure, entered on the case's page."""
        self.office(username).post(f"/cases/{case.ref}/step/", step=step, **fields)

    def close(self, username: str, case: Case, finding: str, note: str = "") -> None:
        """The case ends with a finding."""
        self.office(username).post(f"/cases/{case.ref}/close/", finding=finding, note=note)
        case.refresh_from_db()
        self.say(
            _("%(who)s closes case %(case)s: %(finding)s"),
            who=self.name(username), case=case, finding=case.get_finding_display(),
        )  # fmt: skip

    def done(self, username: str, duties: Iterable[Duty], note: str = "") -> None:
        """What is closed from the board."""
        for duty in duties:
            self.office(username).post(f"/duties/{duty.ref}/close/", note=note)


def live(moved: Clock, teller: Teller, episodes: Iterable[Episode], until: datetime) -> None:
    """Go from moment to moment, whatever comes first: somebody acts, or something is due by itself."""
    waiting: list[tuple[datetime, int, Episode]] = []
    for number, episode in enumerate(episodes):
        _goes_on(waiting, number, episode, moved.at)
    while moved.at < until:
        comes = min(filter(None, [until, waiting[0][0] if waiting else None, moved.next_due()]))
        moved.move(max(comes, moved.at))
        moved.settle()
        teller.messages()
        while waiting and waiting[0][0] <= moved.at:
            _at, number, episode = heapq.heappop(waiting)
            _goes_on(waiting, number, episode, moved.at)
            moved.settle()
            teller.messages()


def _goes_on(waiting: list[tuple[datetime, int, Episode]], number: int, episode: Episode, now: datetime) -> None:
    """The episode acts, and says at which moment it goes on; nothing when it is over."""
    following = next(episode, None)
    if following is not None:
        heapq.heappush(waiting, (max(following, now), number, episode))
