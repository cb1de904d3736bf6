"""A long list of recipients is applied and taken back by the jobs, with the engine's rights, for who asked."""

import pytest

from dure.care.imports.recipients import Recipients
from dure.care.models import MealPlan, Recipient
from dure.imports import actions, asking, tasks
from dure.imports.kinds import Scope
from dure.imports.models import Action, Asked, Upload
from dure.offices.acting import act

from .. import make
from .test_import_recipients import HONG, LIM, scope, taken, with_  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def long_from_one_row(monkeypatch):
    monkeypatch.setattr(asking, "SHORT", 0)
    yield
    make.role("app")


def asked_and_done(upload: Upload, of: Scope, what: Asked, digest: str = "") -> Upload:
    act(of.office, of.by.pk)
    asking.ask(upload, Recipients(), of, what, digest=digest)
    make.role("engine")
    act(None)
    tasks.carry_out(upload=str(upload.ref), office=of.office, person=of.by.pk, tries=0)
    make.role("app")
    act(of.office, of.by.pk)
    return Upload.objects.get(pk=upload.pk)


def test_a_list_goes_in_is_changed_and_comes_back_out_by_the_jobs(scope):  # noqa: F811
    for rows in ([HONG, LIM], [with_(HONG, 보호자="홍새로", 점심="12:10"), LIM]):
        upload = taken(scope, *rows)
        of = Scope(scope.by, upload.organisation, scope.now, scope.today)
        done = asked_and_done(upload, of, Asked.APPLY, actions.look(upload, Recipients(), of).digest)
        assert done.applied_at and done.stopped_why == ""
    first, second = Upload.objects.order_by("id")
    assert list(second.changes.values_list("action", flat=True)) == [Action.UPDATED, Action.UNCHANGED]

    for upload in (second, first):
        done = asked_and_done(upload, Scope(scope.by, upload.organisation, scope.now, scope.today), Asked.UNDO)
        assert done.undone_at and [change.stays for change in done.changes.all() if change.stays] == []
    assert (Recipient.objects.count(), MealPlan.objects.count()) == (0, 0)
