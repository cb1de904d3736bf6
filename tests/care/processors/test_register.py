"""The register of processors: providers by what is known of them, the others as entered by the administrator."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from python_calamine import load_workbook

from dure.care.changes.models import Contract
from dure.care.processors.models import Processor
from dure.care.processors.register import register
from dure.gatherings.models import Attendance, Gathering
from dure.offices.acting import act
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db
SAID = {"name": "문자중계(주)", "task": "messages", "what": "", "items": "이름, 전화번호", "since": str(DAY)}


@pytest.fixture
def world(moved):
    moved(NOON)
    made = w.build()
    made.admin = make.person(made.office, "관리자", as_="admin")
    return made


def entered(world, **values) -> Processor:
    said = SAID | {"office": world.office, "changed_at": NOON, "changed_by": world.admin, "since": DAY} | values
    return Processor.objects.create(**said)


def test_a_provider_stands_there_by_contract_and_training(world):
    for days, until in [(90, DAY - timedelta(days=1)), (0, DAY + timedelta(days=364))]:
        Contract.objects.create(office=world.office, provider=world.provider, since=DAY - timedelta(days=days),
                                until=until, business="restaurant", entered_at=NOON + days * MINUTE * -1,
                                entered_by=world.officer)  # fmt: skip
    training = Gathering.objects.create(office=world.office, programme="care", kind="training", title="x",
                                        begins_at=NOON - timedelta(days=9), ends_at=NOON - timedelta(days=8),
                                        made_at=NOON, changed_at=NOON, made_by=world.officer)  # fmt: skip
    Attendance.objects.create(office=world.office, gathering=training, person=world.worker, noted_at=NOON,
                              noted_by=world.officer)  # fmt: skip
    [line] = register(world.office.pk)
    assert (line.since, line.until) == (DAY - timedelta(days=90), DAY + timedelta(days=364))
    assert (line.name, line.trained_on, line.destroyed_on) == (world.provider.name, DAY - timedelta(days=9), None)


def test_the_administrator_enters_and_ends_one_and_officers_read_and_take_it_along(world):
    admin, officer = signed_in(world.admin), signed_in(world.officer)
    assert admin.post("/care/processors/new/", SAID | {"name": ""}).status_code == 422
    assert admin.post("/care/processors/new/", SAID | {"until": "2026-11-01"}).status_code == 422
    assert admin.post("/care/processors/new/", SAID | {"destroyed_on": str(DAY)}).status_code == 422
    assert admin.post("/care/processors/new/", SAID).status_code == 302
    act(world.office.pk, world.admin.pk)
    page = f"/care/processors/{Processor.objects.get().ref}/"
    assert admin.post(page, SAID | {"until": str(DAY), "destroyed_on": str(DAY)}).status_code == 302
    assert officer.post("/care/processors/new/", SAID).status_code == officer.get(page).status_code == 403
    assert "문자중계" in officer.get("/care/processors/").content.decode()
    book = load_workbook(io.BytesIO(officer.get("/care/processors/?as=xlsx").content)).get_sheet_by_index(0)
    assert [row[0] for row in book.to_python()] == ["이름", world.provider.name, "문자중계(주)"]
    assert signed_in(world.desk).get("/care/processors/").status_code == 403


def test_it_asks_as_often_for_many(world):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            register(world.office.pk)
        counts.append(len(queries))
        for _more in range(3):
            make.organisation(world.office, "provider")
            entered(world)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"task": "x"}, "processor_task_known"),
        ({"name": ""}, "processor_has_a_name_and_items"),
        ({"items": ""}, "processor_has_a_name_and_items"),
        ({"until": DAY - timedelta(days=1)}, "processor_ends_after_it_begins"),
        ({"destroyed_on": DAY}, "processor_destroys_at_the_end"),
    ],
)
def test_refuses(world, change, constraint):
    made = entered(world)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Processor.objects.filter(pk=made.pk).update(**change)


def test_the_database_shows_it_to_the_office_alone(world):
    entered(world)
    act(world.office.pk, world.desk.pk, [world.provider.pk])
    assert not Processor.objects.exists()
