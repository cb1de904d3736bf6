"""A worker of the desk is ill on Monday at seven; another asks for a swap; somebody stands in for a holiday."""

from datetime import timedelta

import pytest

from dure import clock
from dure.care import rosters, standing_in
from dure.outbox.models import Message
from dure.people.models import Role, Shift, StandIn
from tests import make
from tests.care.pages import signed_in
from tests.field import world
from tests.outbox.test_sender import Post, send

pytestmark = pytest.mark.django_db
SEVEN = make.NOON - timedelta(hours=5)


@pytest.fixture
def day(moved):
    """Nights from 18:00 to 09:00 by the desk; a colleague; it is Monday, seven o'clock."""
    moved(SEVEN)
    made = world.day()
    made.two = make.person(made.office, "박둘째", Role.PROVIDER, made.provider)
    made.roster = make.roster(made.office, answers_for="desk", at=made.provider)
    make.rota(made.roster, [made.desk])
    rosters.write(made.roster, SEVEN)
    return made


def shifts(day) -> list[tuple[str, str]]:
    make.act(day.office.pk)
    found = Shift.objects.filter(roster=day.roster, starts_at__lt=SEVEN + timedelta(days=2))
    return [(s.person.name, f"{clock.local(s.starts_at):%d %H:%M}") for s in found.select_related("person")]


def told(person) -> list[str]:
    return list(Message.objects.filter(person=person).order_by("id").values_list("template", flat=True))


def test_ill_on_monday_at_seven_one_press_gives_todays_shifts_to_another(day):
    client = signed_in(day.two)
    [out] = [each for each in client.get("/care/out-today/").context["out"] if each.person == day.desk]
    assert ([s.roster for s in out.shifts], out.takers) == ([day.roster], [day.two])
    said = {"person": day.desk.pk, "to": day.two.pk}
    assert client.post("/care/out-today/", {"to": day.two.pk}).status_code == 409
    assert client.post("/care/out-today/", said | {"to": day.worker.pk}).status_code == 409
    assert client.post("/care/out-today/", said).status_code == 302
    assert shifts(day) == [("박둘째", "23 18:00"), (day.desk.name, "24 18:00")]
    assert told(day.desk)[0].startswith("You don't answer") and told(day.two) == []  # who did it knows
    assert client.post("/care/out-today/", said).status_code == 409  # nothing is left of today
    make.act(day.office.pk)
    done = StandIn.objects.get()
    assert (done.asked_by, done.answered_by, done.agreed, done.why) == (day.two, day.two, True, "오늘 부재")


def test_who_is_on_already_goes_on_alone(day):
    rosters.put_on(
        [Shift(office=day.office, roster=day.roster, person=day.two, place=1, starts_at=make.NOON,
               ends_at=make.NOON + timedelta(hours=30))], by=day.desk, now=SEVEN,
    )  # fmt: skip
    assert signed_in(day.two).post("/care/out-today/", {"person": day.desk.pk, "to": day.two.pk}).status_code == 302
    assert shifts(day) == [("박둘째", "23 12:00"), (day.desk.name, "24 18:00")]


def test_of_a_shift_that_runs_for_weeks_one_day_is_given_away(day):
    centre = make.organisation(day.office, "centre")
    one, two = (make.person(day.office, name, Role.CENTRE, centre) for name in ("정하나", "정두리"))
    roster = make.roster(day.office, one, answers_for="centre", at=centre)
    assert signed_in(two).post("/care/out-today/", {"person": one.pk, "to": two.pk}).status_code == 302
    make.act(day.office.pk)
    found = [(s.person.name, s.starts_at, s.ends_at) for s in Shift.objects.filter(roster=roster)]
    tomorrow, start = SEVEN + timedelta(days=1), make.NOON - timedelta(days=15)
    assert found == [
        ("정하나", start, SEVEN), ("정두리", SEVEN, tomorrow), ("정하나", tomorrow, make.NOON + timedelta(days=15)),
    ]  # fmt: skip


def test_in_place_of_everybody_all_who_were_on_are_told(day):
    third = make.person(day.office, "박셋째", Role.PROVIDER, day.provider)
    begins = SEVEN + timedelta(hours=11)
    rosters.put_on([Shift(office=day.office, roster=day.roster, person=third, place=1, starts_at=begins,
                          ends_at=begins + timedelta(hours=4))], by=day.desk, now=SEVEN)  # fmt: skip
    said = {"off": "", "on": day.two.pk, "day": "2026-11-23", "starts": "18:00", "last": "2026-11-24", "ends": "09:00"}
    boss = make.person(day.office, as_=Role.OFFICER)
    assert signed_in(boss).post(f"/care/rosters/{day.roster.ref}/stand-in/", said).status_code == 302
    assert shifts(day) == [("박둘째", "23 18:00"), (day.desk.name, "24 18:00")]
    assert [told(each)[0][:16] for each in (day.two, day.desk, third)] == [
        "You answer for %", "You don't answer", "You don't answer",
    ]  # fmt: skip


