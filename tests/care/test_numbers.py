"""The numbers on which others rely: owed to be tested month by month, tested, found dead, working again, ended."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.audit.models import Entry
from dure.care import numbers
from dure.care.tasks import owe_what_comes_again
from dure.duty.models import Duty
from dure.errors import Refused
from dure.offices.acting import act, acting
from dure.people import addresses
from dure.people.actions import addresses_of, standing
from dure.people.addresses import Answer
from dure.people.models import Address, Organisation, Shift
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import MORNING

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world():
    return w.build()


def owed_by(organisation: Organisation) -> list[Duty]:
    return list(Duty.objects.filter(kind="care.numbers", about=organisation.ref).order_by("pk"))


def number_of(person) -> Address:
    return Address.objects.get(person=person)


def calls(person, answer=Answer.ANSWERED, *, by, now=MORNING) -> None:
    addresses.called(number_of(person), answer, by=by, now=now)


def test_each_organisation_with_numbers_on_its_rosters_owes_one_test_a_month(world, moved):
    moved(MORNING)
    make.role("engine")
    for _ in range(2):
        owe_what_comes_again()
    make.role("app")
    act(world.office.pk)
    for organisation in (world.provider, world.centre_house, make.house(world.office)):
        [test] = owed_by(organisation)
        assert (test.organisation, test.ladder.name, test.urgent) == (organisation, "office", False)
        assert test.due_at == MORNING + 7 * DAY + timedelta(hours=10)  # five in the evening
    assert Duty.objects.filter(kind="care.numbers").count() == 3


def test_with_the_last_number_the_test_is_done_by_who_called_and_not_before(world):
    other = make.person(world.office, as_="provider", at=world.provider)
    Shift.objects.create(
        office=world.office, roster=world.provider.rosters.get(), person=other, starts_at=MORNING + 20 * DAY,
        ends_at=MORNING + 21 * DAY,
    )  # fmt: skip
    numbers.owe_tests(world.office.pk, MORNING)
    calls(world.desk, by=world.desk)
    assert not numbers.finish(world.provider, by=world.desk, now=MORNING)
    with pytest.raises(Refused):
        numbers.all_tested(world.provider, by=world.desk, now=MORNING)
    calls(other, Answer.WRONG, by=world.desk)
    assert numbers.finish(world.provider, by=world.desk, now=MORNING)
    [test] = owed_by(world.provider)
    assert (test.outcome, test.closed_by) == ("kept", world.desk)
    assert numbers.owe_tests(world.office.pk, MORNING + DAY) == 0  # once a month
    numbers.owe_tests(world.office.pk, MORNING + 9 * DAY)
    assert len(owed_by(world.provider)) == 1


def test_a_month_later_it_is_owed_again(world):
    numbers.owe_tests(world.office.pk, MORNING)
    calls(world.desk, by=world.desk)
    numbers.finish(world.provider, by=world.desk, now=MORNING)
    Shift.objects.update(ends_at=MORNING + 90 * DAY)
    for ahead, owed in ((10, 1), (31, 1), (32, 2), (33, 2)):
        numbers.owe_tests(world.office.pk, MORNING + ahead * DAY)
        assert len(owed_by(world.provider)) == owed, ahead


def test_who_is_on_no_roster_who_has_left_and_a_mail_address_need_no_test(world):
    left = [address.person for address in numbers.untested([world.provider.pk], MORNING)[world.provider.pk]]
    assert left == [world.desk]  # and neither worker
    addresses.add(world.desk, "email", "desk@example.org", by=world.desk, now=MORNING)
    assert len(numbers.untested([world.provider.pk], MORNING)[world.provider.pk]) == 1


def test_a_wrong_number_is_used_no_more_until_it_answers_again(world):
    calls(world.desk, Answer.WRONG, by=world.officer)
    assert addresses_of([world.desk.pk]) == {}
    found = number_of(world.desk)
    assert (found.dead_at, found.dead_why, found.tested_at) == (MORNING, "wrong", MORNING)
    calls(world.desk, by=world.officer, now=MORNING + DAY)
    found = number_of(world.desk)
    assert (found.dead_at, found.dead_why, found.tested_at) == (None, "", MORNING + DAY)
    assert addresses_of([world.desk.pk])
    assert list(Entry.objects.filter(did="tested a number").order_by("id").values_list("why", flat=True)) == [
        "sms wrong", "sms answered",
    ]  # fmt: skip


def test_no_answer_is_no_test(world):
    calls(world.desk, Answer.NO_ANSWER, by=world.desk)
    found = number_of(world.desk)
    assert (found.tested_at, found.dead_at, found.unanswered_at) == (None, None, MORNING)
    assert numbers.untested([world.provider.pk], MORNING)[world.provider.pk] == [found]


def test_a_number_is_ended_and_comes_back_untested(world):
    old = number_of(world.desk)
    addresses.called(old, Answer.ANSWERED, by=world.desk, now=MORNING)
    addresses.end(old, by=world.desk, now=MORNING)
    assert addresses_of([world.desk.pk]) == {}
    assert [line.addresses for line in numbers.lines(world.provider, MORNING) if line.person == world.desk] == [[]]
    old.refresh_from_db()
    with pytest.raises(Refused):
        addresses.called(old, Answer.ANSWERED, by=world.desk, now=MORNING)
    again = addresses.add(world.desk, old.channel, old.value, by=world.desk, now=MORNING)
    assert (again.pk, again.tested_at) == (old.pk, None)
    with pytest.raises(Refused):
        addresses.add(world.desk, old.channel, old.value, by=world.desk, now=MORNING)


def test_a_silent_test_is_raised_and_told(world):
    numbers.owe_tests(world.office.pk, MORNING)
    Shift.objects.update(ends_at=MORNING + 30 * DAY)
    due = owed_by(world.provider)[0].due_at
    w.watch(due + 16 * timedelta(hours=1))  # the morning after
    [test] = owed_by(world.provider)
    assert test.raised_at and test.is_open


def test_hours_are_said_with_a_number_and_changed_without_testing_it_again(world, moved):
    moved(MORNING)
    client, page = signed_in(world.desk), f"/care/numbers/{world.provider.ref}/"
    number = number_of(world.desk)
    Address.objects.filter(pk=number.pk).update(tested_at=MORNING)
    said = {"person": world.desk.pk, "channel": number.channel, "value": number.value}
    for wrong in ({"since": "18:00"}, {"since": "18:00", "until": "18:00"}, {"since": "25:00", "until": "09:00"}):
        assert client.post(page, said | wrong).status_code == 422
    assert client.post(page, said | {"since": "18:00", "until": "09:00"}).status_code == 302
    assert "18:00–09:00" in client.get(page).content.decode()
    with acting(world.office.pk):
        changed = Address.objects.get(pk=number.pk)
        assert (changed.since.hour, changed.until.hour, changed.tested_at) == (18, 9, MORNING)
    assert client.post(page, said | {"since": "18:00", "until": "09:00"}).status_code == 409


def test_the_provider_s_desk_tests_its_own_numbers_on_its_page(world, moved):
    moved(MORNING)
    numbers.owe_tests(world.office.pk, MORNING)
    number, page = number_of(world.desk), f"/care/numbers/{world.provider.ref}/"
    client = signed_in(world.desk)
    assert "급식소장" in client.get(page).content.decode()
    assert [whose.left for whose in client.get("/care/numbers/").context["lines"]] == [1]
    assert client.post(page, {"person": world.desk.pk, "channel": "call", "value": "062-12"}).status_code == 422
    new = client.post(page, {"person": world.desk.pk, "channel": "call", "value": "0621234567"})
    assert new.status_code == 302
    answer = client.post(f"{page}{number.pk}/called/", {"answer": "answered"}, follow=True)
    assert [str(m) for m in answer.context["messages"]] == ["등록했습니다.", "등록했습니다."]
    with acting(world.office.pk):
        added = Address.objects.get(person=world.desk, channel="call")
        assert added.value == "062-123-4567"
    assert client.post(f"{page}done/").status_code == 409
    answer = client.post(f"{page}{added.pk}/end/", follow=True)
    assert "이번 달 시험 통화를 마쳤습니다" in str(list(answer.context["messages"])[-1])
    with acting(world.office.pk):
        assert not owed_by(world.provider)[0].is_open
    with acting(world.office.pk):
        theirs = number_of(world.officer).pk
    assert client.post(f"{page}{theirs}/called/", {"answer": "wrong"}).status_code == 404
    assert client.get(f"/care/numbers/{world.centre_house.ref}/").status_code == 404


def test_the_pages_ask_the_same_number_of_questions_however_many_there_are(world):
    stands = standing(world.officer, w.DAY)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            numbers.overview(stands, MORNING)
            numbers.lines(world.provider, MORNING)
        return len(found)

    few = asked()
    for _ in range(4):
        provider = make.organisation(world.office, "provider")
        make.roster(world.office, make.person(world.office, as_="provider", at=provider), at=provider)
        make.person(world.office, as_="worker", at=world.provider)
    assert asked() == few


@pytest.mark.parametrize("value", ["-", "없음", "x"])
def test_no_number_is_no_number(moved, value):
    moved(make.NOON)
    world = w.build()
    said = {"person": world.desk.pk, "channel": "sms", "value": value}
    assert signed_in(world.officer).post(f"/care/numbers/{world.provider.ref}/", said).status_code == 422
    make.act(world.office.pk)
    assert world.desk.addresses.count() == 1
