"""A new contact order while duties are being opened: whatever isn't raised is bound to the newest, and nobody waits."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from tests import make
from tests.make import NOON

from dure.duty import actions, opening
from dure.duty.models import Duty, Outcome
from dure.errors import Refused
from dure.offices.acting import act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def emptied() -> Iterator[None]:
    """What these tests commit is emptied with the rights of a superuser; `make.office` is the app again."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE postgres")


class Two:
    """Somebody who opens duties and somebody who publishes, each with a connection of their own."""

    def __init__(self) -> None:
        self.person = make.person(make.office())
        self.office = self.person.office_id
        self.order = make.ladder(self.person.office, self.person, name="visit")
        self.waiting = make.duty(on=self.order)
        self.opened, self.published = threading.Event(), threading.Event()
        self.failed: list[BaseException] = []

    def open(self) -> Duty:
        owed = opening.Owed("test.duty", "Something is owed.", NOON, "visit")
        return opening.open_duties(self.office, [owed], by=None, now=NOON)[0]

    def publish(self) -> None:
        self.opened.wait(10)
        rungs = [make.rung(self.person), make.rung(self.person)]
        opening.publish_ladder(self.office, "visit", rungs, by=self.person, now=NOON)
        self.published.set()

    def run(self, *deeds) -> None:
        threads = [threading.Thread(target=self._alone, args=(deed,)) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)

    def _alone(self, deed) -> None:
        try:
            act(self.office)
            deed()
        except BaseException as problem:  # noqa: BLE001
            self.failed.append(problem)
        finally:
            self.opened.set()
            connection.close()


def versions() -> list[int]:
    """To which version each duty that is still owed is bound."""
    return list(Duty.objects.filter(closed_at=None).order_by("pk").values_list("ladder__version", flat=True))


def test_what_is_being_opened_while_a_new_order_is_published_is_bound_to_it():
    two = Two()

    def opening_slowly() -> None:
        with transaction.atomic():
            two.open()
            two.opened.set()
            two.published.wait(0.6)  # the publisher has begun by now, and waits

    two.run(opening_slowly, two.publish)
    assert (two.failed, versions()) == ([], [2, 2])


def test_who_has_a_duty_in_hand_and_opens_the_next_is_not_caught_in_a_ring():
    two = Two()

    def closing_and_opening() -> None:
        with transaction.atomic():
            actions.close([two.waiting], by=two.person, outcome=Outcome.KEPT, now=NOON)
            two.opened.set()
            two.published.wait(0.2)  # the publisher has the orders by now, and waits for this duty
            two.open()

    two.run(closing_and_opening, two.publish)
    assert (two.failed, versions()) == ([], [2])


def test_who_opens_for_long_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch):
    two = Two()
    monkeypatch.setattr(opening, "TRIES", 2)

    def opening_for_long() -> None:
        with transaction.atomic():
            two.open()
            two.opened.set()
            two.published.wait(2)

    two.run(opening_for_long, two.publish)
    assert [type(problem) for problem in two.failed] == [Refused]
    assert versions() == [1, 1]


def test_what_has_changed_before_its_time_is_bound_anew_and_what_is_raised_or_closed_stays():
    two = Two()
    raised, closed = make.duty(on=two.order), make.duty(on=two.order)
    actions.raise_duties([raised], by=two.person, why="now", now=NOON)
    actions.close([closed], by=two.person, outcome=Outcome.KEPT, now=NOON)
    mine = make.house(two.person.office)
    later = opening.Owed("test.duty", "Else.", NOON + make.TEN_MINUTES, "visit", organisation=mine.pk)
    before = {duty.pk: duty for duty in Duty.objects.all()}
    amended = opening.amend([(d, later) for d in (two.waiting, raised, closed)], by=two.person, now=NOON)
    assert [duty.pk for duty in amended] == [two.waiting.pk]
    two.waiting.refresh_from_db()
    assert (two.waiting.due_at, two.waiting.look_at, two.waiting.what, two.waiting.organisation) == (
        later.due_at, later.due_at, "Else.", mine,
    )  # fmt: skip
    for duty in (raised, closed):
        duty.refresh_from_db()
        assert (duty.due_at, duty.look_at) == (before[duty.pk].due_at, before[duty.pk].look_at)
