"""What always holds of certificates, attacked past our code."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from dure.care.certificates.models import Certificate, Counted, Kind, Packed, Renewal, Work
from dure.care.certificates.standard import RULES
from dure.care.models import Hindrance
from dure.files.actions import keep
from dure.gatherings.models import Gathering
from dure.rules.models import Rule
from tests import make
from tests.care.certificates import world as c
from tests.make import DAY, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = c.build()
    c.examined(made, made.worker, DAY - timedelta(days=340))
    c.examined(made, made.worker, DAY - timedelta(days=900))
    Work.objects.create(office=made.office, person=made.worker, cooks=True)
    return made


@pytest.mark.parametrize(("of", "change", "constraint"), [
    (Certificate, {"hours": 0}, "certificate_hours_are_some"),
    (Certificate, {"hours": 101}, "certificate_hours_are_some"),
    (Certificate, {"day": DAY}, "certificate_once"),
    (Certificate, {"withdrawn_at": NOON}, "certificate_withdrawn_says_by_whom_and_why"),
    (Certificate, {"withdrawn_why": "x"}, "certificate_withdrawn_says_by_whom_and_why"),
    (Kind, {"code": "driving"}, "kind_of_certificate_known"),
    (Kind, {"name": "x"}, "kind_of_certificate_once"),
    (Kind, {"code": "health"}, "kind_of_certificate_one_of_the_law"),
    (Kind, {"months": 12}, "kind_of_certificate_of_the_law_follows_rules"),
    (Kind, {"bars": True}, "kind_of_certificate_of_the_law_follows_rules"),
    (Work, {"packed_only": True}, "work_with_food_is_open_or_packed"),
    (Hindrance, {"what": ""}, "hindrance_says_what"),
    (Hindrance, {"bars_from": DAY - timedelta(days=900)}, "hindrance_is_told_before_it_bars"),
    (Hindrance, {"why": "x"}, "hindrance_once"),
])  # fmt: skip
def test_refuses(world, of, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        of.objects.update(**change)


def test_a_file_without_a_name_a_month_of_none_and_a_second_of_each_are_refused(world):
    own = Kind.objects.create(office=world.office, name="응급처치")
    renewal = Renewal.objects.get()
    training = Gathering.objects.create(
        office=world.office, programme="care", kind="training", title="x", begins_at=NOON, made_at=NOON,
        ends_at=NOON + timedelta(hours=1), changed_at=NOON, made_by=world.desk,
    )  # fmt: skip
    Counted.objects.create(office=world.office, gathering=training, kind=own, hours=1)
    Packed.objects.create(office=world.office, organisation=world.provider, since=DAY, said_by=world.desk)
    attacks = [
        (lambda: Kind.objects.filter(pk=own.pk).update(months=0), "kind_of_certificate_holds_a_while"),
        (lambda: Kind.objects.filter(pk=own.pk).update(months=121), "kind_of_certificate_holds_a_while"),
        (lambda: Counted.objects.update(hours=0), "training_counts_some_hours"),
        (lambda: Renewal.objects.create(office=world.office, person=renewal.person, kind=renewal.kind,
                                        until=renewal.until, duty=make.duty(world.desk)), "renewal_once"),
        (lambda: Packed.objects.create(office=world.office, organisation=world.provider, since=DAY,
                                       said_by=world.desk), "certificates_packed_organisation_id"),
        (_a_file_without_a_name, "certificate_file_has_a_name"),
    ]  # fmt: skip
    for attack, constraint in attacks:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            attack()


def _a_file_without_a_name():
    some = Certificate.objects.first()
    Certificate.objects.filter(pk=some.pk).update(content=keep(some.office_id, b"x"))


def test_nobody_of_another_office_sees_any_of_it(world):
    make.office()
    for of in (Certificate, Kind, Work, Packed, Renewal, Counted, Hindrance, Rule):
        assert not of.objects.exists()


def test_offices_that_work_already_begin_with_the_same_rules():
    """The migration's rows are the standard ones."""
    office = make.office()
    make.role("owner")
    step = import_module("dure.care.certificates.migrations.0003_begin")
    with connection.cursor() as cursor:
        for _again in range(2):
            cursor.execute(step.RULES)
            cursor.execute(step.KINDS)
    make.role("app")
    rows = Rule.objects.filter(office=office).values_list("name", "what", "value", "unit", "source", "since")
    assert set(rows) == {(r.name, r.what, r.value, str(r.unit), r.source, r.since) for r in RULES}
    assert set(Kind.objects.values_list("code", flat=True)) == {"health", "hygiene"}
