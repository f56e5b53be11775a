"""The table of signals: who wrote a mail, a person or which kind of machine."""

import pytest

from mailroute.message.parse import parse
from mailroute.model.message import Automatic


def kind_of(headers: str, text: str = "Text") -> tuple[str, tuple[str, ...]]:
    head = headers if "From:" in headers else "From: petra@mieter.example\n" + headers
    message = parse(f"{head}\n\n{text}".encode())
    return message.automatic.value, message.signals


@pytest.mark.parametrize(
    ("headers", "kind", "signal"),
    [
        ("Auto-Submitted: auto-replied", "auto-replied", "auto-submitted"),
        ("Auto-Submitted: auto-replied; owner-email=x", "auto-replied", "auto-submitted"),
        ("Auto-Submitted: auto-generated (failure)", "auto-generated", "auto-submitted"),
        ("Auto-Submitted: auto-notified", "auto-generated", "auto-submitted"),
        ("X-Autoreply: yes", "auto-replied", "autoreply-header"),
        ("X-Autorespond: x", "auto-replied", "autoreply-header"),
        ("X-POST-MessageClass: 9; Autoresponder", "auto-replied", "autoreply-header"),
        ("Delivered-To: Autoresponder", "auto-replied", "autoreply-header"),
        ("Precedence: auto_reply", "auto-replied", "precedence-auto-reply"),
        ("Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nSubject: Automatische Antwort: x", "auto-replied", "subject-auto-reply"),
        ("Subject: complaint about message from 192.0.2.1", "report", "subject-receipt"),
        ("Subject: Loop Alert: Duplicated Message-ID", "auto-generated", "subject-machine"),
        ("X-FC-MachineGenerated: true", "auto-generated", "machine-header"),
        ("X-Cron-Env: <SHELL=/bin/sh>", "auto-generated", "machine-header"),
        ("Return-Path: <>", "auto-generated", "return-path-empty"),
        ("From: noreply@shop.example", "auto-generated", "role-address"),
        ("From: no-reply+x@shop.example", "auto-generated", "role-address"),
        ("From: nicht-antworten@shop.example", "auto-generated", "role-address"),
        ("From: root@server.example", "auto-generated", "role-address"),
        ("Precedence: bulk", "list", "precedence-bulk"),
        ("Precedence: list", "list", "precedence-list"),
        ("List-Id: <x.example>", "list", "list-id"),
        ("List-Unsubscribe: <mailto:x@y.example>", "list", "list-unsubscribe"),
        ("From: owner-liste@x.example", "list", "role-address"),
        ("Precedence: bulk\nSubject: Abwesenheitsnotiz", "auto-replied", "subject-auto-reply"),
        ("List-Id: <x.example>\nSubject: Out of office", "list", "list-id"),
        ("Content-Type: multipart/report; report-type=feedback-report; boundary=b", "report", "report-feedback-report"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "report", "report-disposition-notification"),
    ],
)  # fmt: skip
def test_a_machine_is_known_by_its_headers(headers: str, kind: str, signal: str) -> None:
    if "boundary=b" in headers:
        found, signals = kind_of(headers, "--b\n\nText\n--b--")
    else:
        found, signals = kind_of(headers)
    assert found == kind
    assert signal in signals


@pytest.mark.parametrize(
    "subject",
    [
        "Automatische Antwort: Ihre Anfrage",
        "Automatic reply: your request",
        "Auto-Antwort: Rohrbruch",
        "Abwesenheitsnotiz: Rohrbruch",
        "Abwesenheitsbenachrichtigung",
        "Out of Office: Rohrbruch",
        "Out of the office",
        "Nicht im Büro",
        "Automatische Eingangsbestätigung",
        "Abwesend: Heizung",
        "Automatische Rückmeldung",
        "Antwort bei Abwesenheit",
        "Automatische E-Mail-Antwort",
        "Automatisch generierte Antwort",
        "Vacation: x",
        "I am out of office",
        "Away from the office",
        "[Auto-Reply] x",
        "Fuori sede: x",
        "Ofis Dışında: x",
        "Poza biurem: x",
        "Autoodpowiedź: x",
        "Réponse automatique : x",
    ],
)
def test_an_automatic_reply_is_known_by_its_subject(subject: str) -> None:
    assert kind_of(f"Subject: {subject}") == ("auto-replied", ("subject-auto-reply",))


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Subject: AW: Automatische Antwort: Rohrbruch",
        "Subject: Auto: Stellplatz 12 zugeparkt",
        "Subject: Ich bin im Urlaub und die Heizung tropft",
        "Subject: Abwesenheit des Hausmeisters",
        "Subject: Nachricht nicht erhalten",
        "Subject: Rücksendung der Schlüssel",
        "Subject: Re: Undelivered Mail Returned to Sender",
        "Subject: Fwd: Mail delivery failed",
        "From: postfach@mieter.example",
        "From: bouncer@club.example",
    ],
)
def test_a_person_is_a_person(headers: str) -> None:
    assert kind_of(headers, "Das Paket konnte nicht zugestellt werden, die Adresse existiert nicht.") == (
        "person",
        (),
    )


@pytest.mark.parametrize(
    ("headers", "signal"),
    [
        ("X-Auto-Response-Suppress: OOF, AutoReply", "suppress-requested"),
        ("X-Zammad-Send-Auto-Response: false", "ticket-system"),
        ("X-OTRS-Loop: yes", "ticket-system"),
        ("X-Mailroute-Instance: abc", "mailroute-instance"),
        ("X-Loop: x@y", "x-loop"),
    ],
)
def test_some_headers_ask_for_silence_but_do_not_make_a_machine(headers: str, signal: str) -> None:
    assert kind_of(headers) == ("person", (signal,))


def test_every_kind_is_a_word_of_the_contract() -> None:
    assert {kind.value for kind in Automatic} == {
        "person",
        "auto-replied",
        "auto-generated",
        "bounce",
        "list",
        "report",
    }


@pytest.mark.parametrize(
    "subject",
    [
        "Eingangsbestätigung Ihrer Nachricht", "Ihre Anfrage (#4711) ist bei uns eingegangen", "[Ticket#2025] Ihre Meldung wurde registriert",
        "Vielen Dank für Ihre Anfrage", "Request received: Heating", "We have received your message", "Your ticket 4711 has been received",
    ],
)  # fmt: skip
def test_an_acknowledgement_of_another_ticket_system_is_noted(subject: str) -> None:
    assert "subject-acknowledgement" in kind_of(f"Subject: {subject}")[1]


@pytest.mark.parametrize(
    "subject",
    ["Re: Eingangsbestätigung", "Bitte um Eingangsbestätigung", "Ihre Anfrage vom Montag", "Vielen Dank"],
)
def test_a_persons_subject_is_no_acknowledgement(subject: str) -> None:
    assert kind_of(f"Subject: {subject}") == ("person", ())


@pytest.mark.parametrize(
    "subject",
    [
        "Automatische Antwort erhalten, bitte melden",
        "Automatische Tür defekt",
        "Abwesenheit während der Ablesung",
    ],
)
def test_a_person_may_begin_like_a_machine(subject: str) -> None:
    assert kind_of(f"Subject: {subject}")[0] == "person"
