"""Looking in an emergency: exactly one person, for a while, on the record, looked at afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.audit.models import Entry
from dure.care.emergencies import actions
from dure.care.emergencies.actions import Particulars, Why
from dure.care.emergencies.models import EmergencyLook, Guess
from dure.care.models import Contact, Recipient
from dure.cases.models import Case
from dure.duty.models import Duty
from dure.errors import Refused
from dure.offices.acting import act
from dure.people.actions import standing
from dure.rules.models import Rule
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY, acting
from tests.make import MINUTE, NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WHY = Why("called", "따님이 여기로 전화했습니다")
FORM = {"name": "홍길동", "phone": "010-1234-5678", "reason": "called", "words": WHY.words}


@pytest.fixture
def world(moved):
    """Somebody else's recipient, with a door code; and a stranger: a provider that doesn't serve them."""
    moved(NOON)
    made = w.build()
    made.moved = moved
    made.recipient.place.door_code = "4711*"
    made.recipient.place.save()
    Recipient.objects.filter(pk=made.recipient.pk).update(phone="010-1234-5678", health="당뇨")
    Contact.objects.create(office=made.office, recipient=made.recipient, name="홍따님", relation="딸", phone="010-2-2")
    there = make.organisation(made.office, "provider", name="다른곳")
    made.stranger_at = there
    made.stranger = make.person(made.office, "남의소장", as_="provider", at=there)
    other_dong = make.organisation(made.office, "centre", area=make.area(made.office, "수완동"))
    made.far_centre = make.person(made.office, "먼동담당", as_="centre", at=other_dong)
    return made


def looked(world, by=None, now=NOON, **said) -> EmergencyLook | None:
    by = by or world.stranger
    world.moved(now)
    whom = Particulars("홍길동", **(said or {"phone": "010-1234-5678"}))
    with acting(by.office_id, by.pk, standing(by, DAY).organisations):
        return actions.look_for(whom, WHY, by=by, now=now)


def test_somebody_who_may_not_see_the_person_sees_them_for_an_hour_with_door_code_and_what_119_asks(world, moved):
    client = signed_in(world.stranger)
    page = f"/care/recipients/{world.recipient.ref}/"
    assert client.get(page).status_code == 404
    answer = client.post("/care/emergencies/new/", FORM)
    assert (answer.status_code, answer["Location"]) == (302, "/care/emergencies/now/")
    shown = client.get("/care/emergencies/now/").content.decode()
    for said in ("홍길동", "4711*", "당뇨", "홍따님", "010-1234-5678", "tel:119"):
        assert said in shown
    assert client.get(page).status_code == client.get(page + "edit/").status_code == 404
    moved(NOON + 59 * MINUTE)
    assert "4711*" in client.get("/care/emergencies/now/").content.decode()
    client = signed_in(world.stranger)
    moved(NOON + HOUR)
    assert client.get("/care/emergencies/now/").status_code == 302
    assert client.get("/care/emergencies/now/left/")["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    "said",
    [{"phone": "010-9999-9999"}, {"address": "첨단중앙로"}, {"area": "수완동"}],
    ids=["phone", "address", "dong"],
)
def test_a_wrong_guess_shows_nobody_and_doesnt_say_what_was_wrong(world, said):
    if "area" in said:
        said = {"area": world.far_centre.memberships.get().organisation.area}
    assert looked(world, **said) is None
    assert (EmergencyLook.objects.count(), Guess.objects.filter(found=None).count()) == (0, 1)


def test_two_of_one_name_in_a_dong_are_nobody_until_told_apart_in_the_same_words(world):
    w.recipient(world, "홍길동")
    client, by_dong = signed_in(world.stranger), FORM | {"phone": "", "area": world.dong.pk}
    two = client.post("/care/emergencies/new/", by_dong)
    none = client.post("/care/emergencies/new/", by_dong | {"name": "홍길은"})
    sentence = "정확히 맞는 사람이 없거나 두 사람 이상입니다"
    assert two.status_code == none.status_code == 422
    assert sentence in two.content.decode() and sentence in none.content.decode()
    assert looked(world, address=world.recipient.place.address)


def test_after_five_wrong_guesses_nobody_is_looked_for_until_an_hour_has_passed(world):
    for n in range(5):
        assert looked(world, phone=f"010-0000-00{n}0") is None
    with pytest.raises(Refused, match="119"):
        looked(world)
    assert looked(world, by=world.far_centre)  # counted for each person
    assert looked(world, now=NOON + HOUR + MINUTE)
    act(world.office.pk, world.officer.pk)
    assert "남의소장: 5번" in signed_in(world.officer).get("/care/emergencies/").content.decode()


def test_what_was_guessed_stands_nowhere(world):
    signed_in(world.stranger).post("/care/emergencies/new/", FORM | {"name": "감나무", "phone": "010-7777-1111"})
    act(world.office.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(g)::text FROM emergencies_guess g UNION SELECT row_to_json(e)::text"
                       " FROM audit_entry e")  # fmt: skip
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert "감나무" not in kept and "7777" not in kept and "looked for in an emergency" in kept


@pytest.mark.parametrize("change", [{"words": ""}, {"words": "..."}, {"reason": ""}, {"phone": ""}, {"name": ""},
                                    {"words": "주민번호 470101-1234567 확인"}])  # fmt: skip
def test_without_a_reason_or_with_a_name_alone_nobody_is_shown_and_no_guess_is_used(world, change):
    answer = signed_in(world.stranger).post("/care/emergencies/new/", FORM | change)
    assert answer.status_code == 422
    assert EmergencyLook.objects.count() == Guess.objects.count() == 0


def test_who_may_see_the_person_anyway_is_led_there_and_nothing_is_opened(world):
    answer = signed_in(world.desk).post("/care/emergencies/new/", FORM)
    assert answer["Location"] == f"/care/recipients/{world.recipient.ref}/"
    assert EmergencyLook.objects.count() == Guess.objects.count() == 0


def test_of_another_office_or_no_longer_served_nobody_is_shown(world):
    Recipient.objects.filter(pk=world.recipient.pk).update(ended_on=DAY, ended_why="x")
    assert looked(world) is None
    elsewhere = w.build()
    w.recipient(elsewhere, "홍길동", phone="010-5555-5555")
    act(world.office.pk)
    assert looked(world, phone="010-5555-5555") is None


def test_each_look_is_on_the_record_with_the_reason_and_the_recipients_page_says_emergency(world):
    client = signed_in(world.stranger)
    client.post("/care/emergencies/new/", FORM)
    client.get("/care/emergencies/now/")
    act(world.office.pk)
    last = Entry.objects.filter(who_id=world.stranger.pk, whose__contains=[world.recipient.ref]).latest("pk")
    assert (last.about, last.why) == ("page care:emergencies:show", f"본인·가족·이웃이 전화함: {WHY.words}")
    assert Entry.objects.filter(did="opened in an emergency", why=WHY.words).count() == 1
    page = signed_in(world.officer).get(f"/looks/recipients/{world.recipient.ref}/").content.decode()
    assert "긴급 열람" in page and WHY.words in page and "남의소장" in page


def test_a_banner_with_the_time_left_stands_on_every_page_meanwhile(world, moved):
    client = signed_in(world.stranger)
    client.post("/care/emergencies/new/", FORM)
    moved(NOON + 20 * MINUTE)
    for page in ("/board/", "/care/recipients/", "/banners/"):
        body = client.get(page).content.decode()
        assert "긴급 열람 중: 13:00까지(40분 남음)" in body.replace("\xa0", ""), page
        assert "홍길동" not in body and "홍*동" not in body
    client.post("/care/emergencies/now/end/")
    assert "긴급 열람 중" not in client.get("/board/").content.decode()
    assert client.get("/care/emergencies/now/").status_code == 302


def test_going_on_takes_a_new_reason_and_a_second_person_ends_the_first(world, moved):
    client = signed_in(world.stranger)
    client.post("/care/emergencies/new/", FORM)
    moved(NOON + 50 * MINUTE)
    assert client.post("/care/emergencies/now/go-on/", {"reason": "found", "words": ""}).status_code == 422
    client.post("/care/emergencies/now/go-on/", {"reason": "found", "words": "구급차를 기다립니다"})
    act(world.office.pk, world.officer.pk)
    second, first = EmergencyLook.objects.all()
    assert (second.follows, second.until, first.ended_at) == (first, NOON + 110 * MINUTE, NOON + 50 * MINUTE)
    assert Duty.objects.filter(kind="care.emergency_look", closed_at=None).count() == 2
    other = w.recipient(world, "나이웃", phone="010-3333-4444")
    signed_in(world.stranger).post("/care/emergencies/new/", FORM | {"name": "나이웃", "phone": "010-3333-4444"})
    act(world.office.pk, world.officer.pk)
    assert [look.recipient for look in EmergencyLook.objects.open_at(NOON + 51 * MINUTE)] == [other]
    with pytest.raises(Refused):
        actions.go_on(first, WHY, by=world.stranger, now=NOON + 51 * MINUTE)


def test_how_long_it_lasts_is_a_rule_of_the_office(world):
    Rule.objects.create(office=world.office, name="emergency-look", what="x", value="0.5", unit="hours", source="x",
                        since=date(2020, 1, 1), made_at=NOON)  # fmt: skip
    made = looked(world)
    assert made and made.until == NOON + timedelta(minutes=30)


def test_what_the_emergency_needs_can_be_reported_and_those_who_answer_are_told(world):
    client = signed_in(world.stranger)
    client.post("/care/emergencies/new/", FORM)
    said = {"source": "desk", "danger": "on", "note": "쓰러져 있다고 합니다"}
    answer = client.post("/care/emergencies/now/unreachable/", said, follow=True)
    act(world.office.pk)
    case = Case.objects.get(subject=world.recipient.ref)
    assert (case.danger_at, case.organisation, case.area) == (NOON, world.provider, world.dong)
    assert case.number in answer.content.decode()
    assert client.get(case.page).status_code == 404  # the case is for those who answer for it
    assert client.post("/care/emergencies/now/unreachable/", {"source": "nobody"}).status_code == 422


def test_the_office_looks_at_it_by_the_next_working_day_and_somebody_else_does(world):
    friday = datetime(2026, 11, 27, 12, tzinfo=UTC)  # 21:00 there
    made = looked(world, now=friday)
    with acting(world.office.pk, world.officer.pk):
        duty = Duty.objects.get(about=made.ref)
        assert (duty.due_at, duty.organisation, duty.area) == (datetime(2026, 11, 30, 8, tzinfo=UTC), None, None)
    w.watch(duty.due_at)
    with acting(world.office.pk, world.officer.pk):
        assert Duty.objects.get(pk=duty.pk).raised_at
        with pytest.raises(Refused):
            actions.review(made, "justified", "", by=world.stranger, now=duty.due_at)
        with pytest.raises(Refused):
            actions.review(made, "not_justified", " ", by=world.officer, now=duty.due_at)
        actions.review(made, "not_justified", "면담함", by=world.officer, now=duty.due_at)
        with pytest.raises(Refused):
            actions.review(made, "justified", "", by=world.officer, now=duty.due_at)
        closed = Duty.objects.get(pk=duty.pk)
    assert (closed.closed_by, closed.outcome, closed.note) == (world.officer, "kept", "not_justified")


def test_the_office_ends_a_look_and_enters_what_it_found_on_the_page(world):
    made = looked(world)
    office, page = signed_in(world.officer), f"/care/emergencies/{made.ref}/"
    body = office.get(page).content.decode()
    assert WHY.words in body and "홍*동" in body and "4711*" not in body
    office.post(f"{page}end/")
    assert signed_in(world.stranger).get("/care/emergencies/now/").status_code == 302
    assert office.post(page, {"finding": "not_justified", "follow_up": ""}).status_code == 422
    assert office.post(page, {"finding": "justified"}).status_code == 302
    act(world.office.pk, world.officer.pk)
    assert EmergencyLook.objects.get().finding == "justified"
    assert signed_in(world.stranger).get(page).status_code == 403


def test_one_sees_ones_own_looks_and_the_office_all(world):
    looked(world)
    looked(world, by=world.far_centre)
    bodies = {who: signed_in(who).get("/care/emergencies/").content.decode()
              for who in (world.stranger, world.far_centre, world.desk, world.officer)}  # fmt: skip
    assert [("남의소장" in body, "먼동담당" in body) for body in bodies.values()] == [
        (True, False), (False, True), (False, False), (True, True)
    ]  # fmt: skip


def test_the_list_asks_the_database_as_often_for_one_look_as_for_many(world):
    client, counts = signed_in(world.officer), []
    for many in (1, 6):
        for _ in range(many):
            act(world.office.pk)
            looked(world, by=make.person(world.office, as_="provider", at=world.stranger_at))
        with CaptureQueriesContext(connection) as queries:
            client.get("/care/emergencies/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_whoever_is_on_duty_for_a_case_sees_what_they_need_without_it(world, moved):
    w.raised_by_silence(world)
    moved(w.DUE + 31 * MINUTE)
    act(world.office.pk)
    case = w.case_of(world)
    for who in (world.desk, world.centre, world.oncall, world.officer):
        assert "4711*" in signed_in(who).get(case.page).content.decode(), who
    act(world.office.pk, world.officer.pk)
    assert EmergencyLook.objects.count() == 0
