"""What is thought of each thing that a security review asks for: well and not well, and then what to do."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from dure.desk.security.facts import Access, Found, Leaves, Networks, Sealed, Stands, Walls, Way
from dure.desk.security.judging import Item, judge, to_look_at

WELL = Found(
    Stands(
        host="care-1", system="Linux", dure="1", python="3.11", django="5.2", postgresql="18.4", database="db · dure",
        embedded=False, far=True, encrypted=True, data="/srv/dure",
    ),
    Networks(
        names=("dure.example.go.kr",), url="https://dure.example.go.kr", https=True, hsts=365 * 24 * 3600,
        office=("10.20.0.0/16",), proxies=("10.1.0.9",), unnamed=(), believed_inside=(), everywhere=(),
        second_step=True, idle=30, tries=5, locked=30, metrics_token=True,
    ),
    Leaves(
        ways=(Way("sms", "gateway", "sms.example.go.kr"), Way("email", "smtp", "mail.example.go.kr")), lives=True,
        outside="beat.example.go.kr", outside_encrypted=True, backups="/mnt/copies", backups_apart=True, kept=14,
        days=35, processors=3, transfers=2,
    ),
    Sealed(
        field_keys=1, keys_given=True, backup_key_given=True, backup_at=datetime(2026, 11, 23, 2, 30, tzinfo=UTC),
        backup_old=False, copies=14, sealed_at=datetime(2026, 11, 23, 3, tzinfo=UTC), unsealed=False,
        anchored_on=date(2026, 11, 23), anchor_old=False, verified_on=date(2026, 11, 1), verified_old=False,
    ),
    Walls(role="dure_app", roles_wrong=(), walled=111, open=(), shared=("health_beat",)),
    Access(
        by_role=(("Officer", 4),), accounts=4, without_second=0, given=0, unused=0, phones=2,
        reviewed=date(2026, 10, 1), review_late=False,
    ),
)  # fmt: skip


def items(part: str, **changed: Any) -> list[Item]:
    with translation.override("en"):
        found = replace(WELL, **{part: replace(getattr(WELL, part), **changed)})
        return to_look_at(judge(found))


def test_where_all_is_well_nothing_is_to_be_looked_at_and_nothing_is_to_be_done():
    parts = judge(WELL)
    assert to_look_at(parts) == []
    assert {item.todo for part in parts for item in part.items} == {""}
    assert sum(item.well is True for part in parts for item in part.items) == 26


@pytest.mark.parametrize(
    ("part", "changed", "name", "todo"),
    [
        ("stands", {"embedded": True}, "Data base", "DATABASE_URL"),
        ("stands", {"recent": False}, "Data base", "PostgreSQL 16"),
        ("stands", {"encrypted": False}, "Way to the data base", "sslmode"),
        ("stands", {"debug": True}, "Error pages", "DURE_DEBUG"),
        ("networks", {"names": ("*",)}, "Names it answers to", "DURE_HOSTS"),
        ("networks", {"https": False}, "Encryption of pages", "DURE_HTTPS=1"),
        ("networks", {"hsts": 0}, "Encryption of pages", "DURE_HTTPS=1"),
        ("networks", {"url": "http" + "://dure.example"}, "Address in messages", "DURE_URL"),
        ("networks", {"everywhere": ("DURE_OFFICE_NETWORKS",)}, "Office's networks", "DURE_OFFICE_NETWORKS"),
        ("networks", {"everywhere": ("DURE_PROXIES",)}, "Own proxies", "anybody may say"),
        ("networks", {"unnamed": ("10.1.0.8",)}, "Own proxies", "DURE_PROXIES"),
        ("networks", {"unnamed": ("socket",)}, "Own proxies", "DURE_PROXIES=127.0.0.1"),
        ("networks", {"second_step": False}, "Second step when signing in", "DURE_SECOND_FACTOR=always"),
        ("networks", {"idle": 61}, "Unused, signed out after", "DURE_IDLE_MINUTES"),
        ("networks", {"tries": 11}, "Wrong passwords", "DURE_TRIES"),
        ("leaves", {"ways": (Way("sms", "file"),)}, "Text messages", "DURE_SMS"),
        ("leaves", {"ways": (Way("email", "file"),)}, "E-mails", "DURE_EMAIL"),
        ("leaves", {"ways": (Way("email", "smtp", "m", False),)}, "E-mails", "DURE_SMTP begin with smtps"),
        ("leaves", {"ways": (Way("sms", "gateway", "g", False),)}, "Text messages", "GATEWAY_URL begin with https"),
        ("leaves", {"ways": (Way("sms", "solapi", "s", False),)}, "Text messages", "DURE_SOLAPI_URL begin with https"),
        ("leaves", {"ways": (Way("sms", "solapi", "s", True, ("DURE_SOLAPI_KEY",)),)}, "Text messages", "SOLAPI_KEY"),
        ("leaves", {"outside": ""}, "Told outside", "Set DURE_OUTSIDE_URL"),
        ("leaves", {"outside_encrypted": False}, "Told outside", "begin with https"),
        ("leaves", {"backups_apart": False}, "Back-ups", "DURE_BACKUPS"),
        ("leaves", {"backups_apart": None}, "Back-ups", "can't be seen"),
        ("sealed", {"keys_given": False}, "Door codes, illnesses, files", "DURE_FIELD_KEYS"),
        ("sealed", {"backup_key_given": False}, "Key of the back-ups", "DURE_BACKUP_KEY"),
        ("sealed", {"backup_old": True, "backup_at": None}, "Last back-up", "dure backup"),
        ("sealed", {"unsealed": True}, "Record of who did what", "dure jobs"),
        ("sealed", {"anchor_old": True, "anchored_on": None}, "Kept outside the data base", "dure jobs"),
        ("sealed", {"verified_old": True, "verified_on": None}, "Record last checked", "dure audit verify"),
        ("walls", {"roles_wrong": ("dure_app",)}, "Rights of the running system", "NOBYPASSRLS"),
        ("walls", {"open": ("care_visit",)}, "Tables that keep offices apart", "Stop the web"),
        ("walls", {"walled": 0}, "Tables that keep offices apart", "Stop the web"),
        ("access", {"without_second": 1}, "Owe a second step and have none yet", "next sign in"),
        ("access", {"given": 1}, "Passwords that somebody else gave", "change it"),
        ("access", {"unused": 1}, "Not used for 90 days", "end the accounts"),
        ("access", {"review_late": True}, "Review of who has looked", "sign"),
    ],
)  # fmt: skip
def test_each_thing_that_is_not_well_is_named_alone_with_what_to_do(part, changed, name, todo):
    [item] = items(part, **changed)
    assert item.name == name and todo in item.todo


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("stands", {"far": False, "encrypted": False}),  # a socket, or this machine
        ("networks", {"url": ""}),
        ("networks", {"office": ()}),  # everybody is outside: stricter, not looser
        ("networks", {"proxies": ()}),
        ("networks", {"metrics_token": False}),
        ("leaves", {"ways": (Way("sms", "file"),), "lives": False}),  # an invented office need reach nobody
        ("access", {"without_second": 3, "second_step": False}),
        ("access", {"reviewed": None}),  # nothing was owed yet
    ],
)
def test_what_is_all_right_as_well(part, changed):
    assert items(part, **changed) == []


def test_an_unnamed_proxy_inside_the_office_s_networks_is_said_to_let_everybody_in():
    [item] = items("networks", unnamed=("10.20.0.3",), believed_inside=("10.20.0.3",))
    assert "10.20.0.3" in item.says and "counts as inside" in item.todo


def test_of_each_way_out_it_is_said_what_goes_along():
    with translation.override("en"):
        said = {item.name: item.says for part in judge(WELL) if part.key == "leaves" for item in part.items}
    for each in ("Text messages", "E-mails"):
        assert "of who is served no name" in said[each] and "example.go.kr" in said[each]
    assert "no name and no number" in said["Told outside"]
