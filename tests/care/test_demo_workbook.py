"""The demo office's own workbook, as it would be uploaded: every sheet is understood, and nothing differs."""

import pytest

from dure.care.imports import KINDS
from dure.demo.loading import load
from dure.demo.workbook import workbook
from dure.imports import actions
from dure.imports.kinds import Scope
from dure.offices.acting import act
from dure.people.models import Organisation, Person

from .. import make


@pytest.mark.django_db
def test_the_demo_workbook_says_what_the_demo_office_knows():
    make.role("owner")
    demo = load(7, make.DAY, make.NOON, "x")
    content = workbook(make.DAY, 7)
    make.role("app")
    act(demo.staff.office.pk)
    by = Person.objects.get(username="officer1")
    scope, kind = Scope(by, None, make.NOON, make.DAY), KINDS["recipients"]

    upload = actions.take_in("recipients", kind, scope, "명단.xlsx", content)
    uploads = [upload, *(actions.another_sheet(upload, kind, scope, number) for number in range(1, 5))]

    providers = set(Organisation.objects.filter(kind="provider").values_list("name", flat=True))
    assert {str(each.organisation) for each in uploads} == providers
    for each in uploads:
        plan = actions.look(each, kind, Scope(by, each.organisation, make.NOON, make.DAY))
        assert [(row.row.number, row.differs, row.wrong) for row in plan.rows if row.action != "unchanged"] == []
        assert len(plan.rows) == 60
