"""Nobody who is served is named in what goes out or lies about: messages, faults, jobs, addresses of pages."""

import ast
import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from dure import clock
from dure.care.models import Recipient
from dure.health.quiet import kind, schema
from dure.offices.acting import act
from dure.outbox.actions import render
from dure.outbox.models import Message
from dure.postgres import copies
from tests.duty.world import watch
from tests.test_permissions import PAGES, as_app, built, things, undone

SRC = Path(__file__).parents[1] / "src" / "dure"
MARKERS = ("시험 대상", "첨단중앙로 1")  # tests/matrix.py: everybody who is served there, and where
LISTS = ("sheets", "imports", "retention", "limits", "care/imports")  # said on a page about a cell, never sent
# What may be filled into a text that goes out. People are those who work here: who asked, who answers, who stands in.
FILLED = {
    "agency", "by", "channel", "code", "day", "done", "dong", "hours", "job", "key", "kind", "last", "month", "n",
    "needed", "number", "off", "on", "organisation", "people", "person", "phone", "place", "problem", "provider", "ref",
    "roster", "service", "since", "step", "text", "time", "title", "until", "what", "when", "who", "why", "end", "name",
    "year", "course", "peer",
}  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    """Every text that is filled in later, with the module in which it stands."""
    for path in sorted(SRC.rglob("*.py")):
        where = str(path.relative_to(SRC))
        if "migrations" in where or any(each in where for each in LISTS):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("gettext_noop", "N_"):
                said = node.args[0]
                if isinstance(said, ast.Constant):
                    yield where, str(said.value)


def test_no_text_that_goes_out_has_a_place_for_whom_we_serve():
    found = {(where, each) for where, text in texts() for each in re.findall(r"%\((\w+)\)", text)}
    assert len(found) >= 60
    strange = {(where, each) for where, each in found if each not in FILLED}
    assert strange == set(), "Say it without a person who is served; if it names nobody, add it to FILLED."


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        yield found


def rows(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE postgres")
        cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM {table} t")
        found = str(cursor.fetchone()[0])
    as_app()
    return found


def test_nothing_that_is_sent_or_asked_for_names_whom_we_serve(world: dict[str, Any]):
    with undone():
        for hours in (1, 24, 72, 24 * 40):
            watch(clock.now() + timedelta(hours=hours))
        act(world["office"])
        as_app()
        told = [render(m.template, m.values, m.language) for m in Message.objects.all()]
        assert len(set(told)) >= 10, told
        assert MARKERS[0] in rows("care_recipient") and MARKERS[1] in rows("places_place"), "the markers are there"
        for table in ("outbox_message", "health_fault", "procrastinate_jobs"):
            assert [each for each in MARKERS if each in rows(table)] == [], table
        assert [each for each in MARKERS for text in told if each in text] == []


def test_no_address_of_a_page_names_whom_we_serve(world: dict[str, Any]):
    found, seen = set(), 0
    for page in (p for p in PAGES if p.roles):
        for role in sorted(page.roles or ()):
            for method in ("get", "post"):
                with undone():
                    as_app()
                    answer = getattr(world["clients"][role], method)(page.address(things(page, world["own"])))
                links = [answer.get("Location", "")]
                if answer.get("Content-Type", "").startswith("text/html"):
                    body = answer.content.decode()
                    links += re.findall(r"(?:href|action|src|hx-\w+)=\"([^\"]*)\"", body)
                    seen += MARKERS[0] in body
                said = [unquote(html.unescape(each)) for each in links if not each.startswith(("sms:119", "data:"))]
                found |= {(page.route, link) for link in said if any(marker in link for marker in MARKERS)}
    assert found == set()
    assert seen >= 20, "people who are served stand on these pages"


def test_what_the_doctor_says_of_the_data_base_quotes_no_row(world: dict[str, Any]):
    with undone():
        as_app()
        with pytest.raises(ProgrammingError) as missing, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM nowhere")
        assert "nowhere" in schema(missing.value)
        with pytest.raises(DataError) as value, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::text::int", ["김마커비밀"])
        assert "마커" in str(value.value) and schema(value.value) == "DataError"
        act(world["office"])
        with pytest.raises(IntegrityError) as row, transaction.atomic():
            Recipient.objects.filter(ref=world["own"]["recipients/ref"]).update(tier="김마커비밀"[:5])
        assert re.fullmatch(r"IntegrityError \[\w+\]", kind(row.value))


def test_what_a_program_of_postgresql_says_is_passed_on_without_rows():
    said = (
        'pg_restore: error: COPY failed for table "x": ERROR:  bad\nDETAIL:  Key (name)=(김마커)\n'
        "CONTEXT:  COPY x: 김마커"
    )
    assert copies._without_rows(said) == 'pg_restore: error: COPY failed for table "x": ERROR:  bad'
