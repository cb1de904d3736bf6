"""E-mail through the server in `DURE_SMTP` (smtp://user:password@host:port, or smtps://…)."""

import re
import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from django.conf import settings

from dure.outbox.carriers import Away, Refusal
from dure.outbox.carriers.waiting import in_time
from dure.outbox.models import Message

SECONDS = 10.0  # for all that is said until the mail is taken
UNKNOWN, CLOSING = {550, 551, 553}, 421
DETAIL = re.compile(rb"5\.(\d{1,3}\.\d{1,3})\b")  # RFC 3463: what exactly is wrong
SENDER = {b"1.7", b"1.8"}  # it is our own address that they don't like


def carry(message: Message, text: str) -> None:
    """Hand the message to the mail server. An address that isn't there is never tried again."""
    if not _is_address(message.address):
        raise Refusal(Refusal.NO_SUCH_ADDRESS)
    try:
        mail = _mail(message, text)
        in_time(lambda: _hand_over(mail), SECONDS)
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, words)] = refused.recipients.values()
        if code >= 500:
            raise Refusal(_why(code, words)) from refused
        if code == CLOSING:
            raise Away(str(refused)) from refused
        raise
    except smtplib.SMTPResponseException as said:
        if said.smtp_code == CLOSING:
            raise Away(str(said)) from said
        reply = said.smtp_error
        if isinstance(said, smtplib.SMTPDataError) and isinstance(reply, bytes) and DETAIL.match(reply):
            raise Refusal(_why(said.smtp_code, reply)) from said
        raise
    except smtplib.SMTPServerDisconnected as away:
        raise Away(str(away)) from away
    except smtplib.SMTPException:
        raise
    except OSError as away:
        raise Away(str(away)) from away


def _why(code: int, words: bytes) -> str:
    """Why a recipient is refused. Who blocks us, or whose box is full, has an address all the same."""
    detail = DETAIL.match(words)
    unknown = detail[1].startswith(b"1.") and detail[1] not in SENDER if detail else code in UNKNOWN
    return Refusal.NO_SUCH_ADDRESS if unknown else f"{code} {words.decode(errors='replace')}"


def _is_address(address: str) -> bool:
    name, _, host = address.rpartition("@")
    return bool(name and host) and address.isascii() and address.isprintable() and " " not in address


def _mail(message: Message, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.DURE_MAIL_FROM, message.address
    mail["Subject"] = next(iter(text.splitlines()), "")[:120]
    mail["Message-ID"] = f"<{message.went_as or message.key}@{settings.DURE_MAIL_FROM.rpartition('@')[2]}>"
    if message.tries:
        mail["X-Dure-Sent-Again"] = str(message.tries)
    mail.set_content(text)
    return mail


def _hand_over(mail: EmailMessage) -> None:
    where = urlsplit(settings.DURE_SMTP)
    kind = smtplib.SMTP_SSL if where.scheme == "smtps" else smtplib.SMTP
    with kind(where.hostname or "localhost", where.port or 25, timeout=SECONDS) as server:
        server.ehlo_or_helo_if_needed()
        if where.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        server.send_message(mail)
