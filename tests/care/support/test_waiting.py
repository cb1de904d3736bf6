"""The waiting list: its order, the answer that is owed, and what becomes of those on it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.audit.models import Entry
from dure.care.models import Recipient
from dure.care.support import referrals
from dure.care.support import waiting as waits
from dure.care.support.models import Came, Referral, Waiting
from dure.duty.models import Duty
from dure.errors import Refused
from dure.offices.acting import act
from tests import make
from tests.care.pages import signed_in
from tests.care.support import world as w
from tests.care.support.world import A_DAY
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db
LIST = "/care/support/waiting/"


@pytest.fixture
def world(moved):
    moved(MORNING)
    return w.build()


def test_the_most_urgent_stand_first_and_of_these_who_waits_longest(world):
    w.waits(world, "가나중", urgency=3, since=DAY - 90 * A_DAY)
    w.waits(world, "나최근", urgency=1, since=DAY - A_DAY)
    w.waits(world, "다오래", urgency=1, since=DAY - 4 * A_DAY)
    w.waits(world, "라보통", urgency=2)
    shown = signed_in(world.officer).get(LIST)
    assert [(each.name, days) for each, days in shown.context["waiting"]] == [
        ("다오래", 4), ("나최근", 1), ("라보통", 0), ("가나중", 90),
    ]  # fmt: skip
    assert "다오래" not in shown.content.decode() and "다*래" in shown.content.decode()


@pytest.mark.parametrize(("urgency", "days"), [(1, 3), (2, 7), (3, 14)])
def test_an_answer_is_owed_by_the_centre_the_sooner_the_more_urgent_it_is(world, urgency, days):
    waiting = w.waits(world, urgency=urgency)
    duty = w.open_duty("waiting", waiting)
    assert (duty.due_at.date(), duty.area, duty.ladder.name) == (DAY + days * A_DAY, world.dong, "dong")
    assert waiting.name not in str(duty.values) + duty.what


def test_who_was_told_is_owed_the_next_word_by_the_day_that_was_said(world):
    waiting = w.waits(world)
    first = waiting.duty
    said = {"by": world.centre, "now": MORNING}
    for again in (DAY, DAY + 200 * A_DAY):
        with pytest.raises(Refused):
            waits.tell(waiting, "순번 3번", again_by=again, **said)
    waits.tell(waiting, "순번 3번", again_by=DAY + 30 * A_DAY, **said)
    first.refresh_from_db()
    assert (first.outcome, w.open_duty("waiting", waiting).due_at.date()) == ("kept", DAY + 30 * A_DAY)
    assert Waiting.objects.get().told == "순번 3번"


def test_who_becomes_more_urgent_is_answered_sooner(world):
    waiting = w.waits(world)
    waiting.urgency = 1
    waits.change(waiting, by=world.centre, now=MORNING)
    assert w.open_duty("waiting", waiting).due_at.date() == DAY + 3 * A_DAY


def test_ending_needs_a_reason_ends_the_duty_and_happens_once(world):
    waiting = w.waits(world)
    with pytest.raises(Refused):
        waits.end(waiting, Came.DECLINED, "", by=world.centre, now=MORNING)
    with pytest.raises(Refused):
        waits.end(waiting, Came.SERVED, "", by=world.centre, now=MORNING)
    waits.end(waiting, Came.DECLINED, "자녀가 돌봄", by=world.centre, now=MORNING)
    assert w.open_duty("waiting", waiting) is None
    with pytest.raises(Refused, match="동담당"):
        waits.end(waiting, Came.DIED, "x", by=world.officer, now=MORNING)


def entered(world, **values):
    said = {"name": "김기다", "phone": "010-1234-5678", "area": world.dong.pk, "source": "family", "urgency": "2",
            "since": str(DAY), "wish": "저녁도 원함", **values}  # fmt: skip
    return {key: value for key, value in said.items() if value is not None}


def test_somebody_is_put_on_the_list_and_somebody_like_this_is_shown_first(world):
    client = signed_in(world.centre)
    assert client.post(LIST + "new/", entered(world)).status_code == 302
    act(world.office.pk)
    twice = client.post(LIST + "new/", entered(world, name="김기타"))
    assert "김*다" in twice.content.decode()
    act(world.office.pk)
    Recipient.objects.filter(pk=world.recipient.pk).update(phone="010-9999-0000")
    known = client.post(LIST + "new/", entered(world, phone="010-9999-0000"))
    assert "홍*동" in known.content.decode()
    act(world.office.pk)
    assert Waiting.objects.count() == 1
    client.post(LIST + "new/", entered(world, phone="010-9999-0000", anyway="1"))
    act(world.office.pk)
    assert Waiting.objects.count() == 2


def test_bad_input_gets_a_sentence_at_its_field(world):
    said = entered(world, name="", phone="010-12", since=str(DAY + A_DAY), wish="410305-1234567", area="")
    answer = signed_in(world.centre).post(LIST + "new/", said)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "phone", "since", "wish", "area"}
    nowhere = signed_in(world.centre).post(LIST + "new/", entered(world, phone=""))
    assert set(nowhere.context["form"].errors) == {"phone"}


@pytest.mark.parametrize("who", ["officer", "centre"])
def test_who_waits_becomes_a_recipient_with_what_is_known(world, who):
    waiting = w.waits(world, "김기다", phone="010-1234-5678", address="첨단로 77")
    client, page = signed_in(getattr(world, who)), f"{LIST}{waiting.ref}/take/"
    assert page in client.get(f"{LIST}{waiting.ref}/").content.decode()
    form = client.get(page).context["entry"]
    assert form.person["name"].value() == "김기다" and form.place["address"].value() == "첨단로 77"
    act(world.office.pk)
    said = {
        "name": "김기다", "phone": "010-1234-5678", "reach": "phone", "provider": world.provider.pk, "tier": "red",
        "started_on": str(DAY + A_DAY), "area": world.dong.pk, "address": "첨단로 77", "meals-lunch_days": ["0", "1"],
        "meals-lunch_by": "12:30", "meals-since": str(DAY + A_DAY), "meals-dinner_by": "18:00",
    }  # fmt: skip
    for prefix in ("contact", "service"):
        said |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = client.post(page, said)
    act(world.office.pk)
    made = Recipient.objects.get(name="김기다")
    assert answer.url == f"/care/recipients/{made.ref}/"
    ended = Waiting.objects.get()
    assert (ended.came, ended.recipient, ended.duty.outcome) == ("served", made, "kept")
    assert made.meals.count() == 2


def test_a_provider_sees_nobody_on_the_list_but_whom_it_has_entered(world):
    theirs = w.waits(world, "남모름")
    client = signed_in(world.desk)
    assert client.post(LIST + "new/", entered(world)).status_code == 302
    shown = client.get(LIST)
    assert [each.name for each, _ in shown.context["waiting"]] == ["김기다"]
    assert client.get(f"{LIST}{theirs.ref}/").status_code == 404
    act(world.office.pk)
    own = Waiting.objects.get(name="김기다")
    assert client.get(f"{LIST}{own.ref}/").status_code == 200
    changed = client.post(f"{LIST}{own.ref}/edit/", entered(world, urgency="1"))
    assert changed.status_code == 302
    assert client.post(f"{LIST}{own.ref}/end/", {"came": "died", "why": "x"}).status_code == 403
    act(world.office.pk)
    assert w.open_duty("waiting", own).due_at.date() == DAY + 3 * A_DAY
    make.role("app")
    act(world.office.pk, world.desk.pk, [world.provider.pk])  # past our code: the data base shows no more either
    assert set(Waiting.objects.values_list("name", flat=True)) == {"김기다"}
    assert not Duty.objects.filter(kind="care.support_waiting").exists()


def test_another_dong_s_centre_sees_nobody_and_a_look_is_on_the_record(world):
    waiting = w.waits(world)
    area = make.area(world.office, "첨단2동")
    other = make.person(world.office, as_="centre", at=make.organisation(world.office, "centre", area=area))
    assert signed_in(other).get(LIST).context["waiting"] == []
    assert signed_in(other).get(f"{LIST}{waiting.ref}/").status_code == 404
    assert "김기다" in signed_in(world.centre).get(f"{LIST}{waiting.ref}/").content.decode()
    act(world.office.pk)
    assert Entry.objects.filter(did="looked", whose=[waiting.ref], who_id=world.centre.pk).count() == 1


def test_the_list_asks_the_same_number_of_questions_however_many_wait(world):
    client, counts = signed_in(world.officer), []
    client.get(LIST)
    act(world.office.pk)
    for n in range(6):
        w.waits(world, f"김기다{n}")
        act(world.office.pk)
        if n in (1, 5):
            with CaptureQueriesContext(connection) as asked:
                client.get(LIST)
            counts.append(len(asked))
            act(world.office.pk)
    assert counts[0] == counts[1] <= 25


def test_no_agency_is_reminded_of_an_answer_about_who_has_died(world):
    for came, open_now in ((Came.DIED, False), (Came.PASSED_ON, True)):
        waiting = w.waits(world, f"김{came}")
        said = {"agency": "시험병원", "what": "퇴원 후 식사", "asked_on": DAY, "answer_by": DAY + 5 * A_DAY}
        asked = Referral(office_id=world.office.pk, waiting=waiting, **said)
        referrals.send(asked, by=world.officer, now=MORNING)
        waits.end(waiting, came, "가족 연락", by=world.centre, now=MORNING)
        assert Duty.objects.get(about=asked.ref).is_open == open_now
