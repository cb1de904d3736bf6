"""What is kept is shown as words and goes out as words: the whole data base is markers, and every page is looked at."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tests.matrix import Page
from tests.surface import MARK, SHORT, plant
from tests.test_injections import ask, harmless, who
from tests.test_permissions import PAGES, as_app, built, door, things, undone


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        yield found


@pytest.fixture(scope="module")
def planted(world: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The same world, in which every text of the data base is a tag that would run."""
    with undone():
        found, left = in_all_texts(MARK, SHORT)
        yield world | {"planted": found, "left": left}


def in_all_texts(mark: str, short: str) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE postgres")
        found = plant(mark, short)
        cursor.execute("SET LOCAL session_replication_role = origin")
    as_app()
    return found


def test_nearly_every_text_is_planted(planted: dict[str, Any]):
    assert len(planted["planted"]) > 120, planted["left"]
    for column in ("care_recipient.name", "care_contact.name", "people_person.name", "complaints_complaint.text"):
        assert column in planted["planted"]


@pytest.mark.parametrize("page", [p for p in PAGES if door(p) == "roles"], ids=lambda page: page.route or "(first)")
def test_what_is_kept_is_shown_as_words(page: Page, planted: dict[str, Any]):
    for role, client in who(page, planted)[-1:]:
        answer = ask(client, "get", page.address(things(page, planted["own"])), {}, f"markers as {role}")
        if answer.get("Content-Type", "").startswith("text/html"):
            harmless(answer, f"{page.route} as {role}")


FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1")


@pytest.fixture(scope="module", params=FORMULAS[:1] + FORMULAS[4:5], ids=repr)
def formulas(world: dict[str, Any], request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    with undone():
        in_all_texts(request.param, request.param)
        yield world


def test_no_workbook_that_goes_out_holds_a_formula(formulas: dict[str, Any]):
    said = {"reason": "점검 자료", "day": "2026-11-23", "first": "2026-11-01", "last": "2026-11-30", "named": "on"}
    taken = {}
    for page in (p for p in PAGES if door(p) == "roles"):
        for method in ("get", "post"):
            address = page.address(things(page, formulas["own"]))
            answer = ask(who(page, formulas)[-1][1], method, address, said, "formulas")
            if "spreadsheet" in answer.get("Content-Type", "") and answer.content:
                taken[page.route] = answer.content
    assert len(taken) >= 8
    for route, content in taken.items():
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
            links = [name for name in book.namelist() if "externalLink" in name or "connections" in name]
        assert not any(re.search(rb"<f[ >/]", sheet) for sheet in sheets) and not links, route
