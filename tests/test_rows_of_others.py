"""A filter that somebody forgets shows no row of another office: the data base holds by itself, and only by itself.

Every `seen_by` of the product is taken away here, one by one, in the running copy of this test.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model, QuerySet

from dure.field.models import SetApart
from dure.offices.acting import acting
from dure.people.models import Device, Organisation, Person, Role, Roster
from tests import matrix
from tests.matrix import Page
from tests.test_permissions import PAGES, answers, as_app, built, keys_of, things, undone

SRC = Path(__file__).parents[1] / "src"


def filters() -> list[tuple[str, str, str]]:
    """Every function that says what somebody may see: module, class (or none), name."""
    found = []
    for path in sorted((SRC / "dure").rglob("*.py")):
        module = ".".join(path.relative_to(SRC).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            inside = node.body if isinstance(node, ast.ClassDef) else [node]
            named = [f.name for f in inside if isinstance(f, ast.FunctionDef) and f.name.endswith("seen_by")]
            found += [(module, node.name if isinstance(node, ast.ClassDef) else "", name) for name in named]
    return found


FILTERS = filters()
SHOWN_BY: dict[str, type[Model]] = {  # filters that are functions
    "dure.field.views.phones.workers_seen_by": Person,
    "dure.field.views.phones.ended_seen_by": Device,
    "dure.field.apart.seen_by": SetApart,
    "dure.care.certificates.models.people_seen_by": Person,
    "dure.care.numbers.seen_by": Organisation,
    "dure.care.rosters.seen_by": Roster,
}
every = pytest.mark.parametrize(("module", "of", "name"), FILTERS, ids=[f"{m}:{c or n}" for m, c, n in FILTERS])


def model_of(module: str, of: str, name: str) -> type[Model]:
    """Whose rows the filter shows."""
    there = importlib.import_module(module)
    if of:
        models = [
            m for m in vars(there).values() if isinstance(m, type) and issubclass(m, Model) and not m._meta.abstract
        ]
        return next(m for m in models if type(m._default_manager.all()).__name__ == of)
    return SHOWN_BY[f"{module}.{name}"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # so that tables can be altered below
        yield found


def test_there_are_filters():
    assert len(FILTERS) >= 20


def offices(model: type[Model]) -> set[int]:
    """Of all rows that are there; unordered: by its provider's name, the provider's own policy would hide a row."""
    return set(model._base_manager.order_by().values_list("office", flat=True))


@every
def test_without_any_filter_no_row_of_another_office_is_there(module: str, of: str, name: str, world: dict[str, Any]):
    model = model_of(module, of, name)
    with undone(), acting(world["office"], None, None):
        as_app()
        assert offices(model) == {world["office"]}, "0 foreign rows, and some of our own"
        with connection.cursor() as cursor:  # the sabotage: the policy is off, and foreign rows appear
            cursor.execute("SET LOCAL ROLE postgres")
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE ROW LEVEL SECURITY")
        as_app()
        assert offices(model) > {world["office"]}, f"the test sees what the policy holds back in {model._meta.db_table}"


@pytest.fixture
def unfiltered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the product in which nobody has filtered anything."""
    for module, of, name in FILTERS:
        there = importlib.import_module(module)
        if of:
            monkeypatch.setattr(getattr(there, of), name, lambda self, *_: self.all())
        else:
            model = model_of(module, of, name)
            monkeypatch.setattr(there, name, lambda *_, model=model: all_of(model))


def all_of(model: type[Model]) -> QuerySet[Any]:
    return model._default_manager.all()


def test_pages_without_any_filter_still_show_nothing_of_another_office(world: dict[str, Any], unfiltered: None):
    tried = 0
    for page in (p for p in PAGES if p.roles and keys_of(p) and Role.OFFICER in p.roles):
        found = answers(world["clients"][Role.OFFICER], page.address(things(page, world["foreign"])))
        assert set(found) <= {404}, f"{page.route}: {found}"
        tried += 1
    assert tried >= 60


def test_the_test_of_pages_would_see_it(world: dict[str, Any], unfiltered: None):
    """Without policies and without filters a page of another office opens: so the policies are what held."""
    page = next(p for p in PAGES if p.route == "care/recipients/<uuid:ref>/")
    assert opens(page, world) == 404
    with undone():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE postgres")
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND rowsecurity")
            for (table,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        assert opens(page, world) == 200


def opens(page: Page, world: dict[str, Any]) -> int:
    with undone():
        as_app()
        return world["clients"][Role.OFFICER].get(page.address(things(page, world["foreign"]))).status_code


def test_the_matrix_says_how_large_it_is(capsys: pytest.CaptureFixture[str]):
    print(matrix.size())
    said = capsys.readouterr().out
    assert "0 holes" in said and len(PAGES) >= 200
