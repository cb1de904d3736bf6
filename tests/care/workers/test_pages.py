"""What the desk sees of its workers, and what it enters."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dure.care.models import Visit
from dure.care.on_the_road import SILENT, STARTS
from dure.care.workers.actions import HELP
from dure.care.workers.models import Ending
from dure.offices.acting import act
from dure.people.models import Person
from tests import make
from tests.care import world as care
from tests.care.workers import world
from tests.care.workers.world import STARTS_AT, owed, says, starts, visits_of, well
from tests.care.world import watch
from tests.make import MINUTE

pytestmark = pytest.mark.django_db
LATE = care.DUE + 50 * MINUTE


@pytest.fixture
def made(moved: Callable[..., Any]) -> care.World:
    """Her phone hasn't been heard for a while, and somebody is told of it."""
    made = world.build()
    Person.objects.filter(pk=made.worker.pk).update(phone="010-0000-4321")
    made.worker.refresh_from_db()
    starts(made, STARTS_AT)
    well(visits_of(made)[0], STARTS_AT + 10 * MINUTE, made.worker)
    watch(LATE)
    moved(LATE)
    act(made.office.pk)
    return made


def ask(person: Person, address: str, said: dict[str, str] | None = None) -> Any:
    """What the page answers; the test itself goes on acting for the office."""
    client = make.signed_in(person)
    answer = client.get(address) if said is None else client.post(address, said)
    act(person.office_id)
    return answer


def page(person: Person, address: str) -> str:
    answer = ask(person, address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_whom_to_call_where_she_was_last_and_what_is_left(made):
    [silence] = owed(SILENT)
    shown = page(made.desk, silence.page)
    for text in ("tel:01000004321", "마지막 방문", "10:40", "100분째 소식 없음", "위치는 추적하지 않습니다"):
        assert text in shown, text
    assert f"/care/courses/{world.course_of(made).ref}/assign/" in shown


def test_the_list_begins_with_who_is_not_heard_and_leads_to_what_is_asked(made):
    shown = page(made.officer, "/care/workers/")
    assert owed(SILENT)[0].page in shown and "100분째 소식 없음" in shown and "위치는 추적하지 않습니다" in shown


def test_the_page_of_phones_says_who_is_not_heard_on_the_road(made):
    shown = page(made.desk, "/field/phones/")
    assert shown.count("분째 소식 없음") == 1 and "100분째 소식 없음" in shown


def test_what_was_found_out_ends_it_once(made):
    [silence] = owed(SILENT)
    address = f"/care/workers/findings/{silence.ref}/"
    said = {"found": "well", "note": "지하 주차장", "false_alarm": "on"}
    assert ask(made.desk, address, said).status_code == 302
    [ending] = Ending.objects.values_list("found", "false_alarm", "note", "by", "duty__closed_by")
    assert ending == ("well", True, "지하 주차장", made.desk.pk, made.desk.pk)
    assert ask(made.desk, address, said).status_code == 409


@pytest.mark.parametrize("said", [{}, {"found": "on_the_way"}, {"found": "helped"},
                                  {"found": "helped", "note": "119", "false_alarm": "on"}])  # fmt: skip
def test_what_says_too_little_gets_a_sentence_at_its_field(made, said):
    [silence] = owed(SILENT)
    answer = ask(made.desk, f"/care/workers/findings/{silence.ref}/", said)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert owed(SILENT) == [silence]


def test_a_course_without_a_worker_leads_to_giving_it_to_somebody(moved):
    made = world.build()
    course = world.course_of(made)
    made.worker.refresh_from_db()
    type(course).objects.filter(pk=course.pk).update(worker=None)
    watch(STARTS_AT + 20 * MINUTE)
    moved(STARTS_AT + 20 * MINUTE)
    shown = page(made.desk, owed(STARTS)[0].page)
    assert f"/care/courses/{course.ref}/assign/" in shown and "이 코스를 맡은 사람이 없습니다" in shown
    wrong = ask(made.desk, f"/care/workers/findings/{owed(STARTS)[0].ref}/", {"found": "well"})
    assert wrong.status_code == 422


def test_help_says_how_to_ask_and_at_which_door_it_was_pressed(made):
    stop = visits_of(made)[1]
    says(made.worker, HELP, None, {"stop": str(stop.ref)}, LATE)
    shown = page(made.desk, f"/care/workers/{made.worker.ref}/")
    assert "예·아니요로만" in shown and f"/care/visits/{stop.ref}/" in shown and "112" in shown


def test_neither_another_provider_nor_a_worker_nor_a_centre_sees_her(made):
    other = make.organisation(made.office, "provider")
    stranger = make.person(made.office, as_="provider", at=other)
    [silence] = owed(SILENT)
    for person, status in ((stranger, 404), (made.worker, 403), (made.centre, 403)):
        for address in (silence.page, f"/care/workers/courses/{world.course_of(made).ref}/"):
            assert ask(person, address).status_code == status
    assert ask(stranger, f"/care/workers/findings/{silence.ref}/", {"found": "well"}).status_code == 404


def test_as_many_queries_for_one_worker_as_for_many(made):
    counted = []
    for number in range(3):
        with CaptureQueriesContext(connection) as asked:
            assert ask(made.desk, "/care/workers/").status_code == 200
        counted.append(len(asked))
        person = make.person(made.office, as_="worker", at=made.provider)
        world.phone(person, enrolled_at=LATE)
        Visit.objects.filter(pk=visits_of(made)[number % 2].pk).update(worker=person)
    assert len(set(counted)) == 1, counted
