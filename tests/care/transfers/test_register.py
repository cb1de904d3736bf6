"""The register of transfers: counted from what was done, with the consent that held then or the article of the law."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import load_workbook

from dure.audit.models import Entry
from dure.care.consents import actions as consents
from dure.care.consents.models import Consent
from dure.care.models import Move
from dure.care.transfers.register import BY_CARE_LAW, ENTRUSTED, IN_DANGER, passed_on
from dure.cases.actions import hand_over, record
from dure.cases.aftermath import refer
from dure.cases.models import Case, Step
from dure.offices.acting import act
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(moved):
    moved(NOON + 60 * MINUTE)
    made = w.build()
    made.case = w.reached_by_nobody(made, danger=True)
    for n, step in enumerate([Step.CALLED_119, Step.FAMILY_TOLD], 1):
        record(made.case, step, by=made.desk, now=NOON + n * MINUTE, who="딸" if n == 2 else "")
    hand_over(made.case, "hospital", name="첨단병원", by=made.desk, now=NOON + 9 * MINUTE)
    refer(
        made.case, agency="방문요양센터", service="방문요양", stopped_on=None, by=made.officer, now=NOON + 20 * MINUTE
    )
    return made


def register(world, day=DAY):
    act(world.office.pk)
    return passed_on(standing(world.officer, DAY), day, day)


def test_what_was_done_in_an_emergency_stands_there_once_with_its_basis(world):
    said = [(e.kind, e.to, e.basis, e.by) for e in reversed(register(world))]
    assert said == [
        ("ambulance", "119", IN_DANGER, "급식소장"), ("family", "딸", IN_DANGER, "급식소장"),
        ("hospital", "첨단병원", IN_DANGER, "급식소장"), ("agency", "방문요양센터 (방문요양)", BY_CARE_LAW, "담당"),
    ]  # fmt: skip
    assert register(world, DAY + timedelta(days=1)) == register(world, DAY - timedelta(days=1)) == []


def test_a_consent_that_held_then_is_named_with_its_version_and_one_withdrawn_isnt(world):
    for purpose in ("emergency", "family"):
        consents.publish(world.office.pk, purpose, "x", DAY - timedelta(days=9), by=world.officer, now=NOON)
        for ago, said in [(5, "given"), (1, "withdrawn" if purpose == "family" else "given")]:
            consent = Consent(recipient=world.recipient, purpose=purpose, said=said, on=DAY - timedelta(days=ago),
                              how="paper")  # fmt: skip
            consents.say(consent, by=world.desk, now=NOON)
    basis = {e.kind: e.basis for e in register(world)}
    assert "2026-11-22" in basis["ambulance"] and "2026-11-22" in basis["hospital"]
    assert basis["family"] == IN_DANGER


def test_exercises_are_not_in_it_and_a_move_to_another_provider_is(world):
    Case.objects.update(drill=True)
    assert register(world) == []
    other = make.organisation(world.office, "provider", name="새기관")
    Move.objects.create(office=world.office, recipient=world.recipient, day=DAY, was=world.provider, provider=other,
                        made_at=NOON, made_by=world.officer, done_at=NOON + 30 * MINUTE)  # fmt: skip
    newest = register(world)[0]
    assert (newest.kind, newest.to, newest.basis) == ("provider", "새기관", ENTRUSTED)


def test_the_page_masks_and_the_spreadsheet_names_for_a_reason_that_is_recorded(world):
    client = signed_in(world.officer)
    body = client.get("/care/transfers/").content.decode()
    assert "첨단병원" in body and "홍*동" in body and "홍길동" not in body
    said = {"first": str(DAY), "last": str(DAY), "kind": ""}
    assert client.post("/care/transfers/list/", said).status_code == 422
    answer = client.post("/care/transfers/list/", said | {"reason": "자료 요구"})
    rows = load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows].count("홍길동") == 4
    act(world.office.pk)
    look = Entry.objects.filter(did="took along").latest("pk")
    assert (look.whose, look.why) == ([world.recipient.ref], "자료 요구")
    assert signed_in(world.desk).get("/care/transfers/").status_code == 403


@pytest.mark.parametrize(
    "asked", ["first=2026-11-24&last=2026-11-23", "first=x&last=y", "first=2020-01-01&last=2026-01-01"]
)
def test_days_that_cannot_be_meant_get_a_sentence(world, asked):
    answer = signed_in(world.officer).get(f"/care/transfers/?{asked}")
    assert answer.status_code == 422 and 'class="error"' in answer.content.decode()


def test_the_register_asks_the_database_as_often_for_one_case_as_for_many(world):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            register(world)
        counts.append(len(queries))
        for _more in range(3):
            other = w.recipient(world)
            case = w.alarms.cannot_reach(other, w.Source.DESK, by=world.desk, now=NOON, danger=True)
            record(case, Step.CALLED_119, by=world.desk, now=NOON + MINUTE)
    assert counts[0] == counts[1]
