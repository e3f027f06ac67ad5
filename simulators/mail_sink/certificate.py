"""A certificate that a mail server makes for itself."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID_FOR: Final = timedelta(days=365)
_CLOCKS_DIFFER_BY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`pem` is what a client must trust; `key_pem` stays with the server."""

    pem: bytes
    key_pem: bytes

    @classmethod
    def make(cls, host: str) -> Self:
        """For this host and for the loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail-sink")])
        public, now = key.public_key(), datetime.now(UTC)
        subject = x509.SubjectKeyIdentifier.from_public_key(public)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject)
        certificate = (
            x509.CertificateBuilder(name, name, public, x509.random_serial_number())
            .not_valid_before(now - _CLOCKS_DIFFER_BY)
            .not_valid_after(now + _VALID_FOR)
            .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(subject, critical=False)
            .add_extension(issuer, critical=False)
            .sign(key, hashes.SHA256())
        )
        key_pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return cls(certificate.public_bytes(serialization.Encoding.PEM), key_pem)

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        # The ssl module reads keys from files only.
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            file.write(self.key_pem + self.pem)
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Trusts this certificate and no other."""
        return ssl.create_default_context(cadata=self.pem.decode())

    def write(self, path: Path) -> Path:
        """The public part, for clients to trust."""
        path.write_bytes(self.pem)
        return path


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for each in dict.fromkeys((host, "localhost", "127.0.0.1", "::1")):
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(each)))
        except ValueError:
            names.append(x509.DNSName(each))
    return names
