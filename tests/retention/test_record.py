"""The record goes by whole seals from its oldest on, says so itself, and what is missing otherwise is still found."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from dure import clock
from dure.audit.actions import note, seal
from dure.audit.anchors import Anchor
from dure.audit.models import Entry, Seal
from dure.audit.verify import verify
from dure.duty.opening import publish_ladder
from dure.retention import actions
from tests import make
from tests.audit.test_seal import ENDED, superuser
from tests.care import world as w
from tests.make import NOON
from tests.retention.lives import tonight

pytestmark = pytest.mark.django_db
OLD = datetime(2020, 3, 1, 3, 0, tzinfo=UTC)


def sealed(most: int) -> None:
    superuser(ENDED)
    make.role("engine")
    while seal(clock.now(), most):
        pass
    make.role("app")


def looked_at(anchors=()):
    make.role("engine")
    try:
        return verify(anchors)
    finally:
        make.role("app")


@pytest.fixture
def world(moved, tmp_path):
    """Nine lines of six years ago in seals of four, then those of today."""
    moved(OLD)
    world = w.build()
    rung = [{"who": "officer", "of": "office", "wait": 3600, "channels": []}]
    publish_ladder(world.office.pk, "paper", rung, by=None, now=NOON)
    superuser("DELETE FROM audit_entry")
    for number in range(9):
        note(at=OLD + timedelta(days=number), who=world.officer, did="looked", about=world.provider)
    moved(NOON)
    note(at=NOON, who=world.officer, did="looked", about=world.provider)
    sealed(4)
    return world


def run(world, moved, folder, at_once=1_000):
    moved(NOON)
    found = tonight(world.office, NOON, folder)
    actions.confirm(found, by=world.officer, now=NOON)
    return tonight(world.office, NOON, folder, at_once)


@pytest.mark.parametrize("at_once", [1, 4, 1_000])
def test_whole_seals_go_and_the_record_is_whole_afterwards(world, moved, tmp_path, at_once):
    run(world, moved, tmp_path, at_once)
    assert Entry.objects.filter(at__lt=NOON).count() == 1  # in one seal with a line of today
    found = looked_at()
    assert (found.whole, found.let_go, found.let_go_on) == (True, 8, NOON.date())
    sealed(4)
    assert looked_at().whole


def test_a_line_that_is_missing_otherwise_is_still_found(world, moved, tmp_path):
    run(world, moved, tmp_path)
    superuser("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry WHERE seal_id IS NOT NULL)")
    assert not looked_at().whole


def test_a_seal_emptied_without_a_run_is_found(world):
    superuser("DELETE FROM audit_entry WHERE seal_id = (SELECT min(id) FROM audit_seal)")
    assert not looked_at().whole


def test_an_anchor_shows_that_what_was_let_go_was_too_young(world, moved, tmp_path):
    run(world, moved, tmp_path)
    second = Seal.objects.order_by("id")[1].sha256
    assert looked_at([Anchor(OLD.date(), second)]).whole
    assert not looked_at([Anchor(NOON.date() - timedelta(days=30), second)]).whole


def test_a_forged_statement_explains_no_other_seal(world, moved, tmp_path):
    last = Seal.objects.order_by("-id")[0]
    superuser("DELETE FROM audit_entry WHERE seal_id = (SELECT min(id) FROM audit_seal)")
    superuser(
        "INSERT INTO audit_entry (office_id, at, did, about, why)"
        f" VALUES (0, now(), 'let go', 'seal {last.pk}', '4 {'0' * 64}')"
    )
    assert not looked_at().whole


def test_who_is_held_back_holds_the_record(world, moved, tmp_path):
    from dure.audit.looks import Look

    somebody = w.recipient(world)
    superuser("DELETE FROM audit_entry; DELETE FROM audit_seal")
    Look(world.office.pk, world.officer.pk, OLD, "10.0.0.9", "page care:recipients").write({somebody.ref})
    sealed(4)
    actions.hold("recipient", somebody.ref, "소송", NOON.date(), by=world.officer, now=NOON)
    moved(NOON)
    tonight(world.office, NOON, tmp_path)
    assert Entry.objects.filter(did="looked").count() == 1


@pytest.mark.parametrize("role", ["app", "engine"])
def test_nobody_deletes_a_line(world, role):
    make.role(role)
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry")
