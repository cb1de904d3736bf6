"""Each rule of the tables, attacked past our code."""

import pytest
from django.db import IntegrityError, transaction

from dure.care.support.models import Check, Lead, Plan, Population, Referral, Search, Waiting
from dure.care.support.searches import make_lists
from dure.people.models import Person
from tests import make
from tests.care.support import world as w
from tests.care.support.world import A_DAY
from tests.care.world import DAY, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    world = w.build()
    plan = w.plan(world.recipient, world)
    Check.objects.create(office=world.office, plan=plan, on=DAY, as_decided=True, at=MORNING, by=world.centre)
    w.waits(world)
    w.asked_of_us(world)
    make_lists(world.office.pk, MORNING)
    Population.objects.create(office=world.office, area=world.dong, on=DAY, persons=9, alone=3, source="주민등록",
                              entered_at=MORNING, entered_by=world.officer)  # fmt: skip
    return world


BY = {"over_at": MORNING, "over_on": DAY}


@pytest.mark.parametrize(("model", "change", "constraint"), [
    (Plan, {"ends_on": DAY - 900 * A_DAY}, "plan_ends_after_it_begins"),
    (Plan, {"meals_a_week": 0}, "plan_gives_meals"),
    (Plan, {"meals_a_week": 22}, "plan_gives_meals"),
    (Plan, {"over_at": MORNING}, "plan_is_settled_by_somebody"),
    (Plan, {"over_why": "renewed"}, "plan_is_settled_by_somebody"),
    (Plan, {**BY, "over_by": "officer", "over_why": "forgotten", "over_note": "x"}, "plan_is_settled_by_somebody"),
    (Plan, {**BY, "over_by": "officer", "over_why": "ended"}, "plan_ended_says_why"),
    (Check, {"as_decided": False}, "check_says_what_differs"),
    (Waiting, {"urgency": 4}, "waiting_urgency_known"),
    (Waiting, {"source": "rumour"}, "waiting_source_known"),
    (Waiting, {"ended_at": MORNING}, "waiting_is_ended_by_somebody"),
    (Waiting, {"ended_at": MORNING, "ended_by": "officer", "came": "died"}, "waiting_ended_says_why"),
    (Waiting, {"ended_at": MORNING, "ended_by": "officer", "came": "served"}, "waiting_served_names_the_recipient"),
    (Population, {"alone": 10}, "population_alone_are_some_of_all"),
    (Population, {"source": ""}, "population_says_its_source"),
    (Referral, {"way": "by"}, "support_referral_(way_known|is_about_somebody)"),
    (Referral, {"waiting": None}, "support_referral_is_about_somebody"),
    (Referral, {"answer": "accepted"}, "support_referral_is_answered_by_somebody"),
    (Referral, {"answer": "accepted", "answered_at": MORNING, "answered_by": "officer"},
     "support_referral_is_answered_by_somebody"),
    (Referral, {"answer": "refused", "answered_at": MORNING, "answered_by": "officer", "spoke_with": "x"},
     "support_referral_refused_says_why"),
    (Search, {"quarter": DAY}, "search_begins_a_quarter"),
    (Lead, {"why": "gossip"}, "lead_why_known"),
    (Lead, {"result": "well"}, "lead_result_is_somebodys"),
    (Lead, {"result": "referred", "said_at": MORNING, "said_by": "officer"}, "lead_referred_says_to_whom"),
])  # fmt: skip
def test_refuses(made, model, change, constraint):
    people = {"over_by", "ended_by", "answered_by", "said_by"}
    values = {k: Person.objects.get(pk=made.officer.pk) if k in people else v for k, v in change.items()}
    row = model.objects.first()
    make.role("owner")
    try:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            model.objects.filter(pk=row.pk).update(**values)
    finally:
        make.role("app")


@pytest.mark.parametrize(("model", "constraint"), [
    (Plan, "plan_one_at_a_time"), (Population, "population_once_a_day"), (Search, "search_once_a_quarter"),
])  # fmt: skip
def test_refuses_a_second(made, model, constraint):
    row = model.objects.first()
    row.pk = None
    if hasattr(row, "ref"):
        row.ref = made.office.ref
    if isinstance(row, Search):
        row.duty = Waiting.objects.first().duty
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        row.save(force_insert=True)
