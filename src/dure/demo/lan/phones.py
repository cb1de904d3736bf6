"""What `make phones` runs beside everything else, and what it tells the person at the terminal."""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address
from pathlib import Path

import segno
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from dure.demo.lan import addresses
from dure.demo.lan.certificates import Certificate, keep
from dure.errors import Refused
from dure.offices.models import Office

THREADS = 12  # a browser opens connections in advance and says nothing on them: none may hold up another
FILE = "dure-trial.crt"


@dataclass(frozen=True)
class Lan:
    """Where phones reach this machine: the product by https, the certificate in the clear one port above."""

    addresses: Sequence[IPv4Address]
    names: Sequence[str]
    port: int
    certificate: Certificate

    @property
    def product(self) -> str:
        return f"https://{self.addresses[0]}:{self.port}"

    @property
    def first(self) -> str:
        return f"http://{self.addresses[0]}:{self.port + 1}/"

    @property
    def own(self) -> Mapping[str, str]:
        """Settings of the process that speaks https; the one for this machine keeps its own."""
        known = [*map(str, self.addresses), *self.names]
        return {"DURE_HTTPS": "1", "DURE_ROLE": "app", "DURE_HOSTS": ",".join(known), "DURE_ORIGINS": ""}

    def all_know(self) -> Mapping[str, str]:
        """Settings of everybody: the code for a phone and the links in messages lead to where a phone gets."""
        return {} if os.environ.get("DURE_URL") else {"DURE_URL": self.product}

    def runs(self) -> dict[str, Sequence[str]]:
        """The product over https on all addresses, and the certificate's page."""
        start = [sys.executable, "-m", "gunicorn", "--log-level", "warning", "--worker-class", "gthread"]
        start += ["--graceful-timeout", "3"]  # a phone keeps its connection open although it wants nothing
        tls = ["--certfile", str(self.certificate.chain), "--keyfile", str(self.certificate.key)]
        here = ["--threads", str(THREADS), "--bind"]
        return {
            "phones": [*start, "dure.wsgi", *tls, *here, f"0.0.0.0:{self.port}"],
            "certificate": [*start, "dure.demo.lan.giving", *here, f"0.0.0.0:{self.port + 1}"],
        }


def offered() -> str:
    """Without phones: why a phone in the same Wi-Fi doesn't get here, and what to do about it."""
    return "\n".join(
        [
            _("A real phone needs HTTPS: its browser keeps the stops on the phone over a trusted certificate alone."),
            _("To try it in the same Wi-Fi, with a certificate made here: make phones"),
        ]
    )


def prepare(given: str, port: int, data: Path, now: datetime) -> Lan:
    """Find the addresses, see to a certificate, write its page. Never where real people's data are."""
    if Office.objects.filter(is_demo=False).exists():
        raise Refused(_("Real data are here: a local certificate is for a trial only. See docs/running.md, HTTPS."))
    found, names = addresses.asked(given), addresses.names()
    lan = Lan(found, names, port, keep(data / "lan", found, names, now))
    sheets = [Path(str(finders.find(f"dure/{name}.css"))) for name in ("tokens", "phone")]
    folder = lan.certificate.folder
    (folder / "look.css").write_text("\n".join(each.read_text() for each in sheets))
    (folder / "index.html").write_text(render_to_string("demo/certificate.html", _shown(lan)))
    return lan


def _shown(lan: Lan) -> dict[str, object]:
    return {
        "file": FILE, "fingerprint": lan.certificate.fingerprint, "field": f"{lan.product}/field/",
        "phones": [("Android", android()), ("iPhone", iphone())],
    }  # fmt: skip


def android() -> list[str]:
    """How an Android phone comes to trust the certificate."""
    return [
        _("In Chrome, download the certificate (%(file)s).") % {"file": FILE},
        _("Open Settings, look for “CA certificate” there, and choose Install a certificate → CA certificate."),
        _("Choose “Install anyway” and the downloaded file. Without a screen lock the phone asks for one first."),
    ]


def iphone() -> list[str]:
    """How an iPhone comes to trust the certificate."""
    return [
        _("In Safari, download the certificate (%(file)s), and allow the profile.") % {"file": FILE},
        _("Settings → General → VPN & Device Management → Downloaded Profile → Install."),
        _("Settings → General → About → Certificate Trust Settings: switch on “Dure trial”."),
    ]


def told(lan: Lan) -> str:
    """What to do now, as a person reads it on the terminal."""
    picture = io.StringIO()
    segno.make(lan.first, error="l").terminal(picture, border=2, compact=True)
    steps = [_("Phones in the same Wi-Fi. For a trial at a table, never for an office:")]
    steps += [_("1. Open %(address)s on the phone, or photograph this picture.") % {"address": lan.first}]
    steps += [picture.getvalue().rstrip()]
    steps += [_("2. Install the certificate; it holds for this machine alone. Its SHA-256, to be compared there:")]
    steps += [f"     {lan.certificate.fingerprint}"]
    for phone, does in (("Android", android()), ("iPhone", iphone())):
        steps += [f"   {phone}", *(f"     - {each}" for each in does)]
    steps += [_("3. On this machine log in as desk1, make a code under “Phones”, and photograph it with the phone.")]
    steps += [_("   The worker's page: %(address)s") % {"address": f"{lan.product}/field/"}]
    steps += [
        _("   The phone finds nothing? Same Wi-Fi (no guest network), and let ports %(one)s and %(two)s in.")
        % {"one": lan.port, "two": lan.port + 1}
    ]
    steps += [_("   After the trial take the certificate off the phone again.")]
    return "\n".join(steps)
