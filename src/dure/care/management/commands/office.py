import csv
import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils.translation import gettext

from dure import clock
from dure.care.certificates.standard import begin
from dure.care.standard import publish
from dure.errors import Refused
from dure.offices.models import Office
from dure.people.models import Address, Channel, Membership, Organisation, Person, Role, Roster
from dure.places.models import Area


class Command(BaseCommand):
    help = (
        "Set up a real office with its first administrator, who does the rest on the pages. "
        "--areas FILE.csv names its dongs: columns code, name, lon, lat (lon and lat may be empty)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the office's name, e.g. 광산구")
        parser.add_argument("--admin", required=True, help="log-in name of the first administrator")
        parser.add_argument("--admin-name", required=True, help="the administrator's own name")
        parser.add_argument("--phone", default="", help="the administrator's mobile number, for alerts")
        parser.add_argument("--areas", type=Path, help="CSV file with the office's dongs")

    @transaction.atomic
    def handle(self, *, name: str, admin: str, admin_name: str, phone: str, areas: Path | None, **_: Any) -> None:
        if Person.objects.filter(username=admin).exists():
            raise Refused(f"The log-in name {admin} is taken. Choose another one with --admin.")
        office = Office.objects.create(name=name)
        house = Organisation.objects.create(office=office, kind=Organisation.Kind.OFFICE, name=name)
        password = self._administrator(office, house, admin, admin_name, phone)
        for answers_for, called in (("oncall", gettext("on call")), ("officer", gettext("the officer in charge"))):
            Roster.objects.create(office=office, organisation=house, answers_for=answers_for, name=called)
        publish(office.pk, by=None, now=clock.now())
        begin(office.pk, now=clock.now())
        dongs = self._areas(office, areas) if areas else 0
        self.stdout.write(f"{name}: {dongs} dongs. Log in as {admin} with the password {password}, and change it.")
        self.stdout.write("Next, on the pages: agencies, staff, rosters and recipients from your spreadsheets.")

    def _administrator(self, office: Office, house: Organisation, username: str, name: str, phone: str) -> str:
        password = secrets.token_urlsafe(9)
        person = Person(office=office, username=username, name=name, phone=phone, password_given_at=clock.real())
        person.set_password(password)
        person.save()
        today = clock.today()
        Membership.objects.create(office=office, person=person, organisation=house, role=Role.ADMIN, since=today)
        Address.objects.create(office=office, person=person, channel=Channel.SCREEN)
        if phone:
            Address.objects.create(office=office, person=person, channel=Channel.SMS, value=phone)
        return password

    def _areas(self, office: Office, file: Path) -> int:
        """The dongs with their centres, each with the roster that answers for it."""
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        if not rows or not {"code", "name"} <= set(rows[0]):
            raise Refused(f"{file} needs a first line with the columns code, name, lon, lat.")
        for row in rows:
            lon, lat = (float(row[c]) if row.get(c) else None for c in ("lon", "lat"))
            area = Area.objects.create(office=office, code=row["code"], name=row["name"], lon=lon, lat=lat)
            centre = Organisation.objects.create(
                office=office, kind=Organisation.Kind.CENTRE, name=f"{area.name} 행정복지센터", area=area
            )
            Roster.objects.create(office=office, organisation=centre, answers_for="centre", name=centre.name)
        return len(rows)
