"""E-mail through the server in `DURE_SMTP` (smtp://user:password@host:port, or smtps://…)."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from django.conf import settings

from dure.outbox.carriers import Refusal
from dure.outbox.models import Message

SECONDS = 20
UNKNOWN = {550, 551, 553}


def carry(message: Message, text: str) -> None:
    """Hand the message to the mail server. An address that it refuses for good is never tried again."""
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.DURE_MAIL_FROM, message.address
    mail["Subject"] = text.splitlines()[0][:120]
    mail["Message-ID"] = f"<{message.key}@{settings.DURE_MAIL_FROM.rpartition('@')[2]}>"
    if message.tries:
        mail["X-Dure-Sent-Again"] = str(message.tries)
    mail.set_content(text)
    where = urlsplit(settings.DURE_SMTP)
    kind = smtplib.SMTP_SSL if where.scheme == "smtps" else smtplib.SMTP
    with kind(where.hostname or "localhost", where.port or 25, timeout=SECONDS) as server:
        server.ehlo_or_helo_if_needed()
        if where.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = {code for code, _ in refused.recipients.values()}
            if codes <= UNKNOWN:
                raise Refusal(Refusal.NO_SUCH_ADDRESS) from refused
            raise
