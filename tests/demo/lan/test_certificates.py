"""The certificate of a trial: it holds for this machine's addresses and names, and can vouch for nothing else."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification

from dure import clock
from dure.demo.lan import addresses, certificates
from dure.demo.lan.certificates import keep
from dure.errors import Refused

HERE, THERE = IPv4Address("192.168.0.7"), IPv4Address("192.168.0.8")
NAMES = ["trial.local", "trial"]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _believes(kept: certificates.Certificate, name: x509.GeneralName, at: datetime = NOW) -> bool:
    """Whether who trusts the authority believes the server to be who it says it is."""
    authority = x509.load_der_x509_certificate(kept.authority.read_bytes())
    own = x509.load_pem_x509_certificates(kept.chain.read_bytes())[0]
    store = verification.Store([authority])
    try:
        verification.PolicyBuilder().store(store).time(at).build_server_verifier(name).verify(own, [])
    except verification.VerificationError:
        return False
    return True


def test_who_trusts_it_believes_its_addresses_and_names_for_a_year(tmp_path: Path):
    kept = keep(tmp_path / "lan", [HERE], NAMES, NOW)
    held = {name: _believes(kept, name) for name in (x509.IPAddress(HERE), *map(x509.DNSName, NAMES))}
    assert set(held.values()) == {True}, held
    assert not _believes(kept, x509.IPAddress(THERE))
    assert not _believes(kept, x509.DNSName("dure.example.go.kr"))
    assert _believes(kept, x509.IPAddress(HERE), NOW + timedelta(days=364))
    assert not _believes(kept, x509.IPAddress(HERE), NOW + timedelta(days=366))


@pytest.mark.parametrize("names", [NAMES, []])
def test_even_with_its_key_an_authority_vouches_for_no_other(tmp_path: Path, names: list[str]):
    signing = ec.generate_private_key(ec.SECP256R1())
    authority = certificates._authority(signing, [HERE], names, NOW)
    for others in ([HERE], [HERE, THERE]):
        own = certificates._server(signing, signing, authority, others, ["bank.example"] * (others != [HERE]), NOW)
        chain = tmp_path / "phones.pem"
        chain.write_bytes(own.public_bytes(serialization.Encoding.PEM))
        (tmp_path / "dure-trial.crt").write_bytes(authority.public_bytes(serialization.Encoding.DER))
        kept = certificates.Certificate(tmp_path)
        assert _believes(kept, x509.IPAddress(HERE)) == (others == [HERE])
        assert not _believes(kept, x509.IPAddress(THERE))
        assert not _believes(kept, x509.DNSName("bank.example"))


def test_the_authority_s_key_is_kept_nowhere_and_the_server_s_by_nobody_else(tmp_path: Path):
    kept = keep(tmp_path / "lan", [HERE], NAMES, NOW)
    assert {path.name for path in kept.folder.iterdir()} == {"phones.pem", "phones.key", "dure-trial.crt"}
    assert kept.key.stat().st_mode & 0o777 == 0o600
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    key = serialization.load_pem_private_key(kept.key.read_bytes(), None)
    authority = x509.load_der_x509_certificate(kept.authority.read_bytes())
    assert key.public_key() != authority.public_key()


def test_it_stays_until_it_runs_out_or_an_address_is_new(tmp_path: Path):
    first = keep(tmp_path, [HERE], NAMES, NOW).fingerprint
    assert keep(tmp_path, [HERE], NAMES, NOW + timedelta(days=300)).fingerprint == first
    assert keep(tmp_path, [HERE], [], NOW).fingerprint == first
    second = keep(tmp_path, [THERE], NAMES, NOW).fingerprint
    assert second != first
    assert keep(tmp_path, [THERE], NAMES, NOW + timedelta(days=360)).fingerprint != second


def test_a_half_written_one_is_made_anew(tmp_path: Path):
    kept = keep(tmp_path, [HERE], NAMES, NOW)
    kept.key.unlink()
    keep(tmp_path, [HERE], NAMES, NOW)
    assert kept.key.exists()


@pytest.mark.parametrize(
    "given", ["8.8.8.8", "0.0.0.0", "::1", "localhost", "192.168.0.300", "0.0.0.0.0", "192.168.0.7;id"]
)
def test_an_address_that_is_not_of_a_local_network_is_refused_with_an_example(given: str):
    with pytest.raises(Refused, match=r"DURE_LAN=192\.168\.0\.7"):
        addresses.asked(given)


def test_addresses_that_are_named_are_taken_as_they_stand():
    assert addresses.asked("192.168.0.8, 10.0.0.2") == [THERE, IPv4Address("10.0.0.2")]


def test_a_machine_s_own_name_can_stand_in_a_certificate(monkeypatch):
    for host, said in {"Trial.example": NAMES, "우리집": [], "localhost": [], "a_b": []}.items():
        monkeypatch.setattr("socket.gethostname", lambda host=host: host)
        assert addresses.names() == said, host


def test_openssl_holds_with_it_as_well(tmp_path: Path):
    kept = keep(tmp_path / "lan", [IPv4Address("127.0.0.1")], [], clock.real())
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(kept.chain, kept.key)
    trusting = ssl.create_default_context(cadata=kept.authority.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = threading.Thread(target=lambda: serving.wrap_socket(server.accept()[0], server_side=True).close())
        answer.start()
        plain = socket.create_connection(server.getsockname())
        with trusting.wrap_socket(plain, server_hostname="127.0.0.1") as safe:
            assert safe.version() == "TLSv1.3"
        answer.join()
