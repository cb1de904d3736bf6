"""The auditor's job leaves what runs some time after a start, and then looks every minute."""

import pytest

from dure.duty import tasks


@pytest.mark.parametrize(("since", "looks"), [(10.0, []), (120.0, ["looked"])])
def test_after_a_start_what_was_due_meanwhile_is_told_before_it_is_missed(monkeypatch, since, looks):
    seen: list[str] = []
    monkeypatch.setattr(tasks, "monotonic", lambda: tasks.BEGAN + since)
    monkeypatch.setattr(tasks, "audit", lambda now, late: seen.append("looked"))
    tasks.audit_what_was_told()
    assert seen == looks
