"""`dure doctor`: each thing that can be wrong is named in plain words, with what to do."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from tests import make
from tests.care import world
from tests.make import NOON

from dure.desk import doctor
from dure.desk.doctor import Finding, examine
from dure.desk.management.commands import doctor as command
from dure.health.actions import AUDIT, AUDIT_EVERY, beat, fault
from dure.offices.acting import rest
from dure.outbox.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def engine():
    make.role("engine")
    yield
    make.role("app")


def found(look, now=NOON, real=NOON) -> list[tuple[bool | None, str]]:
    """What one look finds; whoever finds something wrong says what to do."""
    findings = list(examine(now, real, [look]))
    assert all(finding.todo for finding in findings if finding.well is False)
    return [(finding.well, finding.what) for finding in findings]


@pytest.mark.parametrize("look", [doctor.database, doctor.migrations, doctor.walls, doctor.clocks])
def test_what_the_tests_stand_on_is_well(look):
    assert [well for well, _what in found(look)] == [True]


def test_a_migration_that_is_not_applied():
    make.role("owner")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'desk'")
    make.role("engine")
    ((well, what),) = found(doctor.migrations)
    assert well is False and "반영되지 않은" in what


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ("ALTER TABLE duty_duty DISABLE ROW LEVEL SECURITY", "duty_duty"),
        ("DROP POLICY office ON care_closure; DROP POLICY engine ON care_closure", "care_closure"),
        ("ALTER ROLE dure_app BYPASSRLS", "dure_app"),
        ("GRANT dure_owner TO dure_engine", "dure_engine"),
    ],
)
def test_a_wall_that_is_open(change, names):
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE postgres")
        cursor.execute(change)
    make.role("engine")
    ((well, what),) = found(doctor.walls)
    assert well is False and names in what


def test_whether_the_pages_answer(settings):
    answers = {"/healthz": 200}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answers[self.path])
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.DURE_URL = f"http://127.0.0.1:{server.server_port}"
    for code, well in ((200, True), (503, True), (500, False)):
        answers["/healthz"] = code
        assert [each for each, _ in found(doctor.web)] == [well]
    server.shutdown()
    server.server_close()
    assert [each for each, _ in found(doctor.web)] == [False]


def test_who_is_silent():
    beat("watch", real=NOON, clock_at=NOON)
    beat("sender", real=NOON - timedelta(minutes=2), clock_at=NOON)
    assert [well for well, _what in found(doctor.processes)] == [True, False, False]


def test_the_auditor_is_silent_after_five_minutes():
    for name, minutes in (("watch", 0), ("sender", 0), ("jobs", 0), (AUDIT, 6)):
        beat(name, real=NOON - timedelta(minutes=minutes), clock_at=NOON, every=AUDIT_EVERY if minutes else 5)
    assert [well for well, _what in found(doctor.processes)] == [True, True, True, False]


def test_something_due_that_nobody_was_told_of():
    make.role("app")
    officer = make.person(make.office())
    make.duty(officer, urgent=True)
    make.role("engine")
    rest()
    assert [well for well, _ in found(doctor.overdue, NOON + timedelta(seconds=30))] == [True]
    ((well, what),) = found(doctor.overdue, NOON + timedelta(minutes=2))
    assert well is False and "12:00" in what


def test_a_message_that_waits():
    make.role("app")
    office = make.office()
    for urgent in (True, False):
        Message.objects.create(
            office=office, channel="sms", address="1", urgent=urgent, template="x", created_at=NOON, try_at=NOON
        )
    make.role("engine")
    rest()
    for minutes, wells in ((0, [True]), (2, [False]), (20, [False, False])):
        assert [well for well, _ in found(doctor.unsent, NOON + timedelta(minutes=minutes))] == wells


def test_an_urgent_message_that_is_tried_again_and_again_waits_from_when_it_was_owed():
    make.role("app")
    Message.objects.create(
        office=make.office(), channel="sms", address="1", urgent=True, template="x", created_at=NOON,
        try_at=NOON + timedelta(minutes=3),
    )  # fmt: skip
    make.role("engine")
    rest()
    ((well, what),) = found(doctor.unsent, NOON + timedelta(minutes=2))
    assert well is False and "12:00" in what


def test_what_must_be_mended():
    assert found(doctor.to_mend)[0][0] is True
    fault("roster 1", "A roster is empty.", now=NOON)
    assert found(doctor.to_mend)[0][0] is None
    fault("silent watch", "It is silent.", now=NOON, outside=True)
    assert found(doctor.to_mend)[0][0] is False


def test_back_ups():
    assert found(doctor.backed_up)[0][0] is False
    beat("backup", real=NOON, clock_at=NOON)
    assert found(doctor.backed_up, real=NOON + timedelta(hours=25))[0][0] is True
    for hours in (27, -1):  # that of a clock that has been set back doesn't count
        assert found(doctor.backed_up, real=NOON + timedelta(hours=hours))[0][0] is False


def test_a_full_disk(settings, tmp_path, monkeypatch):
    settings.DATA, settings.DURE_BACKUPS = tmp_path, str(tmp_path / "not" / "there" / "yet")
    for free, well in ((100 * 2**30, True), (2**30, False)):
        monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _, free=free: (200 * 2**30, 0, free))
        assert [each for each, _ in found(doctor.space)] == [well, well]


def test_messages_that_reach_nobody(settings):
    settings.DURE_CARRIERS, settings.DURE_SMTP, settings.DURE_OUTSIDE_URL = {"sms": "file", "email": "smtp"}, "", "x"
    assert [well for well, _ in found(doctor.carriers)] == [None, False]
    make.office()
    make.role("engine")
    assert [well for well, _ in found(doctor.carriers)] == [False, False]
    settings.DURE_SMTP = "smtp://mail"
    assert [well for well, _ in found(doctor.carriers)] == [False, True]
    settings.DURE_CARRIERS, settings.DURE_GATEWAY_URL = {"sms": "solapi", "email": "gateway"}, "https://gateway"
    assert [well for well, _ in found(doctor.carriers)] == [False, False]
    settings.DURE_GATEWAY_KEY, settings.DURE_SOLAPI = "k", {"key": "a", "secret": "b", "from": "021234567"}
    assert [well for well, _ in found(doctor.carriers)] == [True, True]


def test_a_night_that_nobody_answers():
    make.role("app")
    made = world.build()
    make.role("engine")
    rest()
    results = found(doctor.rosters)
    assert results and all(str(made.office) in what for _, what in results)


def test_without_a_database_nothing_more_is_looked_at():
    def away(now, real):
        raise OperationalError("connection refused\nIs the server running?")
        yield

    (only,) = examine(NOON, NOON, [away, doctor.space])
    assert only.well is False and "connection refused" in only.what and only.todo


def test_what_cannot_be_looked_at_is_wrong_and_the_rest_goes_on():
    def broken(now, real):
        raise ProgrammingError('relation "duty_duty" does not exist')
        yield

    assert [finding.well for finding in examine(NOON, NOON, [broken, doctor.database])] == [False, True]


@pytest.mark.parametrize(("well", "code"), [(True, 0), (None, 0), (False, 1)])
def test_it_ends_with_one_when_something_is_wrong(monkeypatch, well, code):
    monkeypatch.setattr(command, "examine", lambda now, real: [Finding(well, "Seen.", "Do this." if not well else "")])
    out, ended = StringIO(), 0
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        ended = end.code
    assert ended == code and out.getvalue().startswith({True: "✓", None: "·", False: "✗"}[well] + " Seen.")


def test_what_the_auditor_misses_is_said():
    make.role("app")
    make.duty(make.person(make.office()))
    make.role("engine")
    assert found(doctor.told)[0][0] is True
    ((well, what),) = found(doctor.told, now=NOON + timedelta(minutes=2))
    assert well is False and "1건" in what


def test_trial_messages_are_said_with_their_age(settings):
    settings.DURE_CARRIERS = {"sms": "file", "email": "smtp"}
    assert [well for well, _ in found(doctor.tried)] == [None, None]
    beat("canary sms", real=NOON, clock_at=NOON)
    assert found(doctor.tried, real=NOON + timedelta(minutes=60))[0] == (
        True, "마지막 시험 발송(sms)은 60분 전에 나갔습니다.",
    )  # fmt: skip
    for minutes in (80, -60):  # that of a clock that has been set back doesn't count
        assert found(doctor.tried, real=NOON + timedelta(minutes=minutes))[0][0] is False
