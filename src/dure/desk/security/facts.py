"""What is found about the running system, before anybody judges it. No password and no key stands in here."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Stands:
    """Where it stands."""

    host: str
    system: str
    dure: str
    python: str
    django: str
    postgresql: str
    database: str  # server and name, never a password
    embedded: bool
    far: bool  # the data base is on another machine
    encrypted: bool  # the connection to it
    data: str
    recent: bool = True  # the data base is as new as it has to be
    debug: bool = False


@dataclass(frozen=True)
class Networks:
    """From where it is reached."""

    names: tuple[str, ...]
    url: str
    https: bool
    hsts: int  # seconds
    office: tuple[str, ...]
    proxies: tuple[str, ...]
    unnamed: tuple[str, ...]  # pass requests on, and nobody named them
    believed_inside: tuple[str, ...]  # those of them that lie in the office's networks
    everywhere: tuple[str, ...]  # settings that name the whole internet
    second_step: bool  # asked for in this office
    idle: int  # minutes
    tries: int
    locked: int  # minutes
    metrics_token: bool


@dataclass(frozen=True)
class Way:
    """How messages of one channel leave."""

    channel: str
    carrier: str
    to: str = ""  # the machine that takes them
    encrypted: bool = True
    missing: tuple[str, ...] = ()  # settings that it lacks


@dataclass(frozen=True)
class Leaves:
    """What leaves it."""

    ways: tuple[Way, ...]
    lives: bool  # no invented office: messages have to reach people
    outside: str  # the machine that is told whether all is well
    outside_encrypted: bool
    backups: str
    backups_apart: bool | None  # on another disk than the data; None: not to be seen from here
    kept: int
    days: int
    processors: int
    transfers: int  # of this month


@dataclass(frozen=True)
class Sealed:
    """What lies sealed, and how."""

    field_keys: int
    keys_given: bool  # by a setting; else made by itself
    backup_key_given: bool
    backup_at: datetime | None
    backup_old: bool
    copies: int | None
    sealed_at: datetime | None
    unsealed: bool  # lines of the record wait for too long
    anchored_on: date | None
    anchor_old: bool
    verified_on: date | None
    verified_old: bool


@dataclass(frozen=True)
class Walls:
    """What keeps the offices apart in the data base."""

    role: str
    roles_wrong: tuple[str, ...]  # may pass the walls
    walled: int
    open: tuple[str, ...]  # tables of an office without a wall
    shared: tuple[str, ...]  # tables that belong to no office


@dataclass(frozen=True)
class Access:
    """Who has access."""

    by_role: tuple[tuple[str, int], ...]
    accounts: int  # with a log-in
    without_second: int  # of those who owe one
    given: int  # passwords that somebody else gave, still unchanged
    unused: int  # for 90 days
    phones: int
    reviewed: date | None  # the last month of looks that was signed
    review_late: bool
    second_step: bool = True


@dataclass(frozen=True)
class Found:
    """All of it."""

    stands: Stands
    networks: Networks
    leaves: Leaves
    sealed: Sealed
    walls: Walls
    access: Access