def test_who_can_stand_where_is_said_of_many_rosters_as_of_one(day, django_assert_num_queries):
    centre, house = make.organisation(day.office, "centre"), make.house(day.office)
    for role, at in [(Role.CENTRE, centre), (Role.OFFICER, centre), (Role.ADMIN, house), (Role.WORKER, house)]:
        make.person(day.office, as_=role, at=at)
    made = [day.roster, make.roster(day.office, answers_for="centre", at=centre)]
    made.append(make.roster(day.office, answers_for="spare", at=house))
    with django_assert_num_queries(1):
        able = rosters.able(made)
    assert able == {roster: set(rosters.could_answer(roster)) for roster in made}
    assert [len(each) for each in able.values()] == [2, 2, 3]


def test_a_worker_with_a_course_is_led_to_giving_it_away(day):
    page = signed_in(day.desk).get("/care/out-today/")
    [out] = [each for each in page.context["out"] if each.person == day.worker]
    assert (out.shifts, len(out.courses)) == ([], 1)
    assert f"/care/courses/{out.courses[0].ref}/assign/" in page.content.decode()


def test_a_swap_is_asked_for_and_answered_and_all_are_told(day):
    shift = Shift.objects.filter(roster=day.roster).first()
    asks, asked = signed_in(day.desk), signed_in(day.two)
    assert list(asks.get("/care/shifts/").context["shifts"][:1]) == [shift]
    page = f"/care/shifts/{shift.pk}/ask/"
    assert asks.post(page, {"on": day.desk.pk}).status_code == 422
    assert asks.post(page, {"on": day.two.pk, "why": "주민번호 900101-1234567"}).status_code == 422
    assert asks.post(page, {"on": day.two.pk, "why": "가족 행사"}).status_code == 302
    assert asks.post(page, {"on": day.two.pk}).status_code == 422  # asked already
    make.act(day.office.pk)
    assert len(told(day.two)) == 1
    [wish] = asked.get("/care/shifts/").context["wishes"]
    assert (wish.off, wish.on, wish.why) == (day.desk, day.two, "가족 행사")
    assert asked.post(f"/care/stand-ins/{wish.ref}/answer/", {"agrees": "yes"}).status_code == 302
    assert shifts(day)[0] == ("박둘째", "23 18:00")
    assert [t[:12] for t in told(day.desk)] == ["%(by)s said "]
    assert asked.post(f"/care/stand-ins/{wish.ref}/answer/", {"agrees": "no"}).status_code == 404  # it is answered


def test_somebody_stands_in_and_what_is_wrong_is_said_at_the_field(day):
    client, page = signed_in(day.desk), f"/care/rosters/{day.roster.ref}/stand-in/"
    shift = Shift.objects.filter(roster=day.roster)[1]
    form = client.get(f"{page}?shift={shift.pk}").context["form"]
    assert (form.initial["off"], str(form.initial["ends"])) == (day.desk.pk, "09:00:00")
    assert client.get(f"{page}?shift=x").status_code == 200
    said = {"off": day.desk.pk, "on": day.two.pk, "day": "2026-11-24", "starts": "18:00", "last": "2026-11-25",
            "ends": "09:00", "why": ""}  # fmt: skip
    for wrong, field in [({"on": "", "off": ""}, "on"), ({"on": day.desk.pk}, "on"), ({"last": "2026-11-24"}, "ends"),
                         ({"off": "", "last": "2027-11-24"}, "__all__")]:  # fmt: skip
        answer = client.post(page, said | wrong)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert client.post(page, said).status_code == 302
    assert shifts(day) == [(day.desk.name, "23 18:00"), ("박둘째", "24 18:00")]


def test_another_providers_shifts_are_not_there(day):
    other = make.person(day.office, as_=Role.PROVIDER, at=make.organisation(day.office))
    client, shift = signed_in(other), Shift.objects.filter(roster=day.roster).first()
    assert client.get(f"/care/shifts/{shift.pk}/ask/").status_code == 404
    assert client.get(f"/care/rosters/{day.roster.ref}/stand-in/").status_code == 404
    assert client.get("/care/out-today/").context["out"] == []
    assert client.post("/care/out-today/", {"person": day.desk.pk, "to": other.pk}).status_code == 409


def test_a_text_about_a_shift_asks_for_no_reply_and_leads_to_the_page_where_it_is_answered(day, settings):
    settings.DURE_REPLIES, settings.DURE_URL = True, "https://dure.example.go.kr"
    shift = Shift.objects.filter(roster=day.roster).earliest("starts_at")
    standing_in.ask(shift, day.two, why="", by=day.desk, now=SEVEN + timedelta(hours=2))
    send(post := Post(), SEVEN + timedelta(hours=2))
    [(_, text)] = post.carried
    assert text.endswith("\nhttps://dure.example.go.kr/care/shifts/") and "답장" not in text
