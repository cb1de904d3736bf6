"""The share of meals handed over in person, by provider, worker and dong, held against counting by hand."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from dure.care.in_person import KEYS, By, shares, together
from dure.care.models import Handed, Outcome, Sighting, Visit
from dure.care.opening import open_day
from dure.care.settling import Seen, settle
from dure.people.actions import standing
from tests import make
from tests.care import world as w
from tests.care.pages import signed_in
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db
LAST = DAY + timedelta(days=6)


@pytest.fixture
def world(moved):
    moved(MORNING + timedelta(days=7))
    made = w.build()
    for name in ("가", "나", "다"):
        w.recipient(made, name)
    for n in range(7):
        open_day(made.office.pk, DAY + timedelta(days=n), now=MORNING)
    return made


def handed(visit: Visit, how: str, **said) -> None:
    Visit.objects.filter(pk=visit.pk).update(handed=how, outcome="seen_well", reported_at=MORNING)
    Sighting.objects.create(
        office=visit.office, visit=visit, by=visit.worker, outcome=Outcome.SEEN_WELL, handed=how, at=MORNING,
        received_at=MORNING, **said,
    )  # fmt: skip


@pytest.mark.parametrize("by", By)
def test_every_line_is_what_counting_by_hand_says(world, by):
    chance, counted = random.Random(5), {}
    for visit in Visit.objects.select_related("worker", "provider", "recipient__place__area"):
        how = chance.choice(["", *Handed.values])
        if how:
            handed(visit, how)
        key = {By.PROVIDER: visit.provider, By.WORKER: visit.worker, By.DONG: visit.recipient.place.area}[by]
        counted.setdefault(key.pk, Counter())[how] += 1
    found = shares(standing(world.officer, DAY), DAY, LAST, by)
    assert {line.key: (line.in_person, line.proxy, line.at_door) for line in found} == {
        key: (n["in_person"], n["proxy"], n["at_door"]) for key, n in counted.items()
    }
    whole = together(found)
    assert whole.given == sum(n["in_person"] + n["proxy"] + n["at_door"] for n in counted.values())
    assert whole.percent == round(100 * whole.in_person / whole.given, 1)
    assert shares(standing(world.officer, DAY), DAY - timedelta(days=9), DAY - timedelta(days=1), by) == []


def test_the_smallest_share_comes_first_and_each_number_leads_to_what_was_said(world):
    visits = list(Visit.objects.order_by("id"))
    other = make.person(world.office, "다른 종사자", as_="worker", at=world.provider)
    for visit in visits[:2]:
        handed(visit, "in_person")
    Visit.objects.filter(pk=visits[2].pk).update(worker=other)
    handed(visits[2], "at_door", note="벨에 답이 없어 통화 후 문 앞에")
    client = signed_in(world.officer)
    shown = client.get("/care/in-person/?month=2026-11&by=worker")
    assert [(line.name, line.percent) for line in shown.context["lines"]] == [
        ("다른 종사자", 0.0),
        (world.worker.name, 100.0),
    ]
    rows = client.get(f"/care/in-person/rows/?month=2026-11&by=worker&of={other.pk}").content.decode()
    assert "통화 후 문 앞에" in rows and "다른 종사자" in rows
    assert "통화 후 문 앞에" not in client.get(f"/care/in-person/rows/?by=worker&of={world.worker.pk}").content.decode()


def test_what_was_noted_beside_a_suspicion_is_not_shown(world):
    seen = Seen(Outcome.SEEN_WELL, MORNING, handed="proxy", who="아들", note="멍이 있음", abuse=True)
    visit = Visit.objects.select_related("recipient__place__area", "duty").first()
    settle(visit, seen, by=world.worker, report=None, now=MORNING)
    rows = signed_in(world.desk).get("/care/in-person/rows/?month=2026-11").content.decode()
    assert "대리 수령" in rows and "아들" not in rows and "멍" not in rows


@pytest.mark.parametrize(
    "asked", ["month=x&by=y&of=z", "month=2026-13", "month=9999-01", "of=99999999999999999999", "of=①"]
)
def test_an_address_that_cannot_be_read_shows_this_month(world, asked):
    for page in ("", "rows/"):
        shown = signed_in(world.officer).get(f"/care/in-person/{page}?{asked}")
        assert shown.context["month"] == date(2026, 11, 1)


def test_another_provider_sees_none_of_it(world):
    handed(Visit.objects.first(), "proxy")
    other = make.organisation(world.office)
    shown = signed_in(make.person(world.office, as_="provider", at=other)).get("/care/in-person/")
    assert shown.context["lines"] == [] and set(KEYS) == set(By)
