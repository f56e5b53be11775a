import pytest

from mailroute.message.files import attachment_bytes
from mailroute.message.parse import parse
from mailroute.model.address import Address
from mailroute.model.message import Forwarded

BLOCKS = {
    "norwegian": ("Videresend: Rohr", "Fra: Petra Vogel <petra@mieter.example>\nDato: 14.11.2025 22:15\nTil: huber@firma.example\nEmne: Rohr"),
    "japanese": ("Fwd: Rohr", "---------- メッセージを転送 ---------\n送信元：Petra Vogel <petra@mieter.example>\n日付：2025年11月14日 22:15\n件名：Rohr\n送信先：huber@firma.example"),
    "outlook": ("WG: Rohr", "Von: Petra Vogel <petra@mieter.example>\nGesendet: 14.11.2025 22:15\nAn: huber@firma.example\nBetreff: Rohr"),
    "outlook mailto": ("WG: Rohr", "Von: Petra Vogel [mailto:petra@mieter.example]\nGesendet: Freitag, 14. November 2025 22:15\nAn: huber@firma.example\nBetreff: Rohr"),
    "outlook english": ("FW: Rohr", "From: Petra Vogel <petra@mieter.example>\nSent: Friday, November 14, 2025 10:15 PM\nTo: huber@firma.example\nSubject: Rohr"),
    "gmail": ("Fwd: Rohr", "---------- Forwarded message ---------\nVon: Petra Vogel <petra@mieter.example>\nDate: Fr., 14. Nov. 2025 um 22:15 Uhr\nSubject: Rohr\nTo: <huber@firma.example>"),
    "apple": ("Fwd: Rohr", "Anfang der weitergeleiteten Nachricht:\n\n> Von: Petra Vogel <petra@mieter.example>\n> Betreff: Rohr\n> Datum: 14. November 2025 um 22:15:00 MEZ\n> An: huber@firma.example"),
    "thunderbird": ("Fwd: Rohr", "-------- Weitergeleitete Nachricht --------\nBetreff: \tRohr\nDatum: \tFri, 14 Nov 2025 22:15:00 +0100\nVon: \tPetra Vogel <petra@mieter.example>\nAn: \thuber@firma.example"),
    "yahoo": ("Fw: Rohr", "   ----- Weitergeleitete Nachricht ----- Von: Petra Vogel <petra@mieter.example>An: huber@firma.exampleGesendet: Freitag, 14. November 2025, 22:15:00 MEZBetreff: Rohr"),
    "subject does not say so": ("Rohr", "---------- Weitergeleitete Nachricht ----------\nVon: Petra Vogel <petra@mieter.example>\nDatum: 14.11.2025 22:15\nBetreff: Rohr\nAn: huber@firma.example"),
}  # fmt: skip


def forwarded_of(subject: str, text: str) -> Forwarded | None:
    return parse(
        f"From: h@firma.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()
    ).forwarded


@pytest.mark.parametrize("program", BLOCKS)
def test_a_forwarded_mail_is_found_as_its_program_writes_it(program: str) -> None:
    subject, block = BLOCKS[program]
    mark = "> " if program == "apple" else ""
    found = forwarded_of(subject, f"Bitte erledigen.\n\n{block}\n{mark}\n{mark}Das Rohr tropft.\n")
    assert found is not None
    assert found.from_ == Address("Petra Vogel", "petra@mieter.example")
    assert [one.address for one in found.to] == ["huber@firma.example"]
    assert found.subject == "Rohr"
    assert found.date is not None
    assert found.date.isoformat() == "2025-11-14T21:15:00+00:00"
    assert found.text == "Das Rohr tropft."


@pytest.mark.parametrize("program", BLOCKS)
def test_the_comment_above_a_forwarded_mail_is_the_new_text(program: str) -> None:
    subject, block = BLOCKS[program]
    message = parse(
        f"From: h@firma.example\nSubject: {subject}\n\nBitte erledigen.\n\n{block}\n\nDas Rohr.\n".encode()
    )
    assert message.new_text == "Bitte erledigen."


def test_the_same_block_below_an_answer_is_a_quote() -> None:
    _, block = BLOCKS["outlook"]
    assert forwarded_of("AW: Rohr", f"Ja.\n\n{block}\n\nAlt") is None


def test_outlook_for_mac_forwards_below_an_attribution() -> None:
    found = forwarded_of(
        "WG: Rohr",
        'Am 14.11.2025, 22:15 schrieb "Petra Vogel" <petra@mieter.example>:\n\n    Das Rohr tropft.',
    )
    assert found is not None
    assert (found.from_, found.text) == (Address("Petra Vogel", "petra@mieter.example"), "Das Rohr tropft.")


def test_a_sender_without_address_is_a_name() -> None:
    found = forwarded_of(
        "WG: Rohr", "Von: Petra Vogel\nGesendet: gestern\nAn: Huber\nBetreff: Rohr\n\nDas Rohr tropft."
    )
    assert found is not None
    assert (found.from_, found.date) == (Address("Petra Vogel", ""), None)


def test_an_attached_mail_is_the_forwarded_one() -> None:
    content = (
        b"From: h@firma.example\nSubject: Mail\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSiehe Anhang\n"
        b"--b\nContent-Type: message/rfc822\n\nFrom: Petra <petra@mieter.example>\nSubject: =?utf-8?q?K=C3=BCche?=\n\nKalt.\n--b--\n"
    )
    found = parse(content).forwarded
    assert found == Forwarded(Address("Petra", "petra@mieter.example"), (), "Küche", None, "Kalt.")


def test_a_returned_mail_is_not_forwarded() -> None:
    content = (
        b"From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\nContent-Type: multipart/report;"
        b" report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nFrom: a@b.example\n\nx\n--b--\n"
    )
    assert parse(content).forwarded is None


def test_the_files_of_an_attached_mail_are_found_again_by_their_part() -> None:
    inner = (
        b"From: petra@mieter.example\nSubject: Rohr\nContent-Type: multipart/mixed; boundary=i\n\n"
        b"--i\n\nDas Rohr tropft.\n--i\nContent-Type: image/jpeg; name=rohr.jpg\n\nJPEG\n--i--\n"
    )
    content = (
        b"From: h@firma.example\nSubject: WG: Rohr\nContent-Type: multipart/mixed; boundary=o\n\n"
        b"--o\n\nBitte kuemmern.\n--o\nContent-Type: message/rfc822\n\n" + inner + b"\n--o--\n"
    )
    forwarded = parse(content).forwarded
    assert forwarded is not None
    assert forwarded.text == "Das Rohr tropft."
    (one,) = forwarded.attachments
    assert (one.name, one.size) == ("rohr.jpg", 4)
    assert attachment_bytes(content, one.part) == b"JPEG"
    assert attachment_bytes(content, one.part + 1) is None
