"""Whose rows are seen: by nobody unless said, by no other office, by a provider only its own."""

from uuid import uuid4

import pytest
from django.db import Error, connection, transaction
from tests import make
from tests.duty import world
from tests.make import NOON

from dure.duty import actions
from dure.duty.models import Claim, Duty, Outcome, Report, Telling
from dure.duty.reports import Envelope, keep
from dure.offices.acting import act, acting, rest
from dure.offices.models import Office
from dure.people.models import Device, Person

pytestmark = pytest.mark.django_db

WITHOUT_OFFICE = {  # tables without row-level security, and why
    "audit_seal": "hashes over the record of all offices",
    "auth_group": "Django's, unused",
    "auth_group_permissions": "Django's, unused",
    "auth_permission": "Django's, unused",
    "django_content_type": "Django's, names of models",
    "django_migrations": "Django's, names of migrations",
    "django_session": "Django's: found by a secret key only",
    "dure_clock": "the moved clock of demo and tests",
    "health_beat": "signs of life of the processes",
    "signing_count": "counts of what is done too often, by person or address: the web may count, and see none",
}
PROTECTED = """
SELECT c.relname, c.relrowsecurity,
       array(SELECT p.polname FROM pg_policy p WHERE p.polrelid = c.oid AND 'dure_app'::regrole = ANY (p.polroles)),
       array(SELECT p.polname FROM pg_policy p WHERE p.polrelid = c.oid AND 'dure_engine'::regrole = ANY (p.polroles)),
       array(SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p
             WHERE p.polrelid = c.oid AND 'dure_app'::regrole = ANY (p.polroles) AND p.polcmd <> 'r'
             AND p.polpermissive),
       pg_get_userbyid(c.relowner)
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""


def ask(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def with_office() -> list[str]:
    found = ask("SELECT table_name FROM information_schema.columns WHERE column_name = 'office_id' AND"
                " table_schema = 'public'")  # fmt: skip
    return sorted(name for (name,) in found)


def test_every_table_of_ours_is_under_row_level_security():
    found = {row[0]: row[1:] for row in ask(PROTECTED)}
    engines_only = [name for name in found if name.startswith("procrastinate_")]
    for name in engines_only:
        found.pop(name)
    unprotected = {
        name
        for name, (secured, app, engine, held, owner) in found.items()
        if not (secured and app and engine and owner == "dure_owner")
        or not all("dure_office()" in condition for condition in held)
    }
    assert unprotected == set(WITHOUT_OFFICE) & set(found)
    assert set(with_office()) - set(found) == set()
    assert set(with_office()) & set(WITHOUT_OFFICE) == set()


def test_our_roles_cannot_pass_row_level_security():
    roles = ask("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname IN ('dure_app', 'dure_engine')")
    assert sorted(roles) == [("dure_app", False, False), ("dure_engine", False, False)]
    assert ask("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
               " WHERE r.rolname IN ('dure_app', 'dure_engine')") == [(0,)]  # fmt: skip


@pytest.fixture
def ids():
    yield world.build()
    world.become("app")


KERNEL = (
    "offices_office", "people_organisation", "people_person", "people_membership", "people_address", "people_roster",
    "people_shift", "people_device", "places_area", "places_place", "duty_ladder", "duty_duty", "duty_claim",
    "duty_telling", "duty_report", "outbox_message", "audit_entry", "health_fault",
)  # fmt: skip


def counts(role: str, office: int | None) -> dict[str, int]:
    world.become(role, office)
    return {table: ask(f"SELECT count(*) FROM {table}")[0][0] for table in KERNEL}


def test_unset_shows_nothing_and_another_office_shows_nothing_of_ours(ids):
    assert set(counts("app", None).values()) == {0}
    assert 0 not in counts("app", ids["office"]).values()
    other = make.office()
    seen = {table for table, rows in counts("app", other.pk).items() if rows}
    assert seen == {"offices_office", "people_organisation"}  # its own two
    assert Office.objects.get() == other


def test_the_engine_sees_the_kernel_of_all_and_a_programmes_rows_of_one(ids):
    unset = counts("engine", None)
    assert {table for table, rows in unset.items() if not rows} == {"places_place"}
    assert 0 not in counts("engine", ids["office"]).values()


@pytest.mark.parametrize("table", KERNEL)
def test_no_row_can_be_put_into_or_moved_to_another_office(table, ids):
    other = make.office()
    world.become("app", ids["office"])
    columns = "id" if table == "offices_office" else "office_id"
    with pytest.raises(Error, match="row-level security|permission denied"), transaction.atomic():
        connection.cursor().execute(f"UPDATE {table} SET {columns} = %s", [other.pk])
    world.become("app", other.pk)
    with pytest.raises(Error, match="row-level security|permission denied"), transaction.atomic():
        if table == "offices_office":
            connection.cursor().execute("UPDATE offices_office SET name = 'x'")
        else:
            names = [n for (n,) in ask("SELECT column_name FROM information_schema.columns WHERE table_name ="
                                       f" '{table}' AND column_name NOT IN ('id', 'office_id')")]  # fmt: skip
            rows = _copy(table, names, ids["office"])
            marks = ", ".join(["%s"] * (len(names) + 1))
            connection.cursor().execute(
                f"INSERT INTO {table} (office_id, {', '.join(names)}) VALUES ({marks})", [ids["office"], *rows]
            )


def _copy(table: str, names: list[str], office: int) -> list:
    """A row of that office, as it was read past the policies."""
    world.become("postgres")
    row = ask(f"SELECT {', '.join(f'{n}::text' for n in names)} FROM {table} WHERE office_id = {office} LIMIT 1")[0]
    world.become("app", office + 10**6)
    return list(row)


@pytest.fixture
def two_providers():
    """An office with two providers, a desk each, and a duty of each that was told, claimed and reported."""
    office = make.office()
    boss = make.person(office)
    found = []
    for _ in range(2):
        provider = make.organisation(office)
        desk = make.person(office, as_="provider", at=provider)
        duty = make.duty(desk, boss, organisation=provider.pk, about=uuid4())
        found.append((provider, desk, duty))
    world.watch(NOON)
    for _, desk, duty in found:
        actions.claim(duty, by=desk, next_step="가는 중", until=NOON + make.MINUTE, now=NOON)
        keep(Envelope(duty.about, "t", 1, "{}", about=duty.about), by=boss, device=None, now=NOON)
    return office, found


def test_a_provider_sees_only_its_own_duties_and_what_hangs_on_them(two_providers):
    office, [(ours, desk, duty), (_, _, theirs)] = two_providers
    act(office.pk, desk.pk, [ours.pk])
    assert list(Duty.objects.all()) == [duty]
    assert {c.duty_id for c in Claim.objects.all()} == {duty.pk}
    assert {t.duty_id for t in Telling.objects.all()} == {duty.pk}
    assert {r.about for r in Report.objects.all()} == {duty.about}
    assert Duty.objects.filter(pk=theirs.pk).update(note="x") == 0
    assert actions.close([theirs], by=desk, outcome=Outcome.KEPT, now=NOON) == []
    assert len(actions.close([duty], by=desk, outcome=Outcome.KEPT, now=NOON)) == 1


def test_a_centre_sees_the_duties_of_its_dong():
    office = make.office()
    ours, theirs = make.area(office), make.area(office)
    centre = make.organisation(office, "centre", area=ours)
    officer = make.person(office, as_="centre", at=centre)
    mine, _ = (make.duty(officer, area=area.pk) for area in (ours, theirs))
    act(office.pk, officer.pk, [centre.pk])
    assert list(Duty.objects.all()) == [mine]


def test_somebody_of_no_organisation_sees_no_duty(ids):
    act(ids["office"], ids["one"], [])
    assert not Duty.objects.exists()


def test_signing_in_shows_the_one_account_whose_name_was_typed(ids):
    world.become("app")
    act(None, key="name:nobody")
    assert not Person.objects.exists()
    act(ids["office"])
    someone = Person.objects.first()
    act(None, key=f"name:{someone.username}")
    assert list(Person.objects.all()) == [someone]
    assert Person.objects.filter(pk=someone.pk).update(name="x") == 0
    act(None, key=f"device:{ids['office']:064}")
    assert Device.objects.count() == 1
    assert not Duty.objects.exists()


def test_acting_goes_back_to_whoever_it_was_before_also_after_an_error(ids):
    other = make.office()
    act(ids["office"], ids["one"], [ids["house"]])
    before = ask("SELECT current_setting('dure.office'), current_setting('dure.organisations')")
    with acting(other.pk):
        assert Office.objects.get() == other
    assert ask("SELECT current_setting('dure.office'), current_setting('dure.organisations')") == before
    with pytest.raises(Error, match="division"), transaction.atomic(), acting(other.pk):
        ask("SELECT 1 / 0")
    assert ask("SELECT current_setting('dure.office'), current_setting('dure.organisations')") == before
    rest()
    assert not Office.objects.exists()
