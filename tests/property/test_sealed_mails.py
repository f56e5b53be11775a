"""Mails that are encrypted to the house, and signatures of OpenPGP: opened with keys made here (extra `crypto`)."""

import base64
import random
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pysequoia
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from mailroute import shipped
from mailroute.clock import system_clock
from mailroute.daemon.workers import Worker
from mailroute.errors import SettingsInvalid
from mailroute.flow.activate import open_installation
from mailroute.flow.mail_keys import read_keys
from mailroute.flow.process import claim
from mailroute.flow.receive import receive
from mailroute.message.cms import content_of_signed
from mailroute.message.files import attachment_bytes
from mailroute.message.parse import parse
from mailroute.model.mail import Delivery, Door
from mailroute.settings import Settings

INNER = (
    "Content-Type: multipart/mixed; boundary=i\r\nSubject: Rohrbruch\r\n\r\n--i\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "In der Küche läuft Wasser.\r\n--i\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF\r\n--i--\r\n"
).encode()  # fmt: skip
HEAD = b"From: Petra <petra@mieter.example>\r\nSubject: ...\r\nMIME-Version: 1.0\r\n"


@cache
def house() -> pysequoia.Tsk:
    return pysequoia.Tsk.generate("Hausverwaltung <service@firma.example>")


@cache
def petra() -> pysequoia.Tsk:
    return pysequoia.Tsk.generate("Petra Vogel <petra@mieter.example>")


def pgp_keys() -> tuple[bytes, ...]:
    return (bytes(house()), str(petra().extract_certificate()).encode())


def pgp_mail(inner: bytes = INNER, signer: pysequoia.Tsk | None = None) -> bytes:
    recipients = [house().extract_certificate()]
    sealed = pysequoia.encrypt(inner, recipients=recipients, signer=signer.signer() if signer else None)
    return (
        HEAD + b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream; "
        b"name=encrypted.asc\r\n\r\n" + sealed + b"\r\n--b--\r\n"
    )  # fmt: skip


@cache
def smime_key() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    private = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "service@firma.example")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=3650))
        .sign(private, hashes.SHA256())
    )
    return certificate, private


def smime_keys() -> tuple[bytes, ...]:
    certificate, private = smime_key()
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (certificate.public_bytes(serialization.Encoding.PEM) + pem,)


def signed_whole(inner: bytes) -> bytes:
    certificate, private = smime_key()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inner).add_signer(certificate, private, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def smime_mail(data: bytes, kind: str) -> bytes:
    return (
        HEAD + f"Content-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\r\n".encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)
    )  # fmt: skip


def encrypted(inner: bytes) -> bytes:
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(inner).add_recipient(smime_key()[0])
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def assert_is_read(content: bytes, keys: tuple[bytes, ...]) -> tuple[str, ...]:
    message = parse(content, keys=keys)
    assert message.text == "In der Küche läuft Wasser."
    assert message.subject == "Rohrbruch"
    plan = next(one for one in message.attachments if one.name == "plan.pdf")
    assert attachment_bytes(content, plan.part, keys) == b"%PDF"
    return message.signals


def test_an_openpgp_mail_to_the_house_is_read() -> None:
    assert {"encrypted", "decrypted"} <= set(assert_is_read(pgp_mail(), pgp_keys()))


def test_an_smime_mail_to_the_house_is_read() -> None:
    mail = smime_mail(encrypted(INNER), "enveloped-data")
    assert {"encrypted", "decrypted"} <= set(assert_is_read(mail, smime_keys()))


def test_a_mail_signed_within_its_encryption_is_read() -> None:
    inner = smime_mail(signed_whole(INNER), "signed-data")
    assert "decrypted" in assert_is_read(smime_mail(encrypted(inner), "enveloped-data"), smime_keys())


def test_a_mail_signed_as_a_whole_needs_no_key() -> None:
    assert "signed" in assert_is_read(smime_mail(signed_whole(INNER), "signed-data"), ())


def test_armour_in_a_text_is_opened() -> None:
    sealed = pysequoia.encrypt("Das Wasser läuft.".encode(), recipients=[house().extract_certificate()])
    mail = b"Subject: x\nContent-Type: text/plain; charset=utf-8\n\n" + sealed
    message = parse(mail, keys=pgp_keys())
    assert message.new_text == "Das Wasser läuft."
    assert {"encrypted", "decrypted"} <= set(message.signals)


@pytest.mark.parametrize(
    "keys", [(), (b"junk",), smime_keys(), (bytes(petra()),)], ids=["none", "junk", "other kind", "other"]
)
def test_without_the_right_key_a_mail_is_kept_whole_and_said_to_be_sealed(keys: tuple[bytes, ...]) -> None:
    message = parse(pgp_mail(), keys=keys)
    assert message.text == ""
    assert message.subject == "..."
    assert "encrypted" in message.signals
    assert ("not-decrypted" in message.signals) == bool(keys)
    assert [one.name for one in message.attachments][-1] == "encrypted.asc"


