"""The certificate of a trial: an authority that can vouch for this machine alone, and whose key is thrown away at once.

A phone that trusts the authority trusts one certificate for these addresses and names, and nothing else ever: the
authority is held to them by name constraints, and nobody has its key any more, not even this machine.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

GOOD_FOR = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=7)
EARLIER = timedelta(days=1)  # a phone's clock may be behind


@dataclass(frozen=True)
class Certificate:
    """What lies in the folder: the server's chain and its key, and the authority that a phone installs."""

    folder: Path

    @property
    def chain(self) -> Path:
        return self.folder / "phones.pem"

    @property
    def key(self) -> Path:
        return self.folder / "phones.key"

    @property
    def authority(self) -> Path:
        return self.folder / "dure-trial.crt"

    @property
    def fingerprint(self) -> str:
        """The authority's SHA-256, as phones show it."""
        return x509.load_der_x509_certificate(self.authority.read_bytes()).fingerprint(SHA256()).hex(" ").upper()

    def covers(self, addresses: Sequence[IPv4Address], names: Sequence[str], now: datetime) -> bool:
        """Whether it is there, names all of these, and still holds for a week."""
        if not all(path.exists() for path in (self.chain, self.key, self.authority)):
            return False
        own = x509.load_pem_x509_certificates(self.chain.read_bytes())[0]
        said = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = {*said.get_values_for_type(x509.IPAddress), *said.get_values_for_type(x509.DNSName)}
        return known >= {*addresses, *names} and own.not_valid_after_utc > now + RENEWED_BEFORE


def keep(folder: Path, addresses: Sequence[IPv4Address], names: Sequence[str], now: datetime) -> Certificate:
    """The certificate for these addresses and names: the one that is kept, or a new one that phones install anew."""
    kept = Certificate(folder)
    if not kept.covers(addresses, names, now):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(kept, addresses, names, now)
    return kept


def _make(kept: Certificate, addresses: Sequence[IPv4Address], names: Sequence[str], now: datetime) -> None:
    signing, serving = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(signing, addresses, names, now)
    server = _server(serving, signing, authority, addresses, names, now)
    _write(kept.key, serving.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write(kept.authority, authority.public_bytes(Encoding.DER), 0o644)
    _write(kept.chain, server.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM), 0o644)


def _begun(name: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.CertificateBuilder:
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )
    return made.not_valid_before(now - EARLIER).not_valid_after(now + GOOD_FOR)


def _authority(
    key: ec.EllipticCurvePrivateKey, addresses: Sequence[IPv4Address], names: Sequence[str], now: datetime
) -> x509.Certificate:
    """May sign for these addresses and names alone, only for web pages, and no authority below it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Dure trial {now:%Y-%m-%d} {now:%H:%M}")])
    made = _begun(name, key, now)
    within = [*(x509.IPAddress(IPv4Network(each)) for each in addresses), *map(x509.DNSName, names or ["invalid"])]
    for extension in (
        x509.BasicConstraints(ca=True, path_length=0),
        _may(signs=True),
        x509.NameConstraints(permitted_subtrees=within, excluded_subtrees=None),
    ):
        made = made.add_extension(extension, critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return made.issuer_name(name).sign(key, SHA256())


def _server(
    key: ec.EllipticCurvePrivateKey,
    signing: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    addresses: Sequence[IPv4Address],
    names: Sequence[str],
    now: datetime,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dure")])
    made = _begun(name, key, now).issuer_name(authority.subject)
    said = x509.SubjectAlternativeName([*map(x509.IPAddress, addresses), *map(x509.DNSName, names)])
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_may(signs=False), critical=True)
    for extension in (said, by, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])):
        made = made.add_extension(extension, critical=False)
    return made.sign(signing, SHA256())


def _may(*, signs: bool) -> x509.KeyUsage:
    """What a key is for: to sign certificates, or to speak with phones."""
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=False, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _write(path: Path, what: bytes, mode: int) -> None:
    """All of it or nothing, and readable by others at no moment before its mode is set."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(what)
    beside.replace(path)
