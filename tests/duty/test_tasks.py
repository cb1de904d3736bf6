"""The auditor's job leaves what runs some time after a start, and then looks every minute."""

import pytest
from django.db import ProgrammingError, transaction
from tests import make

from dure.duty import auditor, tasks
from dure.health.models import Beat


@pytest.fixture
def engine(db):
    make.role("engine")
    yield
    make.role("app")


@pytest.mark.parametrize(("since", "looks"), [(10.0, []), (120.0, ["looked"])])
def test_after_a_start_what_was_due_meanwhile_is_told_before_it_is_missed(engine, monkeypatch, since, looks):
    seen: list[str] = []
    monkeypatch.setattr(tasks, "monotonic", lambda: tasks.BEGAN + since)
    monkeypatch.setattr(tasks, "audit", lambda now, late: seen.append("looked"))
    tasks.audit_what_was_told()
    assert seen == looks
    assert Beat.objects.filter(name="audit").exists() == bool(looks)


def test_one_that_fails_gives_no_sign_of_life(engine, monkeypatch):
    monkeypatch.setattr(tasks, "monotonic", lambda: tasks.BEGAN + 120)
    monkeypatch.setitem(auditor.QUERIES, "due", "SELECT nothing FROM nowhere")
    with pytest.raises(ProgrammingError), transaction.atomic():
        tasks.audit_what_was_told()
    assert not Beat.objects.exists()
