"""A phone in the same Wi-Fi: it installs the certificate, and has the page with everything that needs https."""

import base64
import hashlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import BrowserContext, expect, sync_playwright

from dure import clock
from dure.demo.lan import phones
from dure.errors import Refused
from dure.field.actions import enrol
from tests import make
from tests.field.browsing import begin, unlock
from tests.field.server import prepared
from tests.field.test_phone import QUIET
from tests.field.world import day

HERE = "127.0.0.1"


def _two_free_ports() -> int:
    for port in range(21_000 + os.getpid() % 9_000, 40_000, 2):
        try:
            for each in (port, port + 1):
                with socket.socket() as probe:
                    probe.bind((HERE, each))
            return port
        except OSError:
            continue
    raise AssertionError("no two free ports")


def test_where_real_people_s_data_are_there_is_none(db, tmp_path: Path):
    make.office()
    with pytest.raises(Refused, match="체험"):
        phones.prepare(HERE, 8443, tmp_path, make.NOON)
    assert not (tmp_path / "lan").exists()


def test_the_terminal_says_step_by_step_what_to_do(db, tmp_path: Path):
    lan = phones.prepare("192.168.0.7", 8443, tmp_path, make.NOON)
    said = phones.told(lan)
    for part in ("http://192.168.0.7:8444/", "https://192.168.0.7:8443/field/", lan.certificate.fingerprint):
        assert part in said
    assert "Android" in said and "iPhone" in said and "make phones" in phones.offered()
    page = (lan.certificate.folder / "index.html").read_text()
    assert lan.certificate.fingerprint in page and "https://192.168.0.7:8443/field/" in page


@contextmanager
def _running(lan: phones.Lan, environment: dict[str, str], what: str) -> Iterator[None]:
    started = subprocess.Popen(lan.runs()[what], env=os.environ | environment)
    try:
        for _ in range(200):
            port = lan.port if what == "phones" else lan.port + 1
            with socket.socket() as probe:
                if probe.connect_ex((HERE, port)) == 0:
                    break
            assert started.poll() is None
            time.sleep(0.1)
        yield
    finally:
        started.terminate()
        started.wait(20)


def test_the_certificate_s_page_gives_out_three_files_and_never_the_key(db, tmp_path: Path):
    lan = phones.prepare(HERE, _two_free_ports(), tmp_path, make.NOON)
    first = f"http://{HERE}:{lan.port + 1}"
    with _running(lan, {"DURE_DATA": str(tmp_path)}, "certificate"):
        with urllib.request.urlopen(f"{first}/dure-trial.crt") as given:
            assert given.headers["Content-Type"] == "application/x-x509-ca-cert"
            assert given.read() == lan.certificate.authority.read_bytes()
        assert urllib.request.urlopen(f"{first}/look.css").status == 200
        assert lan.certificate.fingerprint in urllib.request.urlopen(first).read().decode()
        for hidden in ("/phones.key", "/../phones.key", "/%2e%2e/secret", "//phones.key", "/phones.pem", "/static/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{first}{hidden}")


def _trusting(play: Any, folder: Path, lan: phones.Lan, address: str) -> BrowserContext:
    """A browser that trusts the authority of the trial."""
    authority = x509.load_der_x509_certificate(lan.certificate.authority.read_bytes())
    key = authority.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(key).digest()).decode()
    return play.chromium.launch_persistent_context(
        folder, executable_path="/usr/bin/chromium", args=[*QUIET, f"--ignore-certificate-errors-spki-list={pin}"],
        locale="ko-KR", base_url=address, viewport={"width": 360, "height": 740},
    )  # fmt: skip


@pytest.mark.browser
def test_over_the_local_certificate_the_page_is_kept_and_opens_without_a_network(
    cluster, django_db_setup, django_db_blocker, tmp_path
):
    def build() -> str:
        world = day(3)
        return enrol(world.worker, by=world.desk, now=make.NOON)

    with prepared(cluster, django_db_blocker, make.NOON, build) as (environment, code, _url), sync_playwright() as play:
        certificate = phones.keep(tmp_path / "lan", [IPv4Address(HERE)], [], clock.real())
        lan = phones.Lan([IPv4Address(HERE)], [], _two_free_ports(), certificate)
        own = environment | {"DURE_LAN": HERE, **lan.own}
        context = _trusting(play, tmp_path / "browser", lan, lan.product)
        page = context.new_page()
        with _running(lan, own, "phones"):
            begin(page, code)
            expect(page.get_by_text("네트워크가 없어도")).to_be_visible()
            assert page.evaluate("isSecureContext")
            answer = page.request.get("/field/", ignore_https_errors=True)
            assert "strict-transport-security" not in answer.headers  # the trial is over soon, the name stays
        page.reload()
        unlock(page)
        expect(page.locator(".stop")).to_have_count(3)
        context.close()


@pytest.mark.browser
def test_a_browser_that_does_not_trust_it_keeps_nothing(cluster, django_db_setup, django_db_blocker, tmp_path):
    with (
        prepared(cluster, django_db_blocker, make.NOON, lambda: None) as (environment, _, _url),
        sync_playwright() as play,
    ):
        certificate = phones.keep(tmp_path / "lan", [IPv4Address(HERE)], [], clock.real())
        lan = phones.Lan([IPv4Address(HERE)], [], _two_free_ports(), certificate)
        with _running(lan, environment | {"DURE_LAN": HERE, **lan.own}, "phones"):
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
            with pytest.raises(Exception, match="ERR_CERT_AUTHORITY_INVALID"):
                browser.new_page().goto(f"{lan.product}/field/")
            browser.close()
