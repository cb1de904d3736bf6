"""Whom somebody looks up stands in no address and in no log: read from every form and search there is."""

import ast
import base64
import binascii
import html
import importlib
import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django import forms
from django.http import HttpResponse
from django.test import Client

from dure import clock
from dure.care.models import Recipient
from dure.health.quiet import Quiet
from dure.offices.acting import act
from dure.people.models import Person, Role
from tests.matrix import Page
from tests.test_permissions import PAGES, as_app, built, signed_in, things, undone

SRC = Path(__file__).parents[1] / "src" / "dure"
NAME = "김마커순례"
HARMLESS = {"date", "month", "time", "datetime-local", "number", "hidden", "checkbox", "radio", "submit", "button"}
SEARCHES = [page for page in PAGES if getattr(page.view, "searched", ())]
BY_POWER = [Role.ADMIN, Role.OFFICER, Role.CENTRE, Role.PROVIDER, Role.WORKER]
AGAIN = "검색을 다시 열 수 없습니다"
each_search = pytest.mark.parametrize("page", SEARCHES, ids=lambda page: page.route)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), built() as found:
        act(found["office"])
        worker = found["clients"][Role.WORKER].session["_auth_user_id"]
        assert Recipient.objects.filter(ref=found["own"]["recipients/ref"]).update(name=NAME)
        assert Person.objects.filter(pk=worker).update(name=NAME)
        yield found


class Asking(HTMLParser):
    """The forms of a page that ask by address, with the fields into which words can be typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.asks, self.script, self.forms, self.words = False, False, 0, set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.script = self.script or tag == "template"  # drawn by the phone's own code, which sends no form itself
        if tag == "form" and not self.script:
            self.asks = (said.get("method") or "get").lower() != "post"
            self.forms += self.asks
        if self.asks and (tag == "textarea" or tag == "input" and (said.get("type") or "text") not in HARMLESS):
            self.words.add(said.get("name") or "")

    def handle_endtag(self, tag: str) -> None:
        self.asks = self.asks and tag != "form"
        self.script = self.script and tag != "template"


def test_the_parser_finds_what_it_looks_for():
    assert Asking('<form><input name="q"></form>').words == {"q"}
    assert Asking('<form method="GET"><input type="search" name="a"><textarea name="b"></textarea>').words == {"a", "b"}
    assert Asking('<form method="post"><input name="q"></form><input name="x">').words == set()
    assert Asking('<form method="get"><input type="date" name="day"><select name="x"></select></form>').words == set()


def test_no_form_asks_by_address_for_words(world: dict[str, Any]):
    """A search posts: `{% include "desk/_search.html" %}` and `@searched(...)` of dure.people.searching on its view."""
    found, forms_seen, drawn = set(), 0, set()
    for page in (p for p in PAGES if p.roles):
        may = [role for role in BY_POWER if role in (page.roles or ())]
        for role in {may[0], may[-1]}:
            with undone():
                as_app()
                answer = world["clients"][role].get(page.address(things(page, world["own"])))
            if answer.get("Content-Type", "").startswith("text/html"):
                asking = Asking(answer.content.decode())
                forms_seen += asking.forms
                found |= {(page.route, name) for name in asking.words}
                drawn |= {each.name for each in answer.templates}
    assert found == set()
    assert forms_seen >= 10
    missed = {name for name, _asking in asking_templates() if name not in drawn}
    assert missed == set(), "these ask by address and weren't looked at"


def asking_templates() -> Iterator[tuple[str, Asking]]:
    """Every template as it is named, with what asks by address in it, whichever branch it stands in."""
    for path in SRC.rglob("*.html"):
        plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text())
        if (asking := Asking(plain)).forms:
            yield str(path).split("/templates/")[1], asking


def test_no_template_asks_by_address_for_words_in_a_branch_that_wasn_t_drawn():
    assert {name: asking.words for name, asking in asking_templates() if asking.words} == {}


def test_no_view_reads_words_from_an_address():
    """A form that is filled from `request.GET` has days, numbers and choices, and no field for words."""
    found, seen = set(), 0
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            module = importlib.import_module(".".join(path.relative_to(SRC.parent).with_suffix("").parts))
            kind, filled = getattr(module, node.func.id, None), "request.GET" in ast.unparse(node.args[0])
            if filled and isinstance(kind, type) and issubclass(kind, forms.BaseForm):
                seen += 1
                found |= {(kind.__name__, name) for name, each in kind.base_fields.items() if holds_words(each)}
    assert found == set()
    assert seen >= 8


def holds_words(field: forms.Field) -> bool:
    """Whether anything can be typed into it. What is read from a hidden one is no search, and is still words."""
    widget = field.widget
    typed = widget.attrs.get("type", getattr(widget, "input_type", "textarea"))
    is_text = isinstance(field, forms.CharField) and not isinstance(field, forms.ChoiceField)
    return is_text and (typed not in HARMLESS or typed == "hidden")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that the log says, whatever its level, as it would stand in the file."""
    out, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(out), root.level
    handler.setFormatter(Quiet())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


