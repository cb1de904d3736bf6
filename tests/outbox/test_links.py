"""The link at the end of a message: whose it is, and that nobody can make one up."""

from uuid import UUID

import pytest
from tests import make
from tests.outbox.test_sender import Post, message, send

from dure.outbox import links

pytestmark = pytest.mark.django_db
WEB = "https://dure.example.go.kr"


@pytest.fixture
def one():
    return make.person(make.office(), "하나")


def test_a_link_names_its_message_and_its_office(one):
    owed = message(one)
    assert links.read(links.token(owed)) == (one.office_id, owed.key)


@pytest.mark.parametrize("given", ["", "nothing", "1.AAAA", "1.AAAA:x", "a:b:c", "1..:", "\x00", "가" * 50])
def test_what_nobody_signed_is_no_link(given):
    assert links.read(given) is None


def test_a_changed_link_is_no_link(one):
    token = links.token(message(one))
    for at, letter in ((0, "9"), (4, "A"), (len(token) - 2, "A")):
        changed = token[:at] + (letter if token[at] != letter else "B") + token[at + 1 :]
        assert links.read(changed) is None


def test_a_key_that_is_none_is_no_link():
    assert links.read(links.signer.sign("1.AAAA")) is None
    assert links.read(links.signer.sign("1.AAAAAAAAAAAAAAAAAAAAAA")) == (1, UUID(int=0))


def test_text_messages_and_mails_end_with_their_link_when_the_pages_have_an_address(one, settings):
    settings.DURE_URL = WEB
    post = Post()
    owed = message(one, answerable=True)
    a, b = (message(one, what, urgent=False, answerable=True) for what in ("a", "b"))
    mail = message(one, channel="email", address="a@example.org", answerable=True)
    shown = message(one, channel="screen", address="", answerable=True)
    send(post, email=post, screen=post)
    at = [f"{WEB}/l/{links.token(each)}" for each in (owed, mail, a, b)]
    assert sorted(text for _, text in post.carried) == sorted(
        [f"Go.\n{at[0]}", f"Go.\n{at[1]}", "Go.", f"a\n{at[2]}\nb\n{at[3]}"]
    )
    owed.refresh_from_db(), shown.refresh_from_db()
    assert (owed.text, shown.text) == ("Go.", "Go.")  # kept without it: it would let others act


def test_without_an_address_there_is_no_link(one):
    post = Post()
    message(one)
    send(post)
    assert post.carried[0][1] == "Go."
