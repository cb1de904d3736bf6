"""E-mail through the server in `DURE_SMTP` (smtp://user:password@host:port, or smtps://…)."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from django.conf import settings

from dure.outbox.carriers import Away, Refusal
from dure.outbox.models import Message

SECONDS = 10  # for each answer of the server
UNKNOWN, CLOSING = {550, 551, 553}, 421


def carry(message: Message, text: str) -> None:
    """Hand the message to the mail server. An address that it refuses for good is never tried again."""
    if not _is_address(message.address):
        raise Refusal(Refusal.NO_SUCH_ADDRESS)
    try:
        _hand_over(_mail(message, text))
    except smtplib.SMTPRecipientsRefused as refused:
        if {code for code, _ in refused.recipients.values()} <= UNKNOWN:
            raise Refusal(Refusal.NO_SUCH_ADDRESS) from refused
        raise
    except smtplib.SMTPServerDisconnected as away:
        raise Away(str(away)) from away
    except smtplib.SMTPResponseException as said:
        if said.smtp_code == CLOSING:
            raise Away(str(said)) from said
        raise
    except smtplib.SMTPException:
        raise
    except OSError as away:
        raise Away(str(away)) from away


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
