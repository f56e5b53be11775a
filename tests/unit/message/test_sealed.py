import pytest

from mailroute.message.parse import parse

HEAD = "From: a@b.example\nSubject: x\n"


@pytest.mark.parametrize(
    ("mail", "signals"),
    [
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIA=", ("encrypted",)),
        ("Content-Type: application/x-pkcs7-mime; smime-type=signed-data; name=smime.p7m\n\nMIA=", ("signed",)),
        ("Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIA=", ("encrypted",)),
        ("Content-Type: multipart/signed; boundary=b\n\n--b\n\nText\n--b\nContent-Type: application/pkcs7-signature\n\nMIA=\n--b--\n", ("signed",)),
        ("Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n", ("encrypted",)),
        ("\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n", ("encrypted",)),
        ("\nEr sagte: -----BEGIN PGP MESSAGE-----", ()),
    ],
)  # fmt: skip
def test_signed_and_encrypted_mails_are_recognised(mail: str, signals: tuple[str, ...]) -> None:
    message = parse((HEAD + mail).encode())
    assert message.signals == signals
    assert message.automatic.value == "person"


def test_a_sealed_part_is_kept_whole() -> None:
    message = parse(
        (
            HEAD
            + "Content-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nMIAG"
        ).encode()
    )
    assert [(one.name, one.size) for one in message.attachments] == [("smime.p7m", 3)]
    assert message.text == ""


def test_a_clear_signed_text_is_read_without_its_armour() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nDie Heizung ist kalt.\n- -- \nPetra\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQIz\n-----END PGP SIGNATURE-----\n"
    )
    message = parse((HEAD + "\n" + text).encode())
    assert message.text == "Die Heizung ist kalt.\n-- \nPetra"
    assert message.new_text == "Die Heizung ist kalt."
    assert message.signals == ("signed",)
