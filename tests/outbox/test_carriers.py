"""Carriers against the real thing: a mail server on this machine that accepts, refuses, hangs and drops."""

import json
import socket
import threading
import time
from email import message_from_bytes, policy
from types import SimpleNamespace
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from dure.outbox.carriers import Away, Refusal, file, smtp


def message(address="gil@example.org", **values):
    given = {
        "key": uuid4(), "went_as": None, "tries": 0, "channel": "email", "address": address, "urgent": True,
        "page": "/board",
    }  # fmt: skip
    return SimpleNamespace(**{**given, **values})


class Box:
    """What a mail server does with an envelope, by the name before the @."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = {
            "nobody": "550 no such user", "gone": "550 5.1.1 User unknown", "nohost": "556 5.1.10 no mail",
            "busy": "450 try later", "full": "452 full", "over": "552 5.2.2 Mailbox full",
            "blocked": "550 5.7.1 Client host blocked", "ours": "550 5.1.8 Sender rejected", "none": "554 no",
            "closing": "421 closing",
        }.get(address.partition("@")[0])  # fmt: skip
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("drop"):
            server.transport.abort()
        if envelope.rcpt_tos[0].startswith("bye"):
            return "421 closing"
        if envelope.rcpt_tos[0].startswith("spam"):
            return "554 refused"
        if envelope.rcpt_tos[0].startswith("words"):
            return "554 5.7.1 these words"
        self.taken.append(envelope)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def server(settings):
    box, port = Box(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.DURE_SMTP, settings.DURE_MAIL_FROM = f"smtp://127.0.0.1:{port}", "dure@example.org"
    yield box
    controller.stop()


def test_an_accepted_mail_says_everything_once(server):
    sent = message()
    smtp.carry(sent, "첨단1동: 지금 확인하세요.\n두 번째 줄")
    [envelope] = server.taken
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["gil@example.org"]
    assert (mail["From"], mail["Subject"]) == ("dure@example.org", "첨단1동: 지금 확인하세요.")
    assert mail["Message-ID"] == f"<{sent.key}@example.org>"
    assert mail["X-Dure-Sent-Again"] is None
    assert mail.get_content().splitlines() == ["첨단1동: 지금 확인하세요.", "두 번째 줄"]


def test_sent_again_keeps_its_key_and_says_so(server):
    smtp.carry(message(tries=1), "x")
    assert b"X-Dure-Sent-Again: 1" in server.taken[0].content


def test_a_bundle_has_a_key_of_its_own_as_a_mail_with_a_known_one_may_be_dropped(server):
    smtp.carry(sent := message(went_as=uuid4()), "x")
    assert f"Message-ID: <{sent.went_as}@example.org>".encode() in server.taken[0].content


@pytest.mark.parametrize("name", ["nobody", "gone", "nohost"])
def test_an_unknown_address_is_refused_for_good(server, name):
    with pytest.raises(Refusal, match=Refusal.NO_SUCH_ADDRESS):
        smtp.carry(message(f"{name}@example.org"), "x")


@pytest.mark.parametrize(("name", "why"), [
    ("blocked", "550 5.7.1 Client host blocked"), ("ours", "550 5.1.8 Sender rejected"), ("none", "554 no"),
    ("over", "552 5.2.2 Mailbox full"), ("words", "554 5.7.1 these words"),
])  # fmt: skip
def test_a_mail_server_that_blocks_us_makes_no_address_dead(server, name, why):
    with pytest.raises(Refusal) as refusal:
        smtp.carry(message(f"{name}@example.org"), "x")
    assert str(refusal.value) == why


@pytest.mark.parametrize("address", ["없음", "a b@example.org", "a@b\nBcc: c@d", ""])
def test_what_is_no_address_at_all_is_refused_for_good(server, address):
    with pytest.raises(Refusal, match=Refusal.NO_SUCH_ADDRESS):
        smtp.carry(message(address), "x")
    assert server.taken == []


@pytest.mark.parametrize("name", ["busy", "full", "spam"])
def test_a_server_that_says_not_now_is_asked_later(server, name):
    with pytest.raises(Exception) as problem:
        smtp.carry(message(f"{name}@example.org"), "x")
    assert not isinstance(problem.value, Refusal | Away)
    smtp.carry(message(), "the next one gets through")
    assert len(server.taken) == 1


@pytest.mark.parametrize("name", ["drop", "bye", "closing"])
def test_a_server_that_drops_the_line_is_away(server, name):
    with pytest.raises(Away):
        smtp.carry(message(f"{name}@example.org"), "x")


def test_a_server_that_is_not_there_is_away(settings):
    settings.DURE_SMTP = f"smtp://127.0.0.1:{free_port()}"
    with pytest.raises(Away):
        smtp.carry(message(), "x")


def test_a_server_that_hangs_is_away_after_its_time(settings, monkeypatch):
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.DURE_SMTP = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(Away):
            smtp.carry(message(), "x")


def test_a_mail_server_that_drips_holds_the_sender_for_one_answer(settings, monkeypatch):
    monkeypatch.setattr(smtp, "SECONDS", 0.4)
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip():
            line, _ = listener.accept()
            with line:
                while not stopping.wait(0.1):
                    line.sendall(b"2")

        threading.Thread(target=drip, daemon=True).start()
        settings.DURE_SMTP = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        before = time.monotonic()
        with pytest.raises(Away):
            smtp.carry(message(), "x")
        stopping.set()
    assert time.monotonic() - before < 1.2


def test_the_file_carrier_appends_whole_lines_also_from_many_at_once(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    sent = [message(f"010-1234-{n:04}", channel="sms", tries=n % 2) for n in range(40)]
    threads = [threading.Thread(target=lambda n=n: [file.carry(m, "가" * 2000) for m in sent[n::4]]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in (tmp_path / "data" / "messages.jsonl").read_text().splitlines()]
    assert {line["key"]: line["try"] for line in lines} == {str(m.key): m.tries + 1 for m in sent}
    assert {(line["text"], line["page"], line["urgent"]) for line in lines} == {("가" * 2000, "/board", True)}
    assert (tmp_path / "data" / "messages.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_file_carrier_knows_a_dead_number(settings, tmp_path):
    settings.DATA = tmp_path
    with pytest.raises(Refusal, match=Refusal.NO_SUCH_ADDRESS):
        file.carry(message("000-0000-0000", channel="sms"), "x")
