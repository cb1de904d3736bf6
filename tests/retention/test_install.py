"""No table with an office's rows is without a purpose, and the data base knows every purpose."""

import pytest
from django.apps import apps
from django.db import connection, models

from dure.offices.retention import declared, purposes
from dure.retention.functions import emptied, name_of

OF_THE_FRAME = {"auth", "contenttypes"}
WITHOUT_ROWS_OF_PERSONS = {
    "offices_office": "the office itself",
    "procrastinate_workers": "processes", "procrastinate_events": "of a job, and go with it",
    "procrastinate_periodic_defers": "times",
}  # fmt: skip
WORDS = (models.CharField, models.TextField, models.BinaryField)


def tables() -> set[str]:
    return {
        m._meta.db_table for m in apps.get_models() if m._meta.app_label not in OF_THE_FRAME
    } - WITHOUT_ROWS_OF_PERSONS.keys()


def test_every_table_has_a_purpose_or_a_reason_for_none():
    said = [
        *{each.table for each in purposes()}, *(t for box in declared() for t in [*box.elsewhere, *box.excused])
    ]  # fmt: skip
    assert sorted(tables() - set(said)) == [], "say in the box's retention.py how long this is kept, or why for ever"
    assert sorted(set(said) - tables()) == [], "no such table"
    assert sorted({t for t in said if said.count(t) > 1}) == [], "said twice"


def test_every_purpose_has_a_key_of_its_own_and_says_what_stays():
    keys = [each.key for each in purposes()]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    assert [each.key for each in purposes() if not each.deletes and not each.stays] == []


def test_every_column_that_is_emptied_is_there():
    for each in purposes():
        emptied(each)


@pytest.mark.django_db
def test_the_data_base_knows_every_purpose():
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname FROM pg_proc WHERE proname LIKE 'dure\\_due\\_%'")
        known = {row[0] for row in cursor.fetchall()}
    assert known == {name_of(each) for each in purposes()}
