"""A recipient is reviewed every half year: owed by itself, a few a day, done on the recipient's page."""

from datetime import timedelta

import pytest

from dure.audit.models import Entry
from dure.care import recipients, reviews
from dure.care.alarms import end_service
from dure.care.imports.recipients import Recipients
from dure.care.models import Recipient
from dure.care.tasks import owe_what_comes_again
from dure.duty.models import Duty
from dure.errors import Refused
from dure.imports.kinds import Item, Scope
from dure.offices.acting import act, acting
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db
LONG_AGO = DAY - timedelta(days=182)
A_DAY = timedelta(days=1)


@pytest.fixture
def world():
    made = w.build()
    Recipient.objects.filter(pk=made.recipient.pk).update(started_on=LONG_AGO)
    return made


def owed(world) -> list[Duty]:
    return list(Duty.objects.filter(kind="care.review", about=world.recipient.ref).order_by("pk"))


def test_half_a_year_after_the_start_or_the_last_review_it_is_owed(world, moved):
    w.recipient(world)  # began a month ago
    moved(MORNING)
    make.role("engine")
    for _ in range(2):
        owe_what_comes_again()
    make.role("app")
    act(world.office.pk)
    [review] = Duty.objects.filter(kind="care.review")
    assert (review.about, review.organisation, review.area, review.ladder.name, review.urgent) == (
        world.recipient.ref, world.provider, world.dong, "office", False,
    )  # fmt: skip
    assert review.due_at == MORNING + 14 * A_DAY + timedelta(hours=10)
    assert world.recipient.name not in str(review.values)
    assert (review.what, review.values["day"]) == (reviews.FIRST, str(LONG_AGO))  # nobody ever looked


@pytest.mark.parametrize(("days", "ahead"), [(182 - 15, 0), (182 - 14, 14), (182 - 4, 14), (400, 14)])
def test_it_is_owed_two_weeks_ahead_and_never_for_yesterday(world, days, ahead):
    Recipient.objects.update(reviewed_on=DAY - timedelta(days=days))
    assert reviews.owe_reviews(world.office.pk, MORNING) == bool(ahead)
    if ahead:
        assert owed(world)[0].due_at == MORNING + ahead * A_DAY + timedelta(hours=10)
        assert owed(world)[0].what == reviews.REVIEW


def test_an_office_that_begins_is_owed_a_few_a_day(world):
    for _ in range(8):
        w.recipient(world, started_on=LONG_AGO - A_DAY)
    assert [reviews.owe_reviews(world.office.pk, MORNING + n * A_DAY) for n in (0, 0, 1, 2)] == [5, 0, 4, 0]


def test_it_is_done_on_the_recipient_s_page_and_owed_again_half_a_year_later(world, moved):
    moved(MORNING)
    reviews.owe_reviews(world.office.pk, MORNING)
    client, page = signed_in(world.desk), f"/care/recipients/{world.recipient.ref}/"
    assert "점검했고 그대로입니다" in client.get(page).content.decode()
    assert client.post(f"{page}reviewed/", {"result": "changed"}).url == f"{page}edit/"
    with acting(world.office.pk):
        [review] = owed(world)
        assert (review.outcome, review.closed_by, review.note) == ("kept", world.desk, "changed")
        assert Recipient.objects.get(pk=world.recipient.pk).reviewed_on == DAY
        assert Entry.objects.get(did="reviewed").why == "changed"
        assert reviews.owe_reviews(world.office.pk, MORNING + 100 * A_DAY) == 0
        assert reviews.owe_reviews(world.office.pk, MORNING + 170 * A_DAY) == 1
    assert client.post(f"{page}reviewed/", {"result": "unchanged"}).url == page
    assert "점검했고 그대로입니다" not in client.get(page).content.decode()


def test_one_that_is_entered_on_the_form_is_done_and_another_provider_has_it(world):
    reviews.owe_reviews(world.office.pk, MORNING)
    mine = Recipient.objects.select_related("place").get(pk=world.recipient.pk)
    mine.provider, mine.route = make.organisation(world.office, "provider"), None
    recipients.keep(mine, by=world.officer, now=MORNING)
    assert (owed(world)[0].organisation, owed(world)[0].is_open) == (mine.provider, True)
    mine.reviewed_on = DAY
    recipients.keep(mine, by=world.officer, now=MORNING)
    assert owed(world)[0].outcome == "kept"


def test_who_is_served_no_more_isnt_reviewed(world):
    reviews.owe_reviews(world.office.pk, MORNING)
    end_service(world.recipient, why="이사", by=world.officer, now=MORNING)
    assert owed(world)[0].outcome == "excused"
    assert reviews.owe_reviews(world.office.pk, MORNING) == 0
    with pytest.raises(Refused):
        reviews.reviewed(Recipient.objects.get(pk=world.recipient.pk), changed=False, by=world.officer, now=MORNING)


def test_a_list_taken_back_leaves_no_review_behind(world):
    scope = Scope(world.officer, None, MORNING, DAY, whole=True)
    values = {"name": "명단사람", "provider": str(world.provider.pk), "dong": str(world.dong.pk), "days": [6]}
    [subject] = Recipients().save(scope, [Item(None, values | {"started_on": str(LONG_AGO - A_DAY)})])
    assert reviews.owe_reviews(world.office.pk, MORNING) == 2
    Recipients().remove(scope, {subject})
    assert Duty.objects.get(kind="care.review", about=subject.split()[1]).outcome == "excused"
