"""Values before and after: which tables they are kept of, and what was changed in a row.

The data base writes them (`dure.offices.protect.Kept`). Nobody else adds, alters or deletes a line; they go when their
time is over, and when somebody's data are erased.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Model, Q, QuerySet

from dure.audit.models import Change

# Every table with an office is kept or stands here, with the reason.
NOT_KEPT: Mapping[str, str] = {
    "audit_entry": "the record itself",
    "audit_change": "the values themselves",
    "audit_review": "only added to",
    "people_grant": "the history of rights: only added to, by the data base",
    "care_course": "made anew each day from the routes, which are kept; who drives it stands on the record",
    "care_visit": "thousands a day, closed by routine; what was seen is a sighting and stays as it was reported",
    "care_sighting": "only added to",
    "care_inconfidence": "only added to, and must stand nowhere else",
    "consents_text": "only added to: a version for each change",
    "consents_consent": "only added to",
    "discretion_untold": "begins and ends, and says by whom and why; nothing else of it can be changed",
    "emergencies_emergencylook": "its moments are facts of their own; nothing else of it can be changed",
    "emergencies_guess": "only added to",
    "care_hindrance": "calculated from certificates, which are kept",
    "calls_call": "opened and closed by the thousand on a day of heat; what became of it is a try",
    "calls_try": "only added to",
    "certificates_renewal": "calculated from certificates, which are kept",
    "money_line": "frozen with its settlement",
    "money_booking": "only added to",
    "photos_photo": "only added to; that one of a lost phone is taken over stands on the record",
    "packs_pack": "made anew from what is kept",
    "cases_entry": "only added to: the time line of a case",
    "cases_transfer": "only added to",
    "workers_ending": "only added to",
    "workers_silence": "only added to",
    "duty_ladder": "only added to: a version for each change",
    "duty_duty": "moved by the product every minute; closed is final, and who closed it stands in it",
    "duty_claim": "who said it, until when, and how it ended stand in it",
    "duty_telling": "only added to, and pointed to its message",
    "duty_report": "as it was sent; only what became of it is added",
    "duty_exercise": "begins and ends, and says by whom",
    "duty_participant": "only added to",
    "field_enrolment": "a code for one use; the phone itself is kept",
    "field_phone": "what a phone says of itself at every request",
    "field_setapart": "decided once, and says by whom and why",
    "files_content": "only added to; bytes",
    "health_fault": "of the system, and of nobody",
    "imports_upload": "what was read from a list, for a month",
    "imports_change": "holds before and after itself, for as long as a list can be taken back",
    "imports_rememberedmapping": "what a header of a list means",
    "outbox_message": "kept as sent; its moments are facts of their own",
    "outbox_receipt": "only added to",
    "outbox_reply": "only added to",
    "requests_request": "what was asked and answered is only added to, and says by whom",
    "retention_hold": "begins and ends, and says by whom",
    "retention_run": "moved by the data base's own functions alone, and says who confirmed it",
    "signing_signin": "its moments are facts of their own",
    "signing_codeapp": "a secret",
    "signing_recoverycode": "a secret",
    "signing_passkey": "a secret",
    "signing_tries": "counts of wrong passwords",
}


def changes(of: Iterable[tuple[type[Model], Collection[int]]]) -> QuerySet[Change]:
    """What was changed in these rows, the latest first."""
    wanted = Q(pk__in=[])
    for model, ids in of:
        if ids:
            slots = {slot for pk in ids for slot in (pk, -1 - pk // 1000)}
            wanted |= Q(kind=model._meta.db_table, slot__in=slots, rows__overlap=list(ids))
    return Change.objects.filter(wanted).order_by("-id")
