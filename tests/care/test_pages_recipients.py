"""Recipients' pages: who sees whom, the record of a look, entering without losing anything."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.audit.models import Entry
from dure.care.models import Absence, MealPlan, Recipient
from dure.cases.models import Case
from dure.offices.acting import act
from dure.people.models import Person
from tests import make
from tests.care import world as small
from tests.care.pages import signed_in
from tests.field import world
from tests.field.world import MORNING

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = "2026-11-23", "2026-11-24"


@pytest.fixture(autouse=True)
def noon(moved):
    moved(make.NOON)


def rows(prefix: str, *given: dict[str, str]) -> dict[str, str]:
    said = {f"{prefix}-TOTAL_FORMS": str(len(given)), f"{prefix}-INITIAL_FORMS": "0"}
    return said | {f"{prefix}-{n}-{key}": value for n, row in enumerate(given) for key, value in row.items()}


def entry(day: world.World, **changed: object) -> dict[str, object]:
    act(day.office.pk)
    said = {
        "name": "한새봄", "born_on": "1941-03-05", "sex": "f", "phone": "01000007777", "reach": "phone",
        "provider": day.provider.pk, "route": day.route.pk, "tier": "red", "started_on": TOMORROW,
        "area": day.visits[0].recipient.place.area_id, "address": "새봄길 7", "meals-lunch_days": ["0", "1"],
        "meals-lunch_by": "12:30", "meals-since": TOMORROW,
        **rows("contact", {"name": "한아들", "relation": "아들", "phone": "010-0000-8888"}, {}),
        **rows("service", {"service": "방문요양", "agency": "시험재가센터", "stopped_on": "2026-11-01"}),
    }  # fmt: skip
    return said | changed


def test_the_list_is_masked_and_one_page_is_a_look_on_the_record():
    day = world.day()
    client, recipient = signed_in(day.officer), day.visits[0].recipient

    page = client.get("/care/recipients/").content.decode()
    assert "최*례" in page and "최순례" not in page and "010-0000-11" not in page

    page = client.get(f"/care/recipients/{recipient.ref}/").content.decode()
    act(day.office.pk)
    assert "최순례" in page and "010-0000-1100" in page
    [look] = Entry.objects.filter(did="looked", about=f"page care:recipient {recipient.ref}", who_id=day.officer.pk)
    assert (look.whose, look.source) == ([recipient.ref], "127.0.0.1")


def test_who_sees_whom():
    day, other = world.day(), world.day(name="다른구")
    ref = day.visits[0].recipient.ref
    act(day.office.pk)
    elsewhere = make.person(day.office, as_="provider", at=make.organisation(day.office))
    clerk = Person.objects.get(office=day.office, name="김동장")

    assert [signed_in(p).get(f"/care/recipients/{ref}/").status_code for p in (day.officer, day.desk, clerk)] == [
        200
    ] * 3
    assert signed_in(elsewhere).get(f"/care/recipients/{ref}/").status_code == 404
    assert signed_in(other.officer).get(f"/care/recipients/{ref}/").status_code == 404
    assert signed_in(day.worker).get(f"/care/recipients/{ref}/").status_code == 403
    assert "최*례" not in signed_in(elsewhere).get("/care/recipients/").content.decode()


def test_search_by_name_last_digits_and_dong():
    day = world.day()
    area, client = day.visits[0].recipient.place.area_id, signed_in(day.officer)
    found = lambda **q: [r.name for r in client.get("/care/recipients/", q).context["page"]]  # noqa: E731
    looked = lambda **q: [r.name for r in client.post("/care/recipients/", q, follow=True).context["page"]]  # noqa: E731
    assert looked(q="순례") == ["최순례"]
    assert looked(q="1101", dong=area, tier="") == ["정복남"]
    assert looked(q=" ", tier="red") == ["최순례"]
    assert found(tier="red") == ["최순례"]
    assert found(dong=area, provider=day.provider.pk) == ["윤말순", "정복남", "최순례"]
    assert found(dong="999999") and found(page="x")  # what can't be read narrows nothing


def test_the_list_asks_the_same_number_of_questions_however_many_there_are():
    counts = []
    for stops in (2, 6):
        client = signed_in(world.day(stops=stops).officer)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/care/recipients/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


def test_a_recipient_is_entered_with_contacts_services_and_meals():
    day = world.day()
    answer = signed_in(day.desk).post("/care/recipients/new/", entry(day))
    act(day.office.pk)
    made = Recipient.objects.get(name="한새봄")

    assert answer.url == f"/care/recipients/{made.ref}/"
    assert (made.phone, made.centre.kind, made.place.address) == ("010-0000-7777", "centre", "새봄길 7")
    assert [(c.name, c.phone) for c in made.contacts.all()] == [("한아들", "010-0000-8888")]
    assert [(s.service, str(s.stopped_on)) for s in made.services.all()] == [("방문요양", "2026-11-01")]
    assert [(m.weekday, m.meal, str(m.since)) for m in made.meals.order_by("weekday")] == [
        (0, "lunch", TOMORROW), (1, "lunch", TOMORROW),
    ]  # fmt: skip


def test_bad_input_says_what_is_wrong_at_the_field_and_loses_nothing():
    day = world.day()
    said = entry(day, name="", phone="010-12", health="410305-1234567 고혈압", **{"contact-0-phone": "전화없음"})
    answer = signed_in(day.desk).post("/care/recipients/new/", said)
    page = answer.content.decode()

    assert answer.status_code == 422
    errors = answer.context["entry"].person.errors
    assert set(errors) == {"name", "phone", "health"}
    assert "새봄길 7" in page and "방문요양" in page and "한아들" in page
    assert "phone" in answer.context["entry"].contacts.errors[0]
    act(day.office.pk)
    assert not Recipient.objects.filter(place__address="새봄길 7").exists()


def test_somebody_like_this_is_shown_and_not_refused():
    day = world.day()
    client, said = signed_in(day.desk), entry(day, phone="010-0000-1100")
    answer = client.post("/care/recipients/new/", said)
    assert answer.status_code == 200 and "최*례" in answer.content.decode()
    assert client.post("/care/recipients/new/", said | {"anyway": "1"}).status_code == 302


def test_a_changed_week_leaves_the_old_plan_on_the_record():
    day = world.day()
    client, recipient = signed_in(day.desk), day.visits[0].recipient
    form = client.get(f"/care/recipients/{recipient.ref}/edit/")
    assert form.context["entry"].meals.initial["lunch_days"] == [0, 1, 2, 3, 4, 5, 6]
    said = entry(day, **{"meals-lunch_days": ["0"], "meals-since": TOMORROW, "anyway": "1"})
    assert client.post(f"/care/recipients/{recipient.ref}/edit/", said).status_code == 302
    act(day.office.pk)
    plans = MealPlan.objects.filter(recipient=recipient)
    assert sorted(plans.filter(until=None).values_list("weekday", flat=True)) == [0]
    assert {str(p.until) for p in plans.exclude(until=None)} == {TOMORROW} and plans.count() == 7


def test_meals_that_were_to_begin_later_begin_sooner_when_that_is_said_and_only_then():
    day, later = world.day(), "2026-12-10"
    client, said = signed_in(day.desk), entry(day, started_on=later, **{"meals-since": later})
    page = client.post("/care/recipients/new/", said).url
    form = client.get(f"{page}edit/").context["entry"].meals
    assert str(form["since"].value()) == later

    def begins(since: str) -> set[str]:
        changed = {"started_on": TODAY, "meals-since": since, "anyway": "1"}
        assert client.post(f"{page}edit/", said | changed).status_code == 302
        act(day.office.pk)
        return {str(m.since) for m in MealPlan.objects.filter(recipient__name="한새봄", until=None)}

    assert begins(later) == {later}
    assert begins(TOMORROW) == {TOMORROW}


def test_a_page_that_was_left_open_loses_nothing_that_somebody_else_has_entered():
    day = world.day()
    client, recipient = signed_in(day.desk), day.visits[0].recipient
    edit = f"/care/recipients/{recipient.ref}/edit/"
    opened = client.get(edit).context["entry"].state
    first = entry(day, state=opened, anyway="1", **{"meals-lunch_days": ["0", "5"]})
    assert client.post(edit, first).status_code == 302

    late = entry(day, state=opened, anyway="1", name="늦은이름")
    again = client.post(edit, late)
    assert again.status_code == 422 and "다른 사람이 이 대상자의 내용을 바꾸었습니다" in again.content.decode()
    act(day.office.pk)
    recipient.refresh_from_db()
    weekdays = MealPlan.objects.filter(recipient=recipient, until=None).values_list("weekday", flat=True)
    assert (recipient.name, sorted(weekdays)) == ("한새봄", [0, 5])
    assert "늦은이름" in again.content.decode()

    assert client.post(edit, late | {"state": again.context["entry"].state}).status_code == 302


def test_an_absence_excuses_the_visit_and_back_again_ends_it():
    day = world.day()
    client, visit = signed_in(day.desk), day.visits[0]
    away = f"/care/recipients/{visit.recipient.ref}/away/"
    answer = client.post(away, {"why": "hospital", "since": TODAY, "told_by": ""})
    assert answer.status_code == 422 and "told_by" in answer.context["form"].errors

    assert client.post(away, {"why": "hospital", "since": TODAY, "told_by": "딸"}).status_code == 302
    act(day.office.pk)
    visit.refresh_from_db()
    absence = Absence.objects.get(recipient=visit.recipient)
    assert visit.excused_at and absence.told_by == "딸"
    assert "최*례" in client.get("/care/absences/").content.decode()

    assert client.post(f"/care/absences/{absence.ref}/back/", {"on": TOMORROW}).status_code == 302
    act(day.office.pk)
    absence.refresh_from_db()
    assert absence.until == make.DAY + timedelta(days=1)


def test_cannot_be_reached_opens_a_case_and_shows_a_known_absence_first():
    day = world.day()
    client, recipient = signed_in(day.desk), day.visits[0].recipient
    page = f"/care/recipients/{recipient.ref}/unreachable/"
    client.post(f"/care/recipients/{recipient.ref}/away/", {"why": "away", "since": TODAY, "told_by": "이웃"})
    assert "이웃" in client.get(page).content.decode()
    assert client.post(page, {"source": "silence"}).status_code == 422

    answer = client.post(page, {"source": "family", "who": "큰딸", "note": "이틀째 전화를 안 받음"})
    act(day.office.pk)
    case = Case.objects.get(subject=recipient.ref)
    assert answer.url == case.page and case.source == "family"
    assert [(e.who, e.note) for e in case.entries.all()] == [("큰딸", "이틀째 전화를 안 받음")]


def test_meals_end_for_good_only_with_a_reason():
    day = world.day()
    client, recipient = signed_in(day.desk), day.visits[0].recipient
    assert client.post(f"/care/recipients/{recipient.ref}/end/", {"why": "이사"}).status_code == 409
    assert client.post(f"/care/recipients/{recipient.ref}/end/", {"how": "other", "why": " "}).status_code == 409
    assert client.post(f"/care/recipients/{recipient.ref}/end/", {"how": "moved"}).status_code == 302
    act(day.office.pk)
    recipient.refresh_from_db()
    assert (recipient.ended_on, recipient.ended_how, recipient.ended_why) == (make.DAY, "moved", "전출")


def test_after_saving_it_is_said_from_when_a_change_in_the_middle_of_the_day_holds(moved):
    day = world.day()  # the course starts at 11:30, lunch is owed by 12:30
    new = make.organisation(day.office, "provider", "새수행")
    recipient, client = day.visits[0].recipient, signed_in(day.officer)

    def saved(**changed: object) -> list[str]:
        said = entry(day, anyway="1", started_on=TODAY, **{"meals-lunch_days": list("0123456"), **changed})
        answer = client.post(f"/care/recipients/{recipient.ref}/edit/", said, follow=True)
        return [str(message) for message in answer.context["messages"]]

    assert saved(route="", provider=new.pk) == [
        "저장했습니다.",
        "오늘 식사는 시험밥상에서 그대로 배달하고, 내일부터 새수행에서 배달합니다.",
    ]
    moved(make.NOON + timedelta(hours=1))
    assert saved(route="", provider=new.pk, **{"meals-since": TODAY, "meals-lunch_by": "12:00"}) == [
        "저장했습니다.",
        "오늘 점심 식사는 시간이 지났습니다. 이 식사는 내일부터 바뀐 대로 배달합니다.",
    ]
    moved(MORNING)
    assert saved() == [
        "저장했습니다.",
        "다음 식사부터 시험밥상에서 배달합니다. 이미 잡힌 방문도 옮겼습니다.",
    ]


def test_a_centre_enters_that_somebody_has_moved_to_another_dong(moved):
    moved(make.NOON)
    world = small.build()
    there = make.area(world.office, "수완동")
    make.organisation(world.office, "centre", area=there)
    who, client = world.recipient, signed_in(world.centre)
    page = f"/care/recipients/{who.ref}/edit/"
    said = {
        "name": who.name, "reach": "phone", "provider": world.provider.pk, "route": world.route.pk, "tier": who.tier,
        "started_on": str(who.started_on), "area": there.pk, "address": "수완로 1", "meals-lunch_days": list("01234"),
        "meals-lunch_by": "11:30", "meals-since": str(make.DAY), "meals-dinner_by": "18:00", "anyway": "1",
    }  # fmt: skip
    for prefix in ("contact", "service"):
        said |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    answer = client.post(page, said)
    assert (answer.status_code, answer["Location"]) == (302, "/care/recipients/")
    act(world.office.pk)
    who.refresh_from_db()
    assert who.centre.area == there and client.get(page).status_code == 404
