"""What machines outside are told: 503 when nobody is told of what is overdue, figures without anybody's data."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from tests import make
from tests.make import NOON

from dure import clock
from dure.desk.figures import HELP, as_text, figures
from dure.desk.views import outside
from dure.health.actions import beat, fault
from dure.outbox.models import Message

pytestmark = pytest.mark.django_db
LINE = re.compile(r"dure_[a-z_]+(\{[a-z]+=\"[a-z]+\"\})? -?[0-9.e+]+")


def heard(*names: str) -> None:
    make.role("engine")
    for name in names:
        beat(name, real=clock.real(), clock_at=NOON)
    make.role("app")


@pytest.mark.parametrize(
    ("names", "status", "silent"),
    [
        (["watch", "sender"], 200, []),
        (["watch", "sender", "jobs"], 200, []),
        (["watch", "jobs"], 503, ["sender"]),
        ([], 503, ["watch", "sender"]),
    ],
)
def test_all_is_well_only_when_people_are_told(names, status, silent):
    heard(*names)
    answer = Client().get("/healthz")
    assert answer.status_code == status
    assert answer.json() == {"well": not silent, "database": True, "silent": silent, "unsent": False}


def test_all_is_not_well_while_an_urgent_message_does_not_leave():
    """It has been tried again and again, and is to be tried soon."""
    heard("watch", "sender")
    owed = {"office": make.office(), "channel": "sms", "address": "1", "template": "x", "urgent": True}
    now = clock.now()
    message = Message.objects.create(**owed, created_at=now - timedelta(seconds=50), try_at=now)
    assert Client().get("/healthz").status_code == 200
    message.created_at, message.try_at = now - timedelta(minutes=2), now + timedelta(minutes=1)
    make.role("engine")
    message.save()
    make.role("app")
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["unsent"]) == (503, True)
    found = {(name, label): value for name, label, value in figures(now, clock.real())}
    assert (found["messages_waiting", "urgent"], found["message_waiting_seconds", "urgent"]) == (1, 120)


def test_without_the_database_nothing_is_well(monkeypatch):
    def away(*_, **__):
        from django.db import OperationalError

        raise OperationalError("the server has gone")

    monkeypatch.setattr(outside, "silent", away)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (
        503, {"well": False, "database": False, "silent": [], "unsent": False},
    )  # fmt: skip


def test_figures_count_all_offices_and_name_nobody():
    for each in range(2):
        office = make.office()
        officer = make.person(office, f"담당자{each}")
        duty = make.duty(officer, urgent=bool(each))
        assert duty.look_at == NOON
        fault("roster 1", "A roster is empty.", now=NOON, office=office.pk)
    heard("watch")
    found = {(name, label): value for name, label, value in figures(NOON + timedelta(seconds=90), clock.real())}
    assert {name for name, _ in found} == set(HELP)
    assert [found[name, ""] for name in ("duties_open", "duties_raised", "duty_unmoved_seconds", "faults_open")] == [
        2, 0, 90, 2,
    ]  # fmt: skip
    assert found["messages_waiting", "urgent"] == found["message_waiting_seconds", "ordinary"] == 0
    assert 0 <= found["beat_age_seconds", "watch"] < 5
    assert figures(NOON - timedelta(hours=1), clock.real())[2] == ("duty_unmoved_seconds", "", 0)


def test_the_format_is_prometheus_s():
    heard("watch", "sender")
    answer = Client().get("/metrics")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert all(LINE.fullmatch(line) for line in lines if not line.startswith("# "))
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert sorted(types) == sorted(f"dure_{name}" for name in HELP) and len(set(types)) == len(types)
    assert "dure_reports_received_total counter" in "\n".join(lines)
    assert as_text([("messages_waiting", "urgent", 3.0)]).endswith('dure_messages_waiting{lane="urgent"} 3\n')


@pytest.mark.parametrize(
    ("token", "asked", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.7"}, 403),
        ("", {"HTTP_X_FORWARDED_FOR": "10.0.0.7"}, 403),  # a proxy on this machine asks for somebody else
        ("", {"HTTP_X_FORWARDED_PROTO": "https"}, 403),
        ("secret", {}, 403),
        ("secret", {"HTTP_AUTHORIZATION": "Bearer Secret"}, 403),
        ("secret", {"HTTP_AUTHORIZATION": "Bearer secret", "REMOTE_ADDR": "10.0.0.7"}, 200),
    ],
)
def test_figures_are_for_this_machine_or_for_who_has_the_token(settings, token, asked, status):
    settings.DURE_METRICS_TOKEN = token
    assert Client(**asked).get("/metrics").status_code == status


def test_the_web_itself_sees_no_row_by_it():
    make.person(make.office())
    from dure.offices.acting import rest

    rest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM duty_duty")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT has_function_privilege('public', 'dure_figures(timestamptz)', 'EXECUTE')")
        assert cursor.fetchone() == (False,)
