"""The page itself: as the running system is, with the rights of the web, and no secret on it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import make
from tests.care.pages import signed_in
from tests.matrix import pages
from tests.test_permissions import BY_KEY, OPEN

from dure import clock, urls
from dure.audit import anchors
from dure.desk.reviewing import KIND
from dure.desk.security.doors import DOORS
from dure.desk.security.facts import Found
from dure.desk.security.reading import read, way
from dure.duty.opening import Owed, open_duties
from dure.health.actions import beat, fault
from dure.offices.acting import act
from dure.offices.models import Office
from dure.people.actions import standing
from dure.people.models import Person, Role
from dure.signing.models import CodeApp, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    return make.person(make.office(), as_=Role.ADMIN)


def found(admin: Person, now=make.NOON, real=None) -> Found:
    act(admin.office_id, admin.pk, None)
    office = Office.objects.get(pk=admin.office_id)
    return read(standing(admin, make.DAY), office, now=now, real=real or clock.real())


def page(admin: Person) -> str:
    answer = signed_in(admin).get("/security/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_open_addresses_are_those_without_a_door():
    declared = [route for door in DOORS for route in door.routes]
    assert sorted(declared) == sorted([*OPEN, BY_KEY])
    routes = [each.route for each in pages(urls.urlpatterns)]
    assert all(any(route.startswith(each) for route in routes) for each in declared)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.CENTRE, Role.PROVIDER, Role.WORKER])
def test_it_is_for_administrators_alone(role):
    assert signed_in(make.person(make.office(), as_=role)).get("/security/").status_code == 403


def test_no_secret_stands_on_it(admin, settings, monkeypatch):
    settings.DURE_CARRIERS = {"sms": "gateway", "email": "smtp"}
    settings.DURE_SMTP = "smtp" + "://post:secret-mail@mail.example:587"
    settings.DURE_GATEWAY_URL = "https" + "://relay:secret-relay@sms.example/secret-path?key=secret-query"
    settings.DURE_OUTSIDE_URL = "https" + "://beat.example/secret-ping"
    settings.DURE_GATEWAY_KEY = settings.DURE_BACKUP_KEY = settings.DURE_METRICS_TOKEN = "secret-key"
    monkeypatch.setenv("DATABASE_URL", "postgresql://dure_app:secret-base@db/dure")
    shown = page(admin)
    assert all(host in shown for host in ("mail.example", "sms.example", "beat.example"))
    assert "secret-" not in shown
    assert settings.SECRET_KEY not in shown and not any(key in shown for key in settings.DURE_FIELD_KEYS)


def test_it_says_where_it_stands_as_it_is(admin):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        (version,) = cursor.fetchone()
    stands, shown = found(admin).stands, page(admin)
    assert stands.postgresql == version and stands.recent and not stands.far
    assert all(each in shown for each in (version, stands.host, stands.python, stands.django))


@pytest.mark.parametrize(("host", "far"), [("/tmp/x", False), ("localhost", False), ("db", True), ("db1,db2", True)])
def test_a_data_base_elsewhere_is_told_by_its_address(admin, settings, monkeypatch, host, far):
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", host)
    assert found(admin).stands.far is far


@pytest.mark.parametrize(
    ("carrier", "url", "host", "safe", "missing"),
    [
        ("smtp", "smtps" + "://a:b@m.example", "m.example", True, ()),
        ("smtp", "smtp" + "://a:b@m.example:587", "m.example", False, ()),
        ("smtp", "smtp" + "://localhost", "localhost", True, ()),
        ("smtp", "", "", True, ("DURE_SMTP",)),
        ("smtp", "smtp" + "://[", "", False, ()),
    ],
)
def test_how_messages_leave(settings, carrier, url, host, safe, missing):
    settings.DURE_SMTP = url
    said = way("email", carrier)
    assert (said.to, said.encrypted, said.missing) == (host, safe, missing)


def test_networks_that_name_the_whole_internet_and_proxies_that_nobody_named(admin, settings):
    settings.DURE_OFFICE_NETWORKS, settings.DURE_PROXIES = ["10.20.0.0/16", "::/0"], ["10.1.0.9"]
    act(admin.office_id, admin.pk, None)
    fault("proxy 10.20.0.3", "%(address)s", {"address": "10.20.0.3"}, now=make.NOON)
    networks = found(admin).networks
    assert networks.everywhere == ("DURE_OFFICE_NETWORKS",)
    assert networks.unnamed == networks.believed_inside == ("10.20.0.3",)
    assert "10.20.0.3" in page(admin)


def test_walls_are_counted_as_they_are_and_one_that_is_open_is_named(admin):
    walls = found(admin).walls
    assert (walls.role, walls.roles_wrong, walls.open) == ("dure_app", (), ())
    assert walls.walled > 50 and "care_recipient" not in walls.shared and "health_beat" in walls.shared
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE postgres")
        cursor.execute("ALTER TABLE care_closure DISABLE ROW LEVEL SECURITY")
        cursor.execute("ALTER ROLE dure_app BYPASSRLS")
    make.role("app")
    broken = found(admin).walls
    assert (broken.open, broken.roles_wrong, broken.walled) == (("care_closure",), ("dure_app",), walls.walled - 1)
    assert "care_closure" in page(admin)


def test_who_has_access_is_counted(admin):
    office, real = Office.objects.get(pk=admin.office_id), clock.real()
    made = {}
    for name in ("seconded", "bare", "given", "unused", "left"):
        made[name] = person = make.person(office, name, as_=Role.OFFICER)
        person.set_password("a long password")
        person.save()
    worker = make.person(office, as_=Role.WORKER)
    worker.set_password("a long password")
    worker.save()
    Person.objects.filter(pk=made["given"].pk).update(password_given_at=real)
    Person.objects.filter(pk=made["unused"].pk).update(last_login=real - timedelta(days=91))
    Person.objects.filter(pk=made["left"].pk).update(left_at=make.NOON)
    for name in ("seconded", "given", "unused"):
        CodeApp.objects.create(office=office, person=made[name], sealed="x", since=real)
    access = found(admin).access
    assert (access.accounts, access.without_second, access.given, access.unused) == (5, 1, 1, 1)
    assert dict(access.by_role)[str(Role.OFFICER.label)] == 4
    SignIn.objects.create(
        office=office, person=made["unused"], begun_at=real - timedelta(days=91), proved_at=real, used_at=real
    )
    assert found(admin).access.unused == 0  # signed in long ago, and still used


def test_a_review_that_is_overdue(admin):
    owed = Owed(
        kind=KIND, what="x", values={}, due_at=make.NOON + timedelta(days=1), ladder="paper", page="/looks/",
        about=admin.ref,
    )  # fmt: skip
    make.ladder(admin.office, admin, name="paper")
    open_duties(admin.office_id, [owed], by=None, now=make.NOON)
    assert not found(admin).access.review_late
    assert found(admin, now=make.NOON + timedelta(days=2)).access.review_late


def test_back_ups_and_the_record(admin, settings, tmp_path: Path):
    settings.DURE_BACKUPS, real = str(tmp_path), clock.real()
    bare = found(admin, real=real).sealed
    assert (bare.backup_at, bare.backup_old, bare.copies) == (None, True, 0)
    assert bare.anchor_old and bare.verified_old and bare.anchored_on is bare.verified_on is None
    make.role("engine")
    beat("backup", real=real - timedelta(hours=20), clock_at=make.NOON, every=86400)
    make.role("app")
    (tmp_path / "dure-2026-11-23T023000Z.backup").write_bytes(b"")
    (tmp_path / anchors.NAME).write_text(f"2026-11-23 {'a' * 64}\n")
    anchors.verified(tmp_path, real - timedelta(days=34))
    kept = found(admin, real=real).sealed
    assert (kept.backup_old, kept.copies, kept.anchored_on, kept.anchor_old) == (False, 1, date(2026, 11, 23), False)
    assert not kept.verified_old and kept.verified_on
    late = found(admin, now=make.NOON + timedelta(days=3), real=real + timedelta(days=3)).sealed
    assert late.backup_old and late.anchor_old and late.verified_old


def test_a_folder_that_cannot_be_seen_is_said_to_be_unknown(admin, settings, tmp_path):
    settings.DURE_BACKUPS = str(tmp_path / "elsewhere")
    seen = found(admin)
    assert (seen.sealed.copies, seen.leaves.backups_apart) == (None, None)
    assert "백업 폴더가 보이지 않습니다" in page(admin)


def test_it_asks_as_often_however_many_people_there_are(admin):
    make.organisation(admin.office)
    client, counts = signed_in(admin), []
    client.get("/security/")
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get("/security/")
        counts.append(len(asked))
        act(admin.office_id)
        for _ in range(5):
            make.organisation(admin.office)
            make.person(admin.office)
    assert counts[0] == counts[1] < 60, counts
