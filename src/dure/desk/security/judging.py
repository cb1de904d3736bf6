"""What is to be thought of what was found: well, or to be looked at, and then what to do. Pure.

What is only told has no judgement (None). Who reads this answers for the office and isn't a programmer: each sentence
says what it means, and names the setting that changes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dure.desk.security.facts import Access, Found, Leaves, Networks, Sealed, Stands, Walls, Way

LONGEST_IDLE = 60  # minutes ◦
MOST_TRIES = 10  # ◦
YEAR = 365 * 24 * 3600  # seconds for which a browser remembers that only HTTPS is spoken
CARRIERS = {"smtp": "SMTP", "solapi": "Solapi"}


@dataclass(frozen=True)
class Item:
    """One thing that was looked at: well (True), to be looked at (False) with what to do, or only told (None)."""

    name: str
    says: str
    well: bool | None = None
    todo: str = ""
    page: str = ""  # on which more stands


@dataclass(frozen=True)
class Part:
    """What belongs together."""

    key: str
    title: str
    items: list[Item]


def judge(found: Found) -> list[Part]:
    """Everything, in the order in which a review asks for it."""
    return [
        Part("stands", _("Where the system stands"), list(stands(found.stands))),
        Part("networks", _("Which networks"), list(networks(found.networks))),
        Part("leaves", _("What leaves"), list(leaves(found.leaves))),
        Part("sealed", _("What lies sealed"), list(sealed(found.sealed))),
        Part("walls", _("How offices are kept apart"), list(walls(found.walls))),
        Part("access", _("Who has access"), list(access(found.access))),
    ]


def to_look_at(parts: list[Part]) -> list[Item]:
    """What somebody has to do something about."""
    return [item for part in parts for item in part.items if item.well is False]


def _item(name: str, says: str, well: bool, todo: str, page: str = "") -> Item:
    return Item(name, says, well, "" if well else todo, page)


def stands(found: Stands) -> Iterator[Item]:
    """The machine, its programs, the data base, the data folder."""
    yield Item(_("Machine"), f"{found.host} · {found.system}")
    yield Item(_("Programs"), f"Dure {found.dure} · Python {found.python} · Django {found.django}")
    kind = _("brought along by Dure itself") if found.embedded else _("maintained by the office")
    yield _item(
        _("Data base"),
        f"PostgreSQL {found.postgresql} · {found.database} · {kind}",
        found.recent and not found.embedded,
        _("Have a PostgreSQL that somebody maintains, and name it in DATABASE_URL.")
        if found.embedded
        else _("Move to PostgreSQL 16 or newer."),
    )
    way = _("on the same machine") if not found.far else _("encrypted") if found.encrypted else _("not encrypted")
    yield _item(
        _("Way to the data base"), way, not found.far or found.encrypted,
        _("Let the connection be encrypted: add sslmode=verify-full to DATABASE_URL."),
    )  # fmt: skip
    yield Item(_("Data folder"), found.data)
    if found.debug:
        yield Item(_("Error pages"), _("Error pages show the inside of the system."), False, _("Take DURE_DEBUG away."))


def networks(found: Networks) -> Iterator[Item]:
    """Names, encryption, the office's networks, proxies, signing in."""
    names = ", ".join(found.names)
    yield _item(
        _("Names it answers to"), names, "*" not in found.names, _("Name the office's own addresses in DURE_HOSTS.")
    )
    hsts = _("HTTPS; browsers remember it for %(n)s days") % {"n": found.hsts // (24 * 3600)}
    yield _item(
        _("Encryption of pages"),
        hsts if found.https else _("No HTTPS: names and passwords go over the network in the clear."),
        found.https and found.hsts >= YEAR,
        _("Put HTTPS in front, and set DURE_HTTPS=1."),
    )
    if found.url:
        yield _item(
            _("Address in messages"), found.url, found.url.startswith("https://"),
            _("Let DURE_URL begin with https."),
        )  # fmt: skip
    yield from _inside(found)
    yield from _signing_in(found)
    said = _("with a token") if found.metrics_token else _("from this machine alone")
    yield Item(_("Figures for monitoring"), said)


def _inside(found: Networks) -> Iterator[Item]:
    whole = "DURE_OFFICE_NETWORKS" in found.everywhere
    yield _item(
        _("Office's networks"),
        ", ".join(found.office) or _("None: every network counts as outside, and everybody needs the second step."),
        not whole,
        _("DURE_OFFICE_NETWORKS names the whole internet: nobody is asked for the second step. Name only your own."),
    )
    unnamed = ", ".join(_("a local socket") if each == "socket" else each for each in found.unnamed)
    said = ", ".join(found.proxies) or _("None")
    if unnamed:
        said = _("%(proxies)s. Requests are also passed on by: %(unnamed)s") % {"proxies": said, "unnamed": unnamed}
    yield _item(
        _("Own proxies"), said, not found.unnamed and "DURE_PROXIES" not in found.everywhere, _proxies_todo(found)
    )


def _proxies_todo(found: Networks) -> str:
    if "DURE_PROXIES" in found.everywhere:
        return _("DURE_PROXIES names the whole internet: anybody may say that they are inside. Name only your proxies.")
    if found.unnamed == ("socket",):
        return _("Let the proxy reach the web at 127.0.0.1, and set DURE_PROXIES=127.0.0.1.")
    todo = _("If that is your proxy, name it in DURE_PROXIES. If not, nothing needs to be done: it isn't believed.")
    if found.believed_inside:
        inside = _("Until then everybody who comes through it counts as inside the office.")
        return f"{todo} {inside}"
    return todo


def _signing_in(found: Networks) -> Iterator[Item]:
    yield _item(
        _("Second step when signing in"),
        _("officers and administrators always, all others outside the office's networks")
        if found.second_step
        else _("not asked for, because this office is invented"),
        found.second_step,
        _("Set DURE_SECOND_FACTOR=always before real data are entered here."),
    )
    yield _item(
        _("Unused, signed out after"),
        _("%(n)s minutes") % {"n": found.idle},
        found.idle <= LONGEST_IDLE,
        _("Set DURE_IDLE_MINUTES to at most %(n)s.") % {"n": LONGEST_IDLE},
    )
    yield _item(
        _("Wrong passwords"),
        _("after %(tries)s locked for %(minutes)s minutes") % {"tries": found.tries, "minutes": found.locked},
        found.tries <= MOST_TRIES,
        _("Set DURE_TRIES to at most %(n)s.") % {"n": MOST_TRIES},
    )


def leaves(found: Leaves) -> Iterator[Item]:
    """Messages, the sign of life to outside, back-ups; and the two registers."""
    for way in found.ways:
        yield _way(way, found.lives)
    outside = _("%(host)s: whether all is well and which parts are silent, no name and no number")
    yield _item(
        _("Told outside"),
        outside % {"host": found.outside} if found.outside else _("Nobody outside notices when everything stops."),
        bool(found.outside) and found.outside_encrypted,
        _("Let DURE_OUTSIDE_URL begin with https.") if found.outside else _("Set DURE_OUTSIDE_URL."),
    )
    kept = _("%(folder)s, sealed, at most %(n)s copies and %(days)s days")
    yield _item(
        _("Back-ups"),
        kept % {"folder": found.backups, "n": found.kept, "days": found.days},
        found.backups_apart is True,
        _("The folder of back-ups can't be seen from here. Look at it on the machine that makes them.")
        if found.backups_apart is None
        else _("They lie on the same disk as the data. Name a folder elsewhere in DURE_BACKUPS, or copy them away."),
    )
    processors = ngettext("%(n)s processor", "%(n)s processors", found.processors) % {"n": found.processors}
    yield Item(_("Processors"), processors, page="care:processors:index")
    transfers = ngettext("%(n)s this month", "%(n)s this month", found.transfers) % {"n": found.transfers}
    yield Item(_("Passed on to others"), transfers, page="care:transfers:show")


def _way(way: Way, lives: bool) -> Item:
    name = {"sms": _("Text messages"), "email": _("E-mails")}.get(way.channel, way.channel)
    if way.carrier == "file":
        setting = "DURE_SMS" if way.channel == "sms" else "DURE_EMAIL"
        said = _("Into a file on this machine: nothing leaves, and nobody is reached.")
        return _item(name, said, not lives, _("Set %(setting)s.") % {"setting": setting})
    what = _(
        "%(carrier)s (%(host)s): who is told, case and dong; of a worker name and number, of who is served no name"
    )
    carrier = CARRIERS.get(way.carrier, _("gateway"))
    said = what % {"carrier": carrier, "host": way.to or "—"}
    if way.missing:
        return Item(name, said, False, _("Set %(setting)s.") % {"setting": ", ".join(way.missing)})
    setting = {"smtp": "DURE_SMTP", "solapi": "DURE_SOLAPI_URL"}.get(way.carrier, "DURE_GATEWAY_URL")
    scheme = "smtps" if way.carrier == "smtp" else "https"
    todo = _("Not encrypted for certain: let %(setting)s begin with %(scheme)s.")
    return _item(name, said, way.encrypted, todo % {"setting": setting, "scheme": scheme})


def sealed(found: Sealed) -> Iterator[Item]:
    """Keys of fields, back-ups, the record."""
    keys = ngettext("%(n)s key", "%(n)s keys", found.field_keys) % {"n": found.field_keys}
    whence = _("given by a setting") if found.keys_given else _("made by itself, in the data folder")
    yield _item(
        _("Door codes, illnesses, files"), _("sealed") + f" · {keys} · {whence}", found.keys_given,
        _("Keep the key apart from the back-ups: put it into DURE_FIELD_KEYS, and a copy on paper into a safe."),
    )  # fmt: skip
    whence = _("given by a setting") if found.backup_key_given else _("made by itself, in the data folder")
    yield _item(
        _("Key of the back-ups"), _("sealed") + f" · {whence}", found.backup_key_given,
        _("Keep the key apart from the back-ups: put it into DURE_BACKUP_KEY, and a copy on paper into a safe."),
    )  # fmt: skip
    last = _moment(found.backup_at)
    if found.copies is not None:
        last += " · " + ngettext("%(n)s copy", "%(n)s copies", found.copies) % {"n": found.copies}
    yield _item(
        _("Last back-up"), last, not found.backup_old,
        _("Have the log of dure jobs looked at, or make one: dure backup"),
    )  # fmt: skip
    yield _item(
        _("Record of who did what"), _("last sealed %(at)s") % {"at": _moment(found.sealed_at)}, not found.unsealed,
        _("Lines wait to be sealed. Have dure jobs started again."),
    )  # fmt: skip
    yield _item(
        _("Kept outside the data base"), _day(found.anchored_on), not found.anchor_old,
        _("Each day the newest seal has to lie beside the back-ups. Have the log of dure jobs looked at."),
    )  # fmt: skip
    yield _item(
        _("Record last checked"), _day(found.verified_on), not found.verified_old,
        _("Have it checked once a month: dure audit verify"),
    )  # fmt: skip


def walls(found: Walls) -> Iterator[Item]:
    """Roles and row-level security."""
    yield _item(
        _("Rights of the running system"),
        _("works as %(role)s") % {"role": found.role}
        if not found.roles_wrong
        else _("May see every office, or is missing: %(names)s") % {"names": ", ".join(found.roles_wrong)},
        not found.roles_wrong,
        _("Make these roles anew as docs/running.md says: LOGIN, NOBYPASSRLS, in no other role."),
    )
    tables = ngettext("%(n)s table", "%(n)s tables", found.walled) % {"n": found.walled}
    yield _item(
        _("Tables that keep offices apart"),
        tables + (" · " + _("without a wall: %(names)s") % {"names": ", ".join(found.open)} if found.open else ""),
        not found.open and found.walled > 0,
        _("Stop the web: somebody has changed rights by hand. Undo that, or restore a back-up."),
    )
    yield Item(_("Tables of no office"), ", ".join(found.shared))


def access(found: Access) -> Iterator[Item]:
    """Accounts, second steps, passwords, reviews."""
    roles = " · ".join(f"{label} {n}" for label, n in found.by_role)
    logins = ngettext("%(n)s with a log-in", "%(n)s with a log-in", found.accounts) % {"n": found.accounts}
    yield Item(_("Accounts"), f"{logins} · {roles}" if roles else logins, page="people")
    people = ngettext("%(n)s person", "%(n)s persons", found.without_second) % {"n": found.without_second}
    if found.second_step:
        yield _item(
            _("Owe a second step and have none yet"), people, not found.without_second,
            _("It is set up when they next sign in. Who doesn't sign in any more loses the account."), "people",
        )  # fmt: skip
    people = ngettext("%(n)s person", "%(n)s persons", found.given) % {"n": found.given}
    yield _item(
        _("Passwords that somebody else gave"), people, not found.given,
        _("Ask them to sign in and to change it, or give it anew."), "people",
    )  # fmt: skip
    people = ngettext("%(n)s person", "%(n)s persons", found.unused) % {"n": found.unused}
    yield _item(
        _("Not used for 90 days"), people, not found.unused,
        _("Ask whether they still work here, and end the accounts of who has left."), "people",
    )  # fmt: skip
    yield Item(_("Field phones"), str(found.phones), page="field_phones")
    yield _item(
        _("Review of who has looked"),
        f"{found.reviewed:%Y-%m}" if found.reviewed else _("none yet"),
        not found.review_late,
        _("A month is over its time: review it, and sign."),
        "looks",
    )


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else _("never, or not known here")


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else _("never, or not known here")
