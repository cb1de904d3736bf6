"""Those whose data are looked at: who a row tells of, and under which names pages show them."""

from uuid import UUID

from dure.audit.looks import Subject
from dure.offices.retention import GONE
from dure.people.masking import masked_name

Shown = tuple[UUID | None, tuple[str, ...]]


class Named(Subject):
    """A row with the name of whom it tells of; its own ref says who that is."""

    class Meta:
        abstract = True

    def shown_as(self) -> Shown:
        return shown_as(self.__dict__.get("ref"), self.__dict__.get("name"))


def shown_as(ref: UUID | None, name: str | None) -> Shown:
    """In full, or masked. What wasn't read from the data base isn't known; who was let go of isn't named any more."""
    return ref, (name, masked_name(name)) if name and name != GONE else ()