def look_up(client: Client, page: Page, words: str, **more: str) -> str:
    """The address to which a search is sent on."""
    path = page.address({})
    answer = client.post(path, {name: words for name in page.view.searched} | more)  # type: ignore[attr-defined]
    assert answer.status_code == 302, (page.route, answer.status_code)
    assert answer["Location"].split("?")[0] == path
    return str(answer["Location"])


def told(text: str) -> bool:
    """Whether a text says the name: plainly, as addresses write it, or in letters that anybody can turn back."""
    ways = [text, unquote_plus(html.unescape(text))]
    for each in re.findall(r"[A-Za-z0-9+/_-]{8,}", ways[1]):
        for cut in range(4):
            try:
                ways.append(base64.urlsafe_b64decode(each[cut:] + "==").decode(errors="ignore"))
            except binascii.Error:
                continue
    return any(NAME[:3] in each for each in ways)


def test_what_tells_a_name_is_found():
    known = base64.b64encode(NAME.encode()).decode()
    assert all(told(each) for each in (NAME, "?q=%EA%B9%80%EB%A7%88%EC%BB%A4", f"?q={known}", f"?q=abc.{known}"))


def links(answer: HttpResponse) -> list[str]:
    return re.findall(r"(?:href|action|src|hx-\w+)=\"([^\"]*)\"", answer.content.decode())


def test_there_are_searches():
    assert {page.route for page in SEARCHES} >= {
        "care/recipients/", "care/certificates/", "care/requests/new/", "retention/holds/new/"
    }  # fmt: skip


@each_search
def test_every_box_of_a_search_into_which_words_can_be_typed_is_named_on_its_view(page: Page, world: dict[str, Any]):
    with undone():
        as_app()
        text = world["clients"][Role.ADMIN].get(page.address({})).content.decode()
    [form] = re.findall(r'(<form class="filters" role="search") method="post"(.*?</form>)', text, re.DOTALL)
    assert Asking("".join(form)).words == set(page.view.searched)  # type: ignore[attr-defined]


@each_search
def test_a_name_that_is_looked_up_stands_in_no_address_and_no_log(
    page: Page, world: dict[str, Any], logged: io.StringIO
):
    for role in sorted(page.roles or ()):
        client = world["clients"][role]
        with undone():
            as_app()
            address = look_up(client, page, NAME)
            answer, again = client.get(address), client.get(address)
            gone = client.get(f"{address}&page=2")
            assert (client.put(address).status_code, client.get(f"/nowhere/?q={NAME}").status_code) == (405, 404)
        text = answer.content.decode()
        assert answer.status_code == again.status_code == gone.status_code == 200
        assert not told(address)
        assert f'value="{NAME}"' in text, "the box holds what was typed"
        assert [each for each in links(answer) + links(gone) if told(each)] == []
        assert AGAIN not in text
    assert page.route in logged.getvalue() and not told(logged.getvalue())


@each_search
def test_a_search_finds_whom_it_looks_for_and_nobody_else(page: Page, world: dict[str, Any]):
    client = world["clients"][Role.ADMIN]
    with undone():
        as_app()
        [found, nobody] = [client.get(look_up(client, page, each)).content.decode() for each in (NAME, "아무도없음")]
    masked = f"{NAME[0]}{'*' * (len(NAME) - 2)}{NAME[-1]}"
    shown = [each.replace(f'value="{NAME}"', "") for each in (found, nobody)]
    assert [masked in each or NAME in each for each in shown] == [True, False]


