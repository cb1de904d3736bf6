"""Two who do the same at the same moment: a day is opened once, and nobody waits for each other for ever."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import connection, transaction

from dure.care import alarms
from dure.care.models import Visit
from dure.care.opening import open_day
from dure.cases import actions
from dure.cases.models import Case, Finding, Source, Step
from dure.duty.models import Duty
from dure.errors import Refused
from dure.offices.acting import act
from tests import make
from tests.care import world as w
from tests.care.world import DAY, DUE, MORNING

pytestmark = pytest.mark.django_db(transaction=True)


def together(office: int, *deeds) -> None:
    """Each deed in a thread and a connection of its own; what fails there fails here."""
    failed: list[BaseException] = []

    def run(deed) -> None:
        try:
            act(office)
            deed()
        except BaseException as problem:  # noqa: BLE001
            failed.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert failed == []


@contextmanager
def emptied_afterwards() -> Iterator[None]:
    """What these tests commit is emptied with the rights of a superuser; `make.office` is the app again."""
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE postgres")


@emptied_afterwards()
def test_a_day_opened_by_two_at_once_is_opened_once():
    world = w.build()
    for _ in range(20):
        w.recipient(world)
    gate = threading.Barrier(2)

    def opening() -> None:
        gate.wait(10)
        open_day(world.office.pk, DAY, now=MORNING)

    together(world.office.pk, opening, opening)
    owed = Counter(Duty.objects.values_list("kind", flat=True))
    assert (Visit.objects.count(), owed) == (20, {"care.visit": 20, "care.course": 1})


@emptied_afterwards()
def test_a_no_reply_at_the_very_moment_of_silence_waits_and_makes_one_case():
    """The watch holds the duty and opens the case; the report holds nothing that the watch waits for."""
    world = w.build()
    assert world.visit
    held, reported = threading.Event(), threading.Event()

    def silence() -> None:
        make.role("engine")
        act(world.office.pk)
        with transaction.atomic():
            duty = Duty.objects.select_for_update(no_key=True).get(pk=world.visit.duty_id)
            held.set()
            reported.wait(1)  # the report is under way by now, and waits for the duty
            alarms.on_silence(duty, DUE)

    def report() -> None:
        held.wait(10)
        timer = threading.Timer(0.3, reported.set)
        timer.start()
        w.says(world, "no_reply")

    together(world.office.pk, silence, report)
    case = Case.objects.get()
    assert (case.source, w.fresh(world).duty.outcome) == ("worker", "passed_on")


@emptied_afterwards()
def test_a_case_that_ends_while_its_person_is_missed_again_waits_and_nobody_fails():
    """The watch holds the visit and wants the case; who closes the case takes the visit first too."""
    world = w.build()
    assert world.visit
    case = alarms.cannot_reach(world.recipient, Source.DESK, by=world.desk, now=MORNING)
    actions.record(case, Step.SEEN, by=world.desk, now=MORNING + make.MINUTE)
    duty = make.duty(on=world.visit.duty.ladder, due_at=DUE, kind="care.visit", about=world.visit.ref)
    Visit.objects.filter(pk=world.visit.pk).update(duty=duty)
    held, closing = threading.Event(), threading.Event()

    def silence() -> None:
        make.role("engine")
        act(world.office.pk)
        with transaction.atomic():
            taken = Duty.objects.select_for_update(no_key=True).get(pk=duty.pk)
            held.set()
            closing.wait(1)  # who closes is under way by now
            alarms.on_silence(taken, DUE)

    def close() -> None:
        held.wait(10)
        threading.Timer(0.3, closing.set).start()
        with transaction.atomic(), suppress(Refused):  # missed again: not seen since
            alarms.before_case_ends(case)
            ended = actions.close_case(case, finding=Finding.DIED, by=world.desk, now=DUE)
            alarms.after_case(ended, by=world.desk, now=DUE)

    together(world.office.pk, silence, close)
    case.refresh_from_db()
    assert (case.closed_at, case.seen_at) == (None, None)
    assert "case.answer" in w.owed(case)
