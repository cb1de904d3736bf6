"""What tells of an illness or opens a door lies sealed: nowhere in plain words, and never in the way."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection, models

from dure.audit.looks import Subject
from dure.audit.models import Change, Entry
from dure.care.models import Recipient
from dure.files.actions import keep
from dure.files.models import Content
from dure.imports.models import Change as ImportChange
from dure.offices.acting import act
from dure.places.models import Place
from dure.sealing import rotating
from dure.sealing.box import seal, unseal
from dure.sealing.fields import SEALED
from tests import make
from tests.care import world as served

pytestmark = pytest.mark.django_db
ILL = ("health", "medicines", "hospital", "diet", "allergies", "planned_response")
WAY_IN = ("door_code", "key_place", "entrance", "hazard")

# Texts of rows that tell of a person and aren't sealed, with the reason.
PLAIN = {
    "care_recipient": {
        "name": "searched and sorted by", "sex": "one letter", "phone": "searched by, and whom a call comes from",
        "phone_2": "as phone", "reach": "one of four, counted", "tier": "one of three, counted and sorted by",
        "registered_119": "on which phone, not why", "consent_version": "of a paper", "ended_why": "why meals ended",
        "ended_how": "one of few, counted",
    },
    "complaints_complaint": {
        "number": "searched by", "kind": "one of few", "way": "one of few", "name": "searched by", "phone": "said",
        "title": "in lists and exports", "text": "about the service; said by whoever complains",
        "extended_why": "about the office", "answer": "about the service", "told_how": "one of few",
        "passed_to": "an agency", "passed_why": "about the office",
    },
    "support_waiting": {
        "name": "searched by", "phone": "searched by", "address": "searched by", "source": "one of few",
        "wish": "about meals", "told": "about the office", "came": "one of few", "why": "about the decision",
    },
    "support_lead": {
        "name": "searched by", "phone": "searched by", "address": "searched by", "why": "one of few",
        "detail": "about the bill or the service", "result": "one of few", "note": "what was agreed at the door",
    },
    "cases_case": {
        "number": "searched by", "programme": "of the product", "source": "one of few", "tier": "one of three",
        "whereabouts": "a condition of closing reads it", "finding": "one of few, counted",
    },
}  # fmt: skip


@pytest.fixture
def one(settings: Any) -> Recipient:
    settings.DURE_FIELD_KEYS = ["first key of this test"]
    world = served.build()
    made = served.recipient(world, "김가상", **{name: f"표식-{name}" for name in ILL})
    for name in WAY_IN:
        setattr(made.place, name, f"표식-{name}")
    made.place.save()
    act(world.office.pk, world.officer.pk)
    return Recipient.objects.select_related("place").get(pk=made.pk)


def lay(model: type[models.Model], name: str, pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {model._meta.db_table} WHERE id = %s", [pk])
        return str(cursor.fetchone()[0])


def test_it_reads_as_ever_and_lies_sealed(one: Recipient):
    for name in ILL:
        assert getattr(one, name) == f"표식-{name}" and lay(Recipient, name, one.pk).startswith("dure1:")
    for name in WAY_IN:
        assert getattr(one.place, name) == f"표식-{name}" and lay(Place, name, one.place_id).startswith("dure1:")


def test_saved_unchanged_it_lies_as_it_lay(one: Recipient):
    before, last = lay(Recipient, "health", one.pk), Change.objects.order_by("-id").first()
    one.save()
    one.health = "표식-" + "health"  # what a form hands in
    one.save()
    assert lay(Recipient, "health", one.pk) == before and Change.objects.order_by("-id").first() == last


def test_it_opens_in_no_other_column(one: Recipient):
    assert unseal(lay(Place, "door_code", one.place_id), "places_place.key_place") is None
    Place.objects.filter(pk=one.place_id).update(key_place=one.place.door_code)
    assert Place.objects.get(pk=one.place_id).key_place == "표식-door_code"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE places_place SET key_place = door_code WHERE id = %s", [one.place_id])
    assert Place.objects.get(pk=one.place_id).key_place.unreadable  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "ask", [{"health": "표식"}, {"health__contains": "표"}, {"health__in": ["표"]}, {"health__gt": ""}]
)
def test_nobody_searches_by_it(ask: dict[str, Any]):
    with pytest.raises(FieldError):
        Recipient.objects.filter(**ask).exists()


def test_that_nothing_stands_there_can_be_asked(one: Recipient):
    assert not Recipient.objects.filter(pk=one.pk, health="").exists()
    Recipient.objects.filter(pk=one.pk).update(health="")
    assert Recipient.objects.filter(pk=one.pk, health="").exists()


def test_with_another_key_pages_open_and_nothing_is_lost(one: Recipient, settings: Any):
    before = lay(Place, "door_code", one.place_id)
    settings.DURE_FIELD_KEYS = ["another key altogether"]
    client = make.signed_in(one.office_id and served_officer())
    for page in (f"/care/recipients/{one.ref}/", f"/care/recipients/{one.ref}/edit/"):
        answer = client.get(page)
        assert answer.status_code == 200 and "읽을 수 없음" in answer.content.decode()
    act(one.office_id)
    place = Place.objects.get(pk=one.place_id)
    place.save()
    place.door_code = str(place.door_code)
    place.save()
    assert lay(Place, "door_code", one.place_id) == before
    settings.DURE_FIELD_KEYS = ["another key altogether", "first key of this test"]
    assert Place.objects.get(pk=one.place_id).door_code == "표식-door_code"


def served_officer() -> Any:
    from dure.people.models import Person

    return Person.objects.get(name="담당", memberships__role="officer")


def test_files_lie_sealed(one: Recipient, settings: Any):
    kept = keep(one.office_id, "표식-동의서".encode())
    assert bytes(Content.objects.get(pk=kept.pk).data) == "표식-동의서".encode()
    settings.DURE_FIELD_KEYS = ["another key altogether"]
    assert Content.objects.get(pk=kept.pk).data == b""


def rotate() -> None:
    make.role("engine")
    for field in rotating.columns():
        rotating.rotate(field)
    rotating.rotate_values()


def test_rotating_seals_all_anew_and_keeps_no_values_of_it(one: Recipient, settings: Any):
    keep(one.office_id, "표식-동의서".encode())
    one.health = "표식-neu"
    one.save()
    lines = Change.objects.count()
    settings.DURE_FIELD_KEYS = ["a new key", "first key of this test"]
    rotate()
    rotate()  # again is nothing
    settings.DURE_FIELD_KEYS = ["a new key"]
    read = Recipient.objects.select_related("place").get(pk=one.pk)
    assert read.health == "표식-neu" and read.place.door_code == "표식-door_code"
    assert bytes(Content.objects.get(office=one.office_id).data) == "표식-동의서".encode()
    assert Change.objects.count() == lines
    line = Change.objects.filter(kind="care_recipient", did="changed").latest("id")
    assert [unseal(v, "care_recipient.health") for v in line.of(one.pk)["health"]] == [
        "표식-health".encode(), "표식-neu".encode(),
    ]  # fmt: skip
    assert Entry.objects.filter(did="sealed anew", about="places_place door_code", why="1").count() == 1


def test_what_was_plain_is_read_and_sealed_by_rotating(one: Recipient):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE places_place SET door_code = '표식-옛' WHERE id = %s", [one.place_id])
    assert Place.objects.get(pk=one.place_id).door_code == "표식-옛"
    rotate()
    assert lay(Place, "door_code", one.place_id).startswith("dure1:")
    assert Place.objects.get(pk=one.place_id).door_code == "표식-옛"
    assert "표식-옛" not in str(list(Change.objects.values_list("before", "after")))


def test_the_command_says_how_many_are_left(one: Recipient, settings: Any, capsys: Any):
    make.role("engine")
    settings.DURE_FIELD_KEYS = ["a new key"]
    call_command("keys")
    assert "DURE_FIELD_KEYS" in capsys.readouterr().out


def test_no_plain_word_stands_anywhere_in_the_data_base(one: Recipient):
    from dure.care import alarms
    from dure.cases.models import Source

    alarms.cannot_reach(one, by=served_officer(), source=Source.OFFICE, now=make.NOON)
    one.health = "표식-geändert"
    one.save()
    Recipient.objects.filter(pk=one.pk).update(medicines="표식-masse")
    keep(one.office_id, "표식-동의서".encode())
    make.role("owner")
    assert places_of("표식-") == []
    assert ("care_recipient", "name") in places_of("김가상")  # the search finds what is there


def places_of(word: str) -> list[tuple[str, str]]:
    """In which columns of any table it stands, in bytes too."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE position(%s in "{column}"::text) > 0'
                f' OR position(%s in "{column}"::text) > 0',
                [word, word.encode().hex()],
            )
            if cursor.fetchone()[0]:
                found.append((table, column))
    return found


def test_every_text_of_a_row_about_a_person_is_sealed_or_excused():
    from django.apps import apps

    for model in apps.get_models():
        if issubclass(model, Subject):
            texts = {
                f.name
                for f in model._meta.concrete_fields
                if isinstance(f, models.CharField | models.TextField | models.JSONField | models.BinaryField)
                and not isinstance(f, SEALED)
            }
            assert texts == set(PLAIN[model._meta.db_table]), model


def test_lists_lie_sealed():
    assert {f.column for f in rotating.columns() if f.model is ImportChange} == {"before", "after"}


@pytest.mark.parametrize("role", ["app", "engine"])
def test_nobody_writes_plain_words_by_sealing_anew(role: str, one: Recipient):
    make.role(role)
    with pytest.raises(Exception, match="permission denied|only_what_is_sealed"), connection.cursor() as cursor:
        cursor.execute("SELECT dure_seal_anew('care_recipient', 'phone', %s, %s, %s)", [[one.pk], [one.phone], ["010"]])


def test_sealed_twice_it_never_looks_the_same():
    assert seal(b"1234", "places_place.door_code") != seal(b"1234", "places_place.door_code")
