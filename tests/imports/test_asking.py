"""A long list is applied by the jobs: asked for once, done once, as who asked, and all of it or nothing."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from procrastinate.contrib.django import app

from dure.errors import Refused
from dure.health import jobs
from dure.health.models import Fault
from dure.imports import actions, asking, tasks
from dure.imports.kinds import Scope
from dure.imports.models import Asked, Upload
from dure.offices.acting import act
from dure.people.models import Membership, Person

from .. import make
from .staff import Staff
from .test_import import KIM, LEE, PARK, later, staff, taken

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.imports.urls")]


@pytest.fixture(autouse=True)
def long_from_two_rows(monkeypatch):
    """What makes a list a long one, and the kinds that the jobs know."""
    monkeypatch.setattr(asking, "SHORT", 2)
    monkeypatch.setattr(tasks, "import_string", lambda _: {"staff": Staff()})
    yield
    make.role("app")


@pytest.fixture
def scope() -> Scope:
    office = make.office()
    by = make.person(office, "담당자")
    act(office.pk, by.pk)
    return Scope(by, None, make.NOON, make.DAY)


def asked(scope: Scope, *rows: list, whole: bool = False) -> Upload:
    upload = taken(scope, *rows)
    digest = actions.look(upload, Staff(), scope).digest
    asking.ask(upload, Staff(), scope, Asked.APPLY, digest=digest, whole=whole)
    return now(upload)


def now(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


def waiting() -> list[dict]:
    """What the queue holds for the jobs."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE dure_owner")
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'asked.imports.carry_out' ORDER BY id")
        found = [json.loads(args) for (args,) in cursor.fetchall()]
        cursor.execute("SET ROLE dure_app")
    return found


def worked(tries: int = 0) -> None:
    """The jobs do what is waiting, with the rights of the engine and acting for nobody at first."""
    held = waiting()
    make.role("engine")
    act(None)
    try:
        for what in held:
            tasks.carry_out(**what, tries=tries)
    finally:
        make.role("app")
        act(held[0]["office"])


def test_a_short_list_is_applied_while_the_person_waits(scope):
    upload = asked(scope, KIM)
    assert (upload.applied_at, upload.asked_at, waiting()) == (scope.now, None, [])


def test_a_long_list_is_asked_for_and_applied_by_the_jobs_as_who_asked(scope):
    upload = asked(scope, KIM, LEE, PARK)
    assert (upload.asked_at, upload.asked_by, upload.applied_at, staff()) == (scope.now, scope.by, None, [])
    assert waiting() == [{"upload": str(upload.ref), "office": scope.office, "person": scope.by.pk}]
    assert "asked.imports.carry_out" in _known()

    worked()
    done = now(upload)
    assert [name for name, _, _ in staff()] == ["김하나", "박세라", "이두리"]
    assert (done.asked_at, bool(done.applied_at), done.changes.count()) == (None, True, 3)

    asking.ask(done, Staff(), later(scope), Asked.UNDO)
    assert now(upload).asked_for == Asked.UNDO and len(staff()) == 3
    worked()
    assert (staff(), now(upload).undone_by, now(upload).asked_at) == ([], scope.by, None)


def _known() -> set[str]:
    app.perform_import_paths()
    return set(app.tasks)


def test_pressed_twice_it_is_asked_for_once_and_a_job_that_runs_twice_applies_once(scope):
    upload = asked(scope, KIM, LEE, PARK)
    again = Scope(scope.by, None, scope.now + make.MINUTE, scope.today)
    asking.ask(upload, Staff(), again, Asked.APPLY, digest="another", whole=True)
    assert len(waiting()) == 1 and now(upload).asked_at == scope.now
    worked()
    worked()
    assert len(staff()) == 3 and now(upload).stopped_at is None


def test_what_takes_too_long_may_be_asked_for_once_more(scope):
    upload = asked(scope, KIM, LEE, PARK)
    much_later = Scope(scope.by, None, scope.now + asking.AGAIN + timedelta(seconds=1), scope.today)
    asking.ask(upload, Staff(), much_later, Asked.APPLY, digest=upload.digest)
    assert len(waiting()) == 2
    worked()
    assert len(staff()) == 3


