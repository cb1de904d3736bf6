"""Who opens care's pages in a test."""

from django.test import Client

from dure.offices.acting import act
from dure.people.models import Person
from tests import make


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    act(person.office_id)
    return make.signed_in(person)
