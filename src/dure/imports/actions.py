"""Taking a list in, step by step, and taking it back."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from dure.audit.actions import note, write
from dure.audit.models import Entry
from dure.errors import Refused
from dure.imports.keeping import kept, pack, spoken, unpack
from dure.imports.kinds import Column, Item, Kind, Scope, Values
from dure.imports.models import Action, Change, RememberedMapping, Upload
from dure.imports.planning import Plan, items, plan
from dure.imports.reading import missing
from dure.people.models import Organisation, Person
from dure.sheets import headers, resident
from dure.sheets.headers import Header
from dure.sheets.problems import N_, Problem, Unreadable
from dure.sheets.read import read
from dure.sheets.tables import Sheet
from dure.sheets.words import as_text, squash

FORGOTTEN = N_("The reason is no longer kept.")
GONE = Problem(N_("It is no longer there."))
TOUCHED = Problem(N_("Somebody has changed it since. Look at it and correct it by hand."))


@transaction.atomic
def take_in(slug: str, kind: Kind, scope: Scope, name: str, content: bytes) -> Upload:
    """A file comes in: it is read, resident registration numbers are blotted out, header and columns are guessed."""
    try:
        sheets, blotted = resident.blot_all(read(content))
    except Unreadable as error:
        raise Refused(spoken(error.problem)) from error
    upload = Upload(office_id=scope.office, kind=slug, organisation=scope.organisation, by=scope.by, at=scope.now)
    upload.name, upload.sha256 = resident.blot(name)[-200:], hashlib.sha256(content).hexdigest()
    upload.tables = pack(sheets)
    upload.blotted = [[found.sheet, found.cell] for found in blotted]
    known = known_headers(kind.columns(scope))
    if guessed := guess_table(sheets, known):
        upload.sheet, header = guessed
        upload.header_first, upload.header_last = header.first, header.last
        upload.organisation = guess_organisation(sheets[upload.sheet], header, scope) or scope.organisation
        upload.mapping = guess_mapping(upload, header, known)
    upload.save()
    note(at=scope.now, who=scope.by, did="list uploaded", about=upload, why=slug)
    return upload


def known_headers(columns: Sequence[Column]) -> dict[str, list[str]]:
    """The headers that each column is known by."""
    return {column.key: [str(column.label), *column.names] for column in columns}


def guess_table(sheets: Sequence[Sheet], known: Mapping[str, Sequence[str]]) -> tuple[int, Header] | None:
    """The sheet whose header names most of the columns, and that header."""
    words = [word for names in known.values() for word in names]
    shown = [(i, headers.guess(sheet, words)) for i, sheet in enumerate(sheets) if not sheet.hidden]
    guesses = [(i, header) for i, header in shown if header]
    return max(guesses, key=lambda each: len(headers.match(each[1].names, known, {})), default=None)


def guess_organisation(sheet: Sheet, header: Header, scope: Scope) -> Organisation | None:
    """Whose list it is, when the sheet's name or its title names exactly one provider. A provider's is its own."""
    if not scope.whole:
        return None
    above = [as_text(value) for row in sheet.rows[: header.first - 1] for value in row]
    text = squash(" ".join([sheet.name, *above]))
    providers = Organisation.objects.filter(kind=Organisation.Kind.PROVIDER)
    named = [provider for provider in providers if squash(provider.name) in text]
    return named[0] if len(named) == 1 else None


def guess_mapping(upload: Upload, header: Header, known: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Which column is which: as chosen last time for this provider's lists, else by the names."""
    told = RememberedMapping.objects.filter(kind=upload.kind, organisation=upload.organisation)
    remembered = dict(told.values_list("header", "column"))
    return {str(index): key for index, key in headers.match(header.names, known, remembered).items()}


def choose_header(upload: Upload, kind: Kind, scope: Scope, sheet: int, first: int, last: int) -> None:
    """The person says which sheet it is and in which rows the columns are named."""
    still_open(upload)
    _not_in_hand(upload)
    sheets = unpack(upload.tables)
    if not 0 <= sheet < len(sheets) or not 1 <= first <= last <= min(first + 2, len(sheets[sheet].rows)):
        raise Refused(_("Choose the row in which the columns are named."))
    upload.sheet, upload.header_first, upload.header_last = sheet, first, last
    header = headers.header_at(sheets[sheet], first, last)
    upload.organisation = guess_organisation(sheets[sheet], header, scope) or upload.organisation
    upload.mapping = guess_mapping(upload, header, known_headers(kind.columns(scope)))
    upload.save(update_fields=["sheet", "header_first", "header_last", "mapping", "organisation"])