def test_what_is_refused_says_so_and_leaves_everything_as_it_was(scope):
    upload = asked(scope, KIM, LEE, ["박세라", "010-1", ""], whole=True)
    worked()
    stopped = now(upload)
    assert (stopped.asked_at, stopped.applied_at, staff()) == (None, None, [])
    assert stopped.stopped_at and "아무것도 바꾸지 않았습니다" in stopped.stopped_why
    with pytest.raises(Refused, match="내용이 바뀌었습니다"):
        actions.apply(stopped, Staff(), scope, digest="", whole=False)
    asking.ask(stopped, Staff(), scope, Asked.APPLY, digest=actions.look(stopped, Staff(), scope).digest)
    worked()
    assert len(staff()) == 2 and now(upload).stopped_why == ""


def test_who_has_lost_the_right_meanwhile_changes_nothing(scope):
    upload = asked(scope, KIM, LEE, PARK)
    Membership.objects.filter(person=scope.by).update(until=make.DAY - timedelta(days=99))
    worked()
    assert staff() == [] and "권한이 없습니다" in now(upload).stopped_why


def test_a_crash_leaves_nothing_half_and_it_is_tried_again(scope, monkeypatch):
    upload = asked(scope, KIM, LEE, PARK)
    record, dies = actions._record, iter([OperationalError("the server closed the connection")])

    def dying(*what):
        for problem in dies:
            raise problem
        record(*what)

    monkeypatch.setattr(actions, "_record", dying)
    with pytest.raises(OperationalError):
        worked()
    assert staff() == [] and now(upload).asked_at == scope.now  # still asked for
    worked()
    assert len(staff()) == 3


def test_what_has_ended_one_process_after_the_other_is_given_up(scope):
    upload = asked(scope, KIM, LEE, PARK)
    worked(tries=jobs.TRIES + 1)
    assert staff() == [] and "오류가 났습니다" in now(upload).stopped_why and now(upload).asked_at is None


@pytest.mark.parametrize(("problem", "tries"), [(OperationalError("gone"), jobs.TRIES), (ZeroDivisionError(), 0)])
def test_what_breaks_for_good_is_said_in_plain_words(scope, monkeypatch, problem, tries):
    upload = asked(scope, KIM, LEE, PARK)

    def breaks(*_):
        raise problem

    monkeypatch.setattr(actions, "_record", breaks)
    with pytest.raises(type(problem)):
        worked(tries=tries)
    assert staff() == [] and "오류가 났습니다" in now(upload).stopped_why


def test_a_list_that_is_worked_on_is_left_alone(scope):
    upload = asked(scope, KIM, LEE, PARK)
    with pytest.raises(Refused, match="지금 처리하고"):
        actions.choose_columns(upload, Staff().columns(scope), {0: "name", 1: "phone"})
    actions.forget(scope.now + timedelta(days=1), scope.now)
    assert now(upload).forgotten_at is None


@pytest.mark.parametrize("change", [{"asked_by": None}, {"asked_for": ""}, {"asked_for": "anything"}])
def test_the_database_knows_who_asked_and_for_what(scope, change):
    upload = asked(scope, KIM, LEE, PARK)
    with pytest.raises(IntegrityError, match="upload_asked_says_by_whom_and_for_what"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(**change)


def test_the_web_can_ask_only_for_its_own_office_and_only_for_what_may_be_asked(scope):
    with connection.cursor() as cursor:
        act(None)
        cursor.execute("SELECT dure_ask('imports.carry_out', '{}')")
        assert cursor.fetchone() == (None,)
        act(scope.office, scope.by.pk)
        cursor.execute("""SELECT dure_ask('imports.carry_out', '{"office": 999999, "upload": "x"}')""")
    assert waiting() == [{"office": scope.office, "person": scope.by.pk, "upload": "x"}]
    assert {name for name in _known() if name.startswith("asked.")} == {"asked.imports.carry_out"}


def test_old_lists_are_let_go_every_night_in_every_office(scope, moved):
    old = taken(scope, KIM)
    other = make.office()
    new = taken(Scope(make.person(other), None, make.NOON + tasks.KEPT, make.DAY), LEE)
    moved(make.NOON + tasks.KEPT + timedelta(hours=1))
    make.role("engine")
    act(None)
    tasks.forget()
    make.role("owner")
    assert list(Upload.objects.order_by("id").values_list("pk", "forgotten_at", flat=False)) == [
        (old.pk, make.NOON + tasks.KEPT + timedelta(hours=1)),
        (new.pk, None),
    ]
    assert not Fault.objects.exists() and Person.objects.exists()
