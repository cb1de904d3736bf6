"""Somebody answers in place of another: put in by the desk, or asked for by one and agreed to by the other."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dure import clock
from dure.audit.actions import note
from dure.errors import Refused
from dure.people.models import Membership, Person, Roster, Shift, StandIn
from dure.people.rota import IsHoliday
from dure.people.rotas import AHEAD, apply_to_hand_made, hold, write


@transaction.atomic
def put_in(stand_in: StandIn, is_holiday: IsHoliday, *, by: Person, now: datetime) -> None:
    """From now on, or from its beginning, somebody answers in place of another."""
    hold(stand_in.roster)
    stand_in.since = max(stand_in.since, now)
    check(stand_in, now)
    stand_in.asked_at, stand_in.asked_by = now, by
    _agree(stand_in, True, by=by, now=now)
    _carry_out(stand_in, is_holiday, now=now)


@transaction.atomic
def ask(shift: Shift, on: Person, *, why: str, by: Person, now: datetime) -> StandIn:
    """A person asks another to take a shift. Until that one agrees, the shift stays where it is."""
    hold(shift.roster)
    wish = StandIn(
        office_id=shift.office_id, roster=shift.roster, off=shift.person, on=on, since=max(shift.starts_at, now),
        until=shift.ends_at, why=why, asked_at=now, asked_by=by,
    )  # fmt: skip
    check(wish, now)
    if open_wishes(now).filter(roster=wish.roster, off=wish.off, since__lt=wish.until, until__gt=wish.since).exists():
        raise Refused(_("Somebody has been asked to take this shift already. Wait for the answer, or call."))
    wish.save()
    note(at=now, who=by, did="asked for a stand-in", about=shift.roster, why=str(on.ref))
    return wish


@transaction.atomic
def answer(wish: StandIn, agrees: bool, is_holiday: IsHoliday, *, by: Person, now: datetime) -> None:
    """Whoever was asked takes the shift or doesn't, or the desk decides. It is answered once."""
    hold(wish.roster)
    wish = (
        StandIn.objects.select_for_update(no_key=True, of=("self",))
        .select_related("roster", "off", "on")
        .get(pk=wish.pk)
    )
    if wish.answered_at:
        raise Refused(_("%(person)s has answered this already.") % {"person": wish.answered_by})
    if agrees and by.pk != wish.on_id and by.pk in (wish.asked_by_id, wish.off_id):
        raise Refused(_("Whoever was asked says yes. You can only take your request back."))
    if agrees:
        wish.since = max(wish.since, now)
        check(wish, now)
    _agree(wish, agrees, by=by, now=now)
    if agrees:
        _carry_out(wish, is_holiday, now=now)


def open_wishes(now: datetime) -> QuerySet[StandIn]:
    """Shifts that somebody was asked to take, not yet answered and not yet over."""
    return StandIn.objects.filter(answered_at=None, until__gt=now).select_related("roster__organisation", "off", "on")


def check(stand_in: StandIn, now: datetime) -> None:
    """Refuse what can't be: the past, the far future, nobody to replace, and who can't answer then."""
    if stand_in.until <= max(stand_in.since, now):
        raise Refused(_("The end has to be after the beginning, and still to come."))
    if stand_in.until > now + AHEAD:
        raise Refused(_("Rosters are written eight weeks ahead. Choose a day before that, and enter the rest later."))
    if stand_in.off and not _stands(stand_in.roster, stand_in.off, stand_in.since, stand_in.until).exists():
        raise Refused(_("%(person)s isn't on this roster then. Look at the day.") % {"person": stand_in.off})
    if stand_in.on:
        free(stand_in.on, stand_in.roster, stand_in.since, stand_in.until, off=stand_in.off)


def free(person: Person, roster: Roster, since: datetime, until: datetime, off: Person | None = None) -> None:
    """Refuse, with the reason, when somebody can't answer for a roster in a span of time."""
    last = clock.local(until).date()
    here = Membership.objects.on(last).filter(person=person)
    if person.left_at or not here.exists():
        raise Refused(_("%(person)s doesn't work here any more by then. Choose somebody else.") % {"person": person})
    away = StandIn.objects.filter(off=person, agreed=True, since__lt=until, until__gt=since).exclude(why="")
    gone = away.order_by("-answered_at").first()
    if gone and (off is None or gone.on != off):  # who stood in may give it back
        said = {"person": person, "why": gone.why, "until": clock.format_moment(gone.until)}
        raise Refused(_("%(person)s is off until %(until)s (%(why)s). Choose somebody else.") % said)
    there = _stands(roster, person, since, until).first()
    if off and there and there.starts_at <= since and there.ends_at >= until:
        raise Refused(
            _("%(person)s is on this roster then already. Choose somebody else, or nobody.") % {"person": person}
        )


def _stands(roster: Roster, person: Person, since: datetime, until: datetime) -> QuerySet[Shift]:
    return Shift.objects.filter(roster=roster, person=person, starts_at__lt=until, ends_at__gt=since)


def _agree(stand_in: StandIn, agrees: bool, *, by: Person, now: datetime) -> None:
    stand_in.answered_at, stand_in.answered_by, stand_in.agreed = now, by, agrees
    stand_in.save()
    did = "put in a stand-in" if agrees else "declined to stand in"
    names = [f"{which} {each.ref}" for which, each in (("off", stand_in.off), ("on", stand_in.on)) if each]
    note(at=now, who=by, did=did, about=stand_in.roster, why=" ".join(names)[:80])


def _carry_out(stand_in: StandIn, is_holiday: IsHoliday, *, now: datetime) -> None:
    apply_to_hand_made(stand_in)
    write(stand_in.roster, is_holiday, now=now)