def another_sheet(upload: Upload, kind: Kind, scope: Scope, number: int) -> Upload:
    """The same file once more, for another of its sheets."""
    sheets = unpack(upload.tables) if not upload.forgotten_at else []
    if not 0 <= number < len(sheets):
        raise Refused(_("This list is no longer kept. Upload it again."))
    again = Upload(office_id=scope.office, kind=upload.kind, organisation=upload.organisation, by=scope.by)
    again.at, again.name, again.sha256 = scope.now, upload.name, upload.sha256
    again.tables, again.blotted, again.sheet = upload.tables, upload.blotted, number
    known = known_headers(kind.columns(scope))
    if guessed := guess_table([sheets[number]], known):
        header = guessed[1]
        again.header_first, again.header_last = header.first, header.last
        again.organisation = guess_organisation(sheets[number], header, scope) or upload.organisation
        again.mapping = guess_mapping(again, header, known)
    again.save()
    note(at=scope.now, who=scope.by, did="list uploaded", about=again, why=upload.kind)
    return again


@transaction.atomic
def choose_columns(upload: Upload, columns: Sequence[Column], mapping: Mapping[int, str]) -> None:
    """The person says which column is which. It is remembered for the next list from there."""
    still_open(upload)
    _not_in_hand(upload)
    chosen = [key for key in mapping.values() if key]
    labels = {column.key: str(column.label) for column in columns}
    if twice := [labels[key] for key in dict.fromkeys(chosen) if chosen.count(key) > 1]:
        raise Refused(_("'%(column)s' is chosen for two columns. Choose it for one.") % {"column": twice[0]})
    if lacking := missing(columns, chosen):
        raise Refused(_("Say which column holds: %(columns)s.") % {"columns": ", ".join(lacking)})
    upload.mapping = {str(index): key for index, key in mapping.items() if key}
    upload.save(update_fields=["mapping"])
    header = table(upload)[1]
    told = headers.told_apart(header.names)
    names = {told[index]: key for index, key in mapping.items() if told[index]}
    remembered = [
        RememberedMapping(
            office_id=upload.office_id,
            kind=upload.kind,
            organisation=upload.organisation,
            header=name,
            column=key,
        )
        for name, key in names.items()
    ]
    RememberedMapping.objects.bulk_create(
        remembered,
        update_conflicts=True,
        unique_fields=["office", "kind", "organisation", "header"],
        update_fields=["column"],
    )


def settled(upload: Upload, kind: Kind, scope: Scope) -> bool:
    """Whether a person has said of every column which it is, when such a list came before: nothing is left to ask."""
    if upload.header_first is None:
        return False
    sheet, header = table(upload)
    told = RememberedMapping.objects.filter(kind=upload.kind, organisation=upload.organisation)
    known = set(told.values_list("header", flat=True))
    names = headers.told_apart(header.names)
    used = {i for _, row in headers.body(sheet, header)[0] for i, value in enumerate(row) if value is not None}
    chosen = list(upload.mapping.values())
    return all(names[i] in known for i in used) and not missing(kind.columns(scope), chosen)


def table(upload: Upload) -> tuple[Sheet, Header]:
    """The sheet that was chosen and its header."""
    if upload.forgotten_at or upload.header_first is None or upload.header_last is None:
        raise Refused(_("Choose the row in which the columns are named."))
    sheet = unpack(upload.tables)[upload.sheet]
    return sheet, headers.header_at(sheet, upload.header_first, upload.header_last)


def look(upload: Upload, kind: Kind, scope: Scope) -> Plan:
    """What applying this list would do now."""
    columns = kind.columns(scope)
    mapping = {int(index): key for index, key in upload.mapping.items()}
    if lacking := missing(columns, list(mapping.values())):
        raise Refused(_("Say which column holds: %(columns)s.") % {"columns": ", ".join(lacking)})
    return plan(kind, scope, columns, *table(upload), mapping)


