"""The lists that an office has of its meal support, and how each is taken in."""

from collections.abc import Mapping

from dure.care.imports.agencies import Agencies
from dure.care.imports.people import People
from dure.care.imports.recipients import Recipients
from dure.care.imports.shifts import Shifts
from dure.imports.kinds import Kind

KINDS: Mapping[str, Kind] = {
    "recipients": Recipients(),
    "people": People(),
    "rosters": Shifts(),
    "network": Agencies(),
}