def test_further_pages_of_a_search_keep_it(world: dict[str, Any]):
    client = world["clients"][Role.ADMIN]
    with undone():
        act(world["office"])
        known = Recipient.objects.get(ref=world["own"]["recipients/ref"])
        values = {
            f.name: getattr(known, f.name) for f in Recipient._meta.concrete_fields if f.name not in ("id", "ref")
        }
        Recipient.objects.bulk_create(Recipient(**values | {"name": f"{NAME}{n:02}"}) for n in range(60))
        as_app()
        first = client.post("/care/recipients/", {"q": NAME, "who": "all"}, follow=True)
        [onward] = set(re.findall(r'href="([^"]*)" rel="next"', first.content.decode()))
        second = client.get(f"/care/recipients/{html.unescape(onward)}")
    assert "who=all" in onward and not told(onward)
    found = [[each.name for each in answer.context["page"]] for answer in (first, second)]
    assert [len(each) for each in found] == [50, 11]
    assert all(name.startswith(NAME) for each in found for name in each)


def others(world: dict[str, Any], page: Page, address: str) -> dict[str, tuple[Client, str]]:
    """Addresses that are nobody's search here, by what is wrong with them."""
    client, name = world["clients"][Role.ADMIN], page.view.searched[0]  # type: ignore[attr-defined]
    path = page.address({})
    elsewhere = next(each for each in SEARCHES if each is not page and each.view.searched == page.view.searched)  # type: ignore[attr-defined]
    value = address.split("=", 1)[1]
    return {
        "somebody else's": (world["clients"][Role.OFFICER], address),
        "of another page": (client, look_up(client, elsewhere, NAME).replace(elsewhere.address({}), path)),
        "changed": (client, address[:-3] + ("AAA" if not address.endswith("AAA") else "BBB")),
        "cut off": (client, address[:-20]),
        "typed by hand": (client, f"{path}?{name}={NAME}"),
        "typed before a sealed one": (client, f"{path}?{name}={NAME}&{name}={value}"),
        "nonsense": (client, f"{path}?{name}=dure1.%00.~~"),
    }


@each_search
def test_an_address_that_is_no_search_of_mine_is_no_search_and_is_cleaned(page: Page, world: dict[str, Any]):
    with undone():
        as_app()
        address = look_up(world["clients"][Role.ADMIN], page, NAME)
        for what, (client, strange) in others(world, page, address).items():
            if Role.OFFICER not in (page.roles or ()) and client is world["clients"][Role.OFFICER]:
                continue
            answer = client.get(f"{strange}&page=1")
            assert (answer.status_code, answer["Location"]) == (302, f"{page.address({})}?page=1"), what
            text = client.get(answer["Location"]).content.decode()
            assert AGAIN in text and 'value="dure1' not in text and f'value="{NAME}"' not in text, what
            assert AGAIN not in client.get(answer["Location"]).content.decode(), "it is said once"


@each_search
def test_after_a_day_the_address_is_no_search_any_more(page: Page, world: dict[str, Any], monkeypatch: Any):
    """It outlives the sign-in: who signs in anew goes on where they were."""
    client, began, found = world["clients"][Role.ADMIN], clock.real(), []
    with undone():
        address = look_up(client, page, NAME)
        act(world["office"])
        person = Person.objects.get(pk=client.session["_auth_user_id"])
        for hours in (23.9, 24.1):
            monkeypatch.setattr(clock, "real", lambda after=timedelta(hours=hours): began + after)
            found.append(signed_in(person).get(address).status_code)
    assert found == [200, 302]


@each_search
def test_what_no_address_can_hold_leads_back_to_the_page(page: Page, world: dict[str, Any]):
    with undone():
        as_app()
        client, [box] = world["clients"][Role.ADMIN], page.view.searched[:1]
        answer = client.get(page.address({}), {box: NAME, "state": "\x00" * 6_000})
        assert (answer.status_code, answer["Location"]) == (302, page.address({}))
