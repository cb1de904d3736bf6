"""Who opens care's pages in a test."""

from django.test import Client

from dure.offices.acting import act
from dure.people.models import Person


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    act(person.office_id)
    client.force_login(person, backend="dure.people.signing_in.ByName")
    session = client.session
    session["office"] = person.office_id
    session.save()
    return client