def test_a_signature_counts_only_for_the_address_of_its_certificate() -> None:
    assert "signature-valid" in parse(pgp_mail(signer=petra()), keys=pgp_keys()).signals
    of_another = pgp_mail(signer=petra()).replace(b"petra@mieter.example>", b"mallory@evil.example>", 1)
    assert "signature-unproven" in parse(of_another, keys=pgp_keys()).signals


def signed_apart(text: bytes, said: bytes | None = None) -> bytes:
    part = b"Content-Type: text/plain\r\n\r\n" + text
    signature = pysequoia.sign(petra().signer(), part, mode=pysequoia.SignatureMode.DETACHED)
    return (
        HEAD + b"Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n"
        + part.replace(text, said or text) + b"\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\n" + signature + b"\r\n--b--\r\n"
    )  # fmt: skip


def test_a_detached_signature_holds_for_the_bytes_as_they_came() -> None:
    mail = signed_apart(b"Das Wasser steht.")
    assert "signature-valid" in parse(mail, keys=pgp_keys()).signals
    assert "signature-valid" in parse(mail.replace(b"\r\n", b"\n"), keys=pgp_keys()).signals
    assert "signature-unproven" in parse(signed_apart(b"Nein.", b"Ja."), keys=pgp_keys()).signals
    assert "signature-unproven" in parse(mail, keys=(bytes(house()),)).signals
    assert not {"signature-valid", "signature-unproven"} & set(parse(mail).signals)


def test_a_signature_makes_nobody_authenticated() -> None:
    assert not parse(signed_apart(b"annehmen"), keys=pgp_keys(), borders=("mx.firma.example",)).auth.aligned


@pytest.mark.parametrize("seed", range(300))
def test_broken_seals_never_raise(seed: int) -> None:
    chance = random.Random(seed)
    whole = [
        smime_mail(encrypted(INNER), "enveloped-data"),
        smime_mail(signed_whole(INNER), "signed-data"),
        pgp_mail(),
        signed_apart(b"x"),
    ]
    mail = bytearray(chance.choice(whole))
    for _ in range(chance.randint(1, 8)):
        mail[chance.randrange(len(HEAD), len(mail))] = chance.randrange(256)
    parse(bytes(mail), keys=(*pgp_keys(), *smime_keys()))


def test_der_of_any_kind_gives_bytes_or_none() -> None:
    data = signed_whole(INNER)
    for cut in range(0, len(data), 7):
        content_of_signed(data[:cut])
        content_of_signed(data[:cut] + b"\x30\x80" * 50 + data[cut:])
    assert content_of_signed(b"\x30\x80" * 100_000) is None


def test_keys_are_read_from_a_folder_that_only_we_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / "house.asc").write_bytes(b"a")
    (folder / "house.pem").write_bytes(b"b")
    (folder / "notes.txt").write_bytes(b"c")
    assert read_keys(folder) == (b"a", b"b")
    assert read_keys(None) == ()
    folder.chmod(0o755)
    with pytest.raises(SettingsInvalid, match="chmod 700"):
        read_keys(folder)
    with pytest.raises(SettingsInvalid, match="Name a folder"):
        read_keys(tmp_path / "none")


def test_the_daemon_routes_by_what_was_encrypted_and_tells_only_staff(tmp_path: Path) -> None:
    """From the setting to a worker process: the street within decides, and its words stay in the house."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / "house.asc").write_bytes(bytes(house()))
    inbox, words = (
        "service@abc-hausverwaltung.example",
        "Die Heizung ist kalt, Max-Planck-Straße 12, Geheimwort Sonnenblume.",
    )
    inner = f"Content-Type: text/plain; charset=utf-8\r\nSubject: Heizung\r\n\r\n{words}".encode()
    installation = open_installation(
        Settings(state=tmp_path / "state", rules=(shipped.path("rules"),), keys=folder)
    )
    worker = Worker(installation.store.url, installation.recipe, system_clock)
    try:
        delivery = Delivery(
            Door.SMTP, "petra@mieter.example", (inbox,), pgp_mail(inner), system_clock(), "127.0.0.1"
        )
        receive(delivery, installation.store, installation.site.inboxes).result()
        prepared = worker.prepare(claim(installation.store, "test", system_clock())[0])
    finally:
        worker.close()
        installation.store.close()
    assert any("Max-Planck-Straße 12" in step.because for step in prepared.decision.trace)
    told = [one for one in prepared.letters if "Sonnenblume" in one.content.decode("utf-8", "replace")]
    assert told
    assert all(one.to.is_staff for one in told)