@transaction.atomic
def apply(upload: Upload, kind: Kind, scope: Scope, *, digest: str, whole: bool) -> None:
    """Do what was looked at. Rows that can't be taken in are kept aside, or (`whole`) stop everything."""
    upload = locked(upload)
    still_open(upload)
    planned = look(upload, kind, scope)
    if planned.digest != digest:
        raise Refused(_("Something has changed since you looked. Look at the list again before you apply it."))
    if whole and planned.refused:
        raise Refused(
            _("Some rows can't be taken in, so nothing was changed. Mend them in the file and upload it again.")
        )
    subjects = kind.save(scope, items(planned.writes))
    for each, subject in zip(planned.writes, subjects, strict=True):
        each.subject = subject
    after = kind.current(scope, set(subjects))
    changes = [
        Change(
            office_id=upload.office_id,
            upload=upload,
            row=each.row.number,
            action=each.action,
            subject=each.subject or "",
            before=each.before if each.action == Action.UPDATED else {},
            after=after.get(each.subject or "", {}),
            wrong=[[index, *kept(problem)] for index, problem in each.wrong],
        )
        for each in planned.rows
    ]
    Change.objects.bulk_create(changes, batch_size=2000)
    upload.applied_at, upload.asked_at = scope.now, None
    upload.save(update_fields=["applied_at", "asked_at"])
    note(at=scope.now, who=scope.by, did="list applied", about=upload, why=upload.kind)
    _record(upload, scope.by, scope.now, "imported", subjects)


@transaction.atomic
def undo(upload: Upload, kind: Kind, scope: Scope) -> None:
    """Take back what the list did, wherever nobody has touched it since; the rest stays and says why."""
    upload = locked(upload)
    may_be_undone(upload)
    changes = list(upload.changes.filter(action__in=[Action.ADDED, Action.UPDATED]))
    now = kind.current(scope, {change.subject for change in changes})
    moved = [change.subject for change in changes if now.get(change.subject) != change.after]
    stays = {subject: TOUCHED if subject in now else GONE for subject in moved}
    whole = [change for change in changes if change.subject not in stays]
    kind.save(scope, [Item(c.subject, _back(c)) for c in whole if c.action == Action.UPDATED])
    stays |= kind.remove(scope, {c.subject for c in whole if c.action == Action.ADDED})
    for change in changes:
        if change.subject in stays:
            change.stays = kept(stays[change.subject])
        else:
            change.undone_at = scope.now
    Change.objects.bulk_update(changes, ["undone_at", "stays"], batch_size=1000)
    upload.undone_at, upload.undone_by, upload.asked_at = scope.now, scope.by, None
    upload.save(update_fields=["undone_at", "undone_by", "asked_at"])
    note(at=scope.now, who=scope.by, did="list undone", about=upload, why=upload.kind)
    _record(upload, scope.by, scope.now, "import undone", [c.subject for c in changes if c.undone_at])


@transaction.atomic
def forget(before: datetime, now: datetime, *, kind: str = "") -> int:
    """Empty the lists that came in before a moment of all values; the counts and the record stay. How many.

    Of one kind only, when its values are kept for a shorter time than others.
    """
    old = Upload.objects.filter(at__lt=before, forgotten_at=None, asked_at=None)
    old = old.filter(kind=kind) if kind else old
    changes = Change.objects.filter(upload__in=old)
    changes.update(before={}, after={})
    changes.filter(action=Action.REFUSED).update(wrong=[[0, FORGOTTEN, {}]])
    return old.update(tables=b"", blotted=[], mapping={}, forgotten_at=now)


def _back(change: Change) -> Values:
    return {key: value for key, value in change.before.items() if change.after.get(key) != value}


def locked(upload: Upload) -> Upload:
    """The upload, while no other list of this kind is applied or undone in the office."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import {upload.office_id} {upload.kind}"])
    return Upload.objects.select_for_update(no_key=True, of=("self",)).get(pk=upload.pk)


def still_open(upload: Upload) -> None:
    """Refuse what was applied already, or is no longer kept."""
    if upload.applied_at is not None:
        raise Refused(_("This list was applied already. To change something, upload the corrected list."))
    if upload.forgotten_at is not None:
        raise Refused(_("This list was not applied in time and is no longer kept. Upload it again."))


def may_be_undone(upload: Upload) -> None:
    """Refuse what was never applied, was taken back already, or is no longer kept."""
    if upload.applied_at is None or upload.undone_at is not None or upload.forgotten_at is not None:
        raise Refused(_("This list can't be taken back any more."))


def _not_in_hand(upload: Upload) -> None:
    if upload.asked_at is not None:
        raise Refused(_("This list is being worked on. Wait until it is done."))


def _record(upload: Upload, who: Person, at: datetime, did: str, subjects: Iterable[Any]) -> None:
    why = f"upload {upload.ref}"
    write(Entry(office_id=upload.office_id, at=at, who_id=who.pk, did=did, about=s, why=why) for s in subjects)
