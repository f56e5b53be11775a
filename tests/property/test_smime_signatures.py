"""S/MIME signatures (RFC 8551): said to hold only for the bytes, the address and the certificates that they are of."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from mailroute.message.parse import parse

PETRA = "petra@mieter.example"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nDer Aufzug steht.\r\n"
START = datetime(2026, 1, 1, tzinfo=UTC)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Pair = tuple[x509.Certificate, Key]


@cache
def a_key(kind: str) -> Key:
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def a_certificate(
    key: Key, address: str, issuer: Pair | None = None, *, ca: bool = False, days: int = 3650
) -> Pair:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    issuer_name = issuer[0].subject if issuer else name
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(len(address) + days)
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def petra(kind: str = "rsa", **more: object) -> Pair:
    return a_certificate(a_key(kind), PETRA, **more)  # type: ignore[arg-type]  # the names of a_certificate


def signature(
    pair: Pair, said: bytes, *options: pkcs7.PKCS7Options, digest: hashes.HashAlgorithm | None = None
) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(said)
    builder = builder.add_signer(pair[0], pair[1], digest or hashes.SHA256())  # type: ignore[arg-type]  # any digest, also refused ones
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def apart(
    pair: Pair, text: bytes = TEXT, *, said: bytes | None = None, sender: str = PETRA, date: str = ""
) -> bytes:
    """A mail with a detached signature of what was `said`, else of what it says."""
    import base64

    made = signature(pair, (said or text), pkcs7.PKCS7Options.DetachedSignature)
    head = f"From: {sender}\r\nSubject: Aufzug\r\n{date}MIME-Version: 1.0\r\n"
    return (
        head.encode()
        + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b\r\n\r\n--b\r\n'
        + text
        + b"\r\n--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(made)
        + b"\r\n--b--\r\n"
    )


def whole(pair: Pair, text: bytes = TEXT) -> bytes:
    import base64

    return (
        f"From: {PETRA}\r\nSubject: Aufzug\r\nMIME-Version: 1.0\r\n".encode()
        + b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(signature(pair, text))
    )


def verdict(mail: bytes, *keys: bytes) -> str:
    signals = parse(mail, keys=keys).signals
    return next((one for one in signals if one.startswith("signature-")), "")


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_signature_by_a_known_certificate_holds_apart_and_as_a_whole(kind: str) -> None:
    pair = petra(kind)
    assert verdict(apart(pair), pem(pair[0])) == "signature-valid"
    assert verdict(whole(pair), pem(pair[0])) == "signature-valid"
    assert "Der Aufzug steht." in parse(whole(pair), keys=(pem(pair[0]),)).text


def test_a_certificate_that_a_known_one_issued_counts_too_but_only_an_issuers() -> None:
    issuer = a_certificate(a_key("rsa-issuer"), "ca@trust.example", ca=True)
    no_issuer = a_certificate(a_key("rsa-issuer"), "ca@trust.example", ca=False)
    issued = a_certificate(a_key("rsa"), PETRA, issuer)
    assert verdict(apart(issued), pem(issuer[0])) == "signature-valid"
    assert verdict(apart(issued), pem(no_issuer[0])) == "signature-unproven"


@pytest.mark.parametrize(
    ("mail", "keys"),
    [
        (lambda: apart(petra(), said=b"Etwas anderes.\r\n"), lambda: (pem(petra()[0]),)),
        (lambda: apart(petra(), sender="mallory@mieter.example"), lambda: (pem(petra()[0]),)),
        (lambda: apart(a_certificate(a_key("rsa-mallory"), PETRA)), lambda: (pem(petra()[0]),)),
        (lambda: apart(petra()), lambda: (b"junk",)),
        (
            lambda: apart(petra(days=30), date="Date: Tue, 24 Nov 2026 09:00:00 +0100\r\n"),
            lambda: (pem(petra(days=30)[0]),),
        ),
    ],
    ids=["other words", "other sender", "a certificate of nobody's", "nobody known", "no longer valid"],
)
def test_any_other_signature_is_said_to_prove_nothing(
    mail: Callable[[], bytes], keys: Callable[[], tuple[bytes, ...]]
) -> None:
    assert verdict(mail(), *keys()) == "signature-unproven"


def test_without_keys_nothing_is_said_of_a_signature() -> None:
    assert verdict(apart(petra())) == verdict(whole(petra())) == ""


def test_a_signature_makes_nobody_authenticated() -> None:
    assert not parse(apart(petra()), keys=(pem(petra()[0]),), borders=("mx.firm.example",)).auth.aligned


def test_a_stronger_digest_holds_and_sha_1_is_not_among_them() -> None:
    pair = petra()
    import base64

    strong = base64.encodebytes(
        signature(pair, TEXT, pkcs7.PKCS7Options.DetachedSignature, digest=hashes.SHA512())
    )
    mail = apart(pair)
    start = mail.index(b"base64\r\n\r\n") + 10
    end = mail.index(b"\r\n--b--")
    assert verdict(mail[:start] + strong + mail[end:], pem(pair[0])) == "signature-valid"


@pytest.mark.parametrize("seed", range(200))
def test_broken_signatures_never_raise_and_never_hold(seed: int) -> None:
    dice = random.Random(seed)
    pair = petra()
    made = bytearray(signature(pair, TEXT))
    for _ in range(dice.randrange(1, 6)):
        made[dice.randrange(len(made))] ^= 1 << dice.randrange(8)
    from mailroute.message.cms_signers import smime_signers

    smime_signers(bytes(made[: dice.randrange(1, len(made) + 1)]), TEXT + b"x", (pem(pair[0]),), None)
    assert smime_signers(bytes(made), TEXT + b"x", (pem(pair[0]),), None) == []
