"""Forwards as the mail programs of the world write them: who wrote the mail within, when, to whom, what."""

import base64

import pytest

from mailroute.message.parse import parse

SAID = "Sehr geehrte Damen und Herren,\n\nin der Küche tropft der Hahn.\n\nPetra Vogel"
# Subject and text.
FORWARDS = {
    "outlook de": (
        "WG: Tropfender Hahn",
        "Bitte übernehmen.\n\nVon: Petra Vogel <petra@mieter.example> \nGesendet: Mittwoch, 5. November 2025 16:20\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "outlook en": (
        "FW: Tropfender Hahn",
        "From: Petra Vogel <petra@mieter.example>\nSent: Wednesday, November 5, 2025 4:20 PM\nTo: info@firma.example\nSubject: Tropfender Hahn\n\n"
        + SAID,
    ),
    "owa": (
        "WG: Tropfender Hahn",
        "zK\n\n________________________________\nVon: Petra Vogel <petra@mieter.example>\nGesendet: Mittwoch, 5. November 2025 16:20:11\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "outlook mobile": (
        "Fwd: Tropfender Hahn",
        "Outlook für iOS<https://aka.ms/x> beziehen\n________________________________\nFrom: Petra Vogel <petra@mieter.example>\nSent: Wednesday, November 5, 2025 4:20:11 PM\nTo: info@firma.example <info@firma.example>\nSubject: Tropfender Hahn\n\n"
        + SAID,
    ),
    "outlook mac": (
        "WG: Tropfender Hahn",
        "\n\nVon: Petra Vogel <petra@mieter.example>\nDatum: Mittwoch, 5. November 2025 um 16:20\nAn: info@firma.example <info@firma.example>\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "gmail de": (
        "Fwd: Tropfender Hahn",
        "---------- Forwarded message ---------\nVon: Petra Vogel <petra@mieter.example>\nDate: Mi., 5. Nov. 2025 um 16:20 Uhr\nSubject: Tropfender Hahn\nTo: <info@firma.example>\n\n\n"
        + SAID,
    ),
    "gmail en": (
        "Fwd: Tropfender Hahn",
        "see below\n\n---------- Forwarded message ---------\nFrom: Petra Vogel <petra@mieter.example>\nDate: Wed, Nov 5, 2025 at 4:20 PM\nSubject: Tropfender Hahn\nTo: <info@firma.example>\n\n\n"
        + SAID,
    ),
    "apple de": (
        "Fwd: Tropfender Hahn",
        "Anfang der weitergeleiteten Nachricht:\n\n> Von: Petra Vogel <petra@mieter.example>\n> Betreff: Tropfender Hahn\n> Datum: 5. November 2025 um 16:20:11 MEZ\n> An: info@firma.example\n> \n> "
        + SAID.replace("\n", "\n> "),
    ),
    "apple iphone": (
        "Fwd: Tropfender Hahn",
        "Von meinem iPhone gesendet\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Petra Vogel <petra@mieter.example>\n> Datum: 5. November 2025 um 16:20:11 MEZ\n> An: info@firma.example\n> Betreff: Tropfender Hahn\n> \n> "
        + SAID.replace("\n", "\n> "),
    ),
    "apple bold": (
        "Fwd: Tropfender Hahn",
        "\n\nAnfang der weitergeleiteten Nachricht:\n\n*Von: *Petra Vogel <petra@mieter.example>\n*Betreff: **Tropfender Hahn*\n*Datum: *5. November 2025 um 16:20:11 MEZ\n*An: *info@firma.example\n\n"
        + SAID,
    ),
    "thunderbird de": (
        "Fwd: Tropfender Hahn",
        "\n\n\n-------- Weitergeleitete Nachricht --------\nBetreff: \tTropfender Hahn\nDatum: \tWed, 5 Nov 2025 16:20:11 +0100\nVon: \tPetra Vogel <petra@mieter.example>\nAn: \tinfo@firma.example\n\n\n\n"
        + SAID,
    ),
    "thunderbird en": (
        "Fwd: Tropfender Hahn",
        "-------- Forwarded Message --------\nSubject: \tTropfender Hahn\nDate: \tWed, 5 Nov 2025 16:20:11 +0100\nFrom: \tPetra Vogel <petra@mieter.example>\nTo: \tinfo@firma.example\n\n"
        + SAID,
    ),
    "gmx": (
        "Fw: Tropfender Hahn",
        '\n \n\nGesendet: Mittwoch, 05. November 2025 um 16:20 Uhr\nVon: "Petra Vogel" <petra@mieter.example>\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n'
        + SAID,
    ),
    "web.de wl": (
        "Weiterleitung: Tropfender Hahn",
        'Gesendet: Mittwoch, 05. November 2025 um 16:20 Uhr\nVon: "Petra Vogel" <petra@mieter.example>\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n'
        + SAID,
    ),
    "t-online": (
        "Fwd: Tropfender Hahn",
        '-----Original-Nachricht-----\n\nBetreff: Tropfender Hahn\n\nDatum: 2025-11-05T16:20:11+0100\n\nVon: "Petra Vogel" <petra@mieter.example>\n\nAn: "info@firma.example" <info@firma.example>\n\n\n\n'
        + SAID,
    ),
    "samsung": (
        "Fwd: Tropfender Hahn",
        "\n\nVon meinem Samsung Galaxy Smartphone gesendet.\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Petra Vogel <petra@mieter.example> \nDatum: 05.11.25 16:20 (GMT+01:00) \nAn: info@firma.example \nBetreff: Tropfender Hahn \n\n"
        + SAID,
    ),
    "k9": (
        "Fwd: Tropfender Hahn",
        "\n\n-------- Ursprüngliche Nachricht --------\nVon: Petra Vogel <petra@mieter.example>\nGesendet: 5. November 2025 16:20:11 MEZ\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "yahoo de": (
        "WG: Tropfender Hahn",
        "----- Weitergeleitete Nachricht -----Von: Petra Vogel <petra@mieter.example>An: info@firma.example <info@firma.example>Gesendet: Mittwoch, 5. November 2025 um 16:20:11 MEZBetreff: Tropfender Hahn\n "
        + SAID,
    ),
    "yahoo de lines": (
        "WG: Tropfender Hahn",
        "----- Weitergeleitete Nachricht -----\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\nGesendet: Mittwoch, 5. November 2025 um 16:20:11 MEZ\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "notes de": (
        "WG: Tropfender Hahn",
        "\n----- Weitergeleitet von Max Huber/Firma/DE am 06.11.2025 08:11 -----\n\nVon:    Petra Vogel <petra@mieter.example>\nAn:     info@firma.example\nDatum:  05.11.2025 16:20\nBetreff:        Tropfender Hahn\n\n\n\n"
        + SAID,
    ),
    "emclient": (
        "Fw: Tropfender Hahn",
        '------ Weitergeleitete Nachricht ------\nVon: "Petra Vogel" <petra@mieter.example>\nAn: info@firma.example\nGesendet: 05.11.2025 16:20:11\nBetreff: Tropfender Hahn\n\n'
        + SAID,
    ),
    "emclient 9": (
        "Fw: Tropfender Hahn",
        '------ Weitergeleitete Nachricht ------\nVon "Petra Vogel" <petra@mieter.example>\nAn info@firma.example\nDatum 05.11.2025 16:20:11\nBetreff Tropfender Hahn\n\n'
        + SAID,
    ),
    "proton": (
        "Fw: Tropfender Hahn",
        "Gesendet mit Proton Mail sicherer E-Mail.\n\n------- Weitergeleitete Nachricht -------\nVon: Petra Vogel <petra@mieter.example>\nDatum: Am Mittwoch, 5. November 2025 um 16:20\nBetreff: Tropfender Hahn\nAn: info@firma.example <info@firma.example>\n\n\n> "
        + SAID.replace("\n", "\n> "),
    ),
    "zimbra": (
        "Fwd: Tropfender Hahn",
        '\n----- Weitergeleitete Mail -----\nVon: "Petra Vogel" <petra@mieter.example> \nAn: info@firma.example \nGesendet: Mittwoch, 5. November 2025 16:20:11 \nBetreff: Tropfender Hahn \n\n'
        + SAID,
    ),
    "zoho": (
        "Fwd: Tropfender Hahn",
        '\n============ Forwarded message ============\nFrom: Petra Vogel <petra@mieter.example>\nTo: "info"<info@firma.example>\nDate: Wed, 05 Nov 2025 16:20:11 +0100\nSubject: Tropfender Hahn\n============ Forwarded message ============\n\n'
        + SAID,
    ),
    "bluemail": (
        "Fwd: Tropfender Hahn",
        "-------- Originalnachricht --------\nVon: Petra Vogel <petra@mieter.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "spark": (
        "Fwd: Tropfender Hahn",
        "---------- Weitergeleitete Nachricht ----------\nVon: Petra Vogel <petra@mieter.example>\nDatum: 5. Nov. 2025, 16:20 +0100\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n> "
        + SAID.replace("\n", "\n> "),
    ),
    "ox": (
        "Fwd: Tropfender Hahn",
        "\n---------- Ursprüngliche Nachricht ----------\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\nDatum: 05.11.2025 16:20 CET\nBetreff: Tropfender Hahn\n\n\n"
        + SAID,
    ),
    "roundcube": (
        "Fwd: Tropfender Hahn",
        "\n\n-------- Originalnachricht --------\nBetreff: Tropfender Hahn\nDatum: 2025-11-05 16:20\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\n\n"
        + SAID,
    ),
    "horde": (
        "Fwd: Tropfender Hahn",
        "\n----- Weitergeleitete Nachricht von Petra Vogel <petra@mieter.example> -----\n   Datum: Wed, 05 Nov 2025 16:20:11 +0100\n     Von: Petra Vogel <petra@mieter.example>\n Betreff: Tropfender Hahn\n      An: info@firma.example\n\n"
        + SAID
        + "\n\n----- Ende der weitergeleiteten Nachricht -----",
    ),
    "sogo": (
        "Fwd: Tropfender Hahn",
        "\n-------- Original-Nachricht --------\nBetreff: Tropfender Hahn\nDatum: Mittwoch, November 05, 2025 16:20 CET\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\n\n\n"
        + SAID,
    ),
    "fairemail": (
        "Fwd: Tropfender Hahn",
        "\n\n---------- Ursprüngliche Nachricht ----------\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\nGesendet: 05.11.2025 16:20:11\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "kmail": (
        "Fwd: Tropfender Hahn",
        "\n\n----------  Weitergeleitete Nachricht  ----------\n\nBetreff: Tropfender Hahn\nDatum: Mittwoch, 5. November 2025, 16:20:11 CET\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\n\n"
        + SAID
        + "\n-----------------------------------------",
    ),
    "evolution": (
        "[Fwd: Tropfender Hahn]",
        "-------- Weitergeleitete Nachricht --------\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\nBetreff: Tropfender Hahn\nDatum: Wed, 05 Nov 2025 16:20:11 +0100\n\n"
        + SAID,
    ),
    "mail.ru": (
        "Fwd: Tropfender Hahn",
        "-------- Пересылаемое сообщение --------\nОт кого: Petra Vogel <petra@mieter.example>\nКому: info@firma.example\nДата: Среда, 5 ноября 2025, 16:20 +03:00\nТема: Tropfender Hahn\n\n"
        + SAID,
    ),
    "fr": (
        "TR : Tropfender Hahn",
        "De : Petra Vogel <petra@mieter.example>\nEnvoyé : mercredi 5 novembre 2025 16:20\nÀ : info@firma.example\nObjet : Tropfender Hahn\n\n"
        + SAID,
    ),
    "it": (
        "I: Tropfender Hahn",
        "Da: Petra Vogel <petra@mieter.example>\nInviato: mercoledì 5 novembre 2025 16:20\nA: info@firma.example\nOggetto: Tropfender Hahn\n\n"
        + SAID,
    ),
    "pl": (
        "PD: Tropfender Hahn",
        "Od: Petra Vogel <petra@mieter.example>\nWysłano: środa, 5 listopada 2025 16:20\nDo: info@firma.example\nTemat: Tropfender Hahn\n\n"
        + SAID,
    ),
    "tr": (
        "İLT: Tropfender Hahn",
        "Kimden: Petra Vogel <petra@mieter.example>\nGönderildi: 5 Kasım 2025 Çarşamba 16:20\nKime: info@firma.example\nKonu: Tropfender Hahn\n\n"
        + SAID,
    ),
    "nested outer first": (
        "WG: WG: Tropfender Hahn",
        "Von: Petra Vogel <petra@mieter.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID
        + "\n\n-----Ursprüngliche Nachricht-----\nVon: Max Huber <max@mieter.example>\nGesendet: Dienstag, 4. November 2025 10:00\nAn: Petra Vogel\nBetreff: Hahn\n\nDer Hahn tropft auch bei mir.",
    ),
    "subject AW then WG with tag": (
        "[EXTERN] WG: Tropfender Hahn",
        "Von: Petra Vogel <petra@mieter.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "ext warning": (
        "WG: Tropfender Hahn",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.\n\n-----Ursprüngliche Nachricht-----\nVon: Petra Vogel [mailto:petra@mieter.example]\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "mailto angle": (
        "WG: Tropfender Hahn",
        "Von: Petra Vogel<mailto:petra@mieter.example>\nGesendet: Mittwoch, 5. November 2025 16:20\nAn: info@firma.example<mailto:info@firma.example>\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "gmail de neu": (
        "Fwd: Tropfender Hahn",
        "---------- Weitergeleitete Nachricht ---------\nVon: Petra Vogel <petra@mieter.example>\nDate: Mi., 5. Nov. 2025, 16:20\nSubject: Tropfender Hahn\nTo: info@firma.example <info@firma.example>\n\n\n"
        + SAID,
    ),
    "aol": (
        "Fwd: Tropfender Hahn",
        "\n\n-----Ursprüngliche Mitteilung-----\nVon: Petra Vogel <petra@mieter.example>\nAn: info@firma.example\nVerschickt: Mi, 5. Nov 2025 16:20\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "freenet": (
        "Fw: Tropfender Hahn",
        "--- Weitergeleitete Nachricht ---\nVon: Petra Vogel <petra@mieter.example>\nDatum: 05.11.2025 16:20:11\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
    "gmx app": (
        "Fwd: Tropfender Hahn",
        "--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.\n\n---------- Weitergeleitete Nachricht ----------\nVon: Petra Vogel <petra@mieter.example>\nDatum: 05.11.25 16:20\nAn: info@firma.example\nBetreff: Tropfender Hahn\n\n"
        + SAID,
    ),
}


COMMENTS = (
    "",
    "Bitte übernehmen.",
    "zK",
    "see below",
    "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
)


@pytest.mark.parametrize("program", FORWARDS)
def test_the_mail_within_is_recovered(program: str) -> None:
    subject, text = FORWARDS[program]
    mail = f"From: max@firma.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}"
    message = parse(mail.encode())
    found = message.forwarded
    assert found is not None
    assert (found.from_.name, found.from_.address) == ("Petra Vogel", "petra@mieter.example")
    assert found.to[0].address in ("info@firma.example", "")
    assert found.subject == "Tropfender Hahn"
    assert found.date is not None
    assert (found.date.year, found.date.month, found.date.day) == (2025, 11, 5)
    assert found.text.startswith(SAID)
    assert found.text == SAID or program == "nested outer first"
    assert message.new_text in COMMENTS


ATTACHED = (
    b"From: Petra Vogel <petra@mieter.example>\nSubject: =?utf-8?q?H=C3=A4hne?=\nContent-Type: multipart/mixed; boundary=i\n\n"
    b"--i\nContent-Type: text/plain\n\nHahn tropft\n--i\nContent-Type: image/jpeg; name=foto.jpg\n"
    b"Content-Transfer-Encoding: base64\n\n/9j/4A==\n--i--\n"
)


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "application/octet-stream", "text/plain", "message/global"]
)
@pytest.mark.parametrize("encoding", ["7bit", "base64"])
def test_an_attached_mail_is_recovered_whatever_its_sender_calls_it(kind: str, encoding: str) -> None:
    body = base64.encodebytes(ATTACHED) if encoding == "base64" else ATTACHED
    mail = (
        b"From: max@firma.example\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsiehe Anhang\n--b\n"
        b"Content-Type: %s; name=mail.eml\nContent-Transfer-Encoding: %s\nContent-Disposition: attachment\n\n%s\n--b--"
        % (kind.encode(), encoding.encode(), body)
    )  # fmt: skip
    message = parse(mail)
    assert message.new_text == "siehe Anhang"
    assert [one.name for one in message.attachments] == ["mail.eml"]
    assert message.forwarded is not None
    assert message.forwarded.from_.address == "petra@mieter.example"
    assert message.forwarded.subject == "Hähne"
    assert message.forwarded.text == "Hahn tropft"
    assert [one.name for one in message.forwarded.attachments] == ["foto.jpg"]


def test_a_file_that_is_only_called_a_mail_is_a_file() -> None:
    mail = b"Content-Type: application/octet-stream; name=mail.eml\n\n\x00\x01\x02"
    assert parse(mail).forwarded is None
