"""A new version of the text, and what a recipient said."""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.care.consents.models import Consent, Purpose, Said, Text
from dure.care.models import Recipient
from dure.errors import Refused
from dure.files.actions import keep as keep_file
from dure.people.models import Person


@transaction.atomic
def publish(office: int, purpose: str, text: str, since: date, *, by: Person, now: datetime) -> Text:
    """From a day on this is what people are asked to agree to. What was agreed before keeps its version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('consents.text'), %s)", [office])
    last = Text.objects.filter(office=office, purpose=purpose).order_by("-version").first()
    if last and since < last.since:
        raise Refused(
            _("The version before holds from %(day)s on. Choose that day or a later one.") % {"day": last.since}
        )
    made = Text.objects.create(
        office_id=office, purpose=purpose, version=last.version + 1 if last else 1, since=since, text=text.strip(),
        made_at=now, made_by=by,
    )  # fmt: skip
    note(at=now, who=by, did="published", about=made, why=f"{purpose} {made.version}")
    return made


def in_force(office: int, day: date) -> dict[str, Text]:
    """The newest version of each purpose that holds on this day."""
    found: dict[str, Text] = {}
    for text in Text.objects.filter(office=office, since__lte=day).order_by("version"):
        found[text.purpose] = text
    return found


@transaction.atomic
def say(consent: Consent, *, by: Person, now: datetime, file: tuple[str, bytes] | None = None) -> Consent:
    """What was said is kept for good. Of meals, the recipient's own page and lists say the day and the version."""
    recipient = Recipient.objects.select_for_update(no_key=True, of=("self",)).get(pk=consent.recipient_id)
    if consent.on > clock.local(now).date():
        raise Refused(_("This day is still to come. Look at the date."))
    if consent.said == Said.GIVEN and consent.text is None:
        consent.text = in_force(recipient.office_id, consent.on).get(consent.purpose)
    if consent.said == Said.GIVEN and consent.text is None:
        raise Refused(_("There is no text for this purpose on that day yet. The office enters it first."))
    consent.office_id, consent.entered_at, consent.entered_by = recipient.office_id, now, by
    if file:
        consent.name, consent.content = file[0][:200], keep_file(recipient.office_id, file[1])
    consent.save(force_insert=True)
    if consent.purpose == Purpose.MEALS:
        _fill(recipient)
    note(at=now, who=by, did=f"consent {consent.said}", about=recipient, why=f"{consent.purpose} {consent.ref}")
    return consent


def _fill(recipient: Recipient) -> None:
    """What lists, forms and spreadsheets know as the consent follows the newest that was said about meals."""
    newest = Consent.objects.filter(recipient=recipient, purpose=Purpose.MEALS).select_related("text")[0]
    given = newest.said == Said.GIVEN
    recipient.consent_on = newest.on if given else None
    recipient.consent_version = str(newest.text) if given else ""
    recipient.save(update_fields=["consent_on", "consent_version"])
