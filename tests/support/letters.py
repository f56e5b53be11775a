"""A small firm and its notices, for tests of what we write: ABC Hausverwaltung, Frau Huber, Herr Schmidt, Herr Müller."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from mailroute.model.calendar import Calendar
from mailroute.model.letter import AttachedFile, Item, Line, Notice, Template, Written
from mailroute.model.ruleset import (
    CaseType,
    Deadlines,
    Inbox,
    Organisation,
    ReplyMode,
    Role,
    Ruleset,
    Source,
    Staff,
    ToRole,
)
from mailroute.model.text import Text
from mailroute.model.ticket import Party, PartyKind, Place, Status, Ticket
from mailroute.model.tokens import Key, Keyring
from mailroute.notify.compose import Composed, compose
from mailroute.notify.templates import Templates, load

WEB = "https://portal.abc-hausverwaltung.example"
SHIPPED = Path(__file__).parents[2] / "templates"
NOW = datetime(2026, 11, 23, 8, 14, tzinfo=UTC)
KEYRING = Keyring((Key("k", bytes(range(32))),))

MUELLER = Party(PartyKind.TENANT, "mueller", "Klaus Müller", "mueller@mieter.example")
BOB = Party(PartyKind.CUSTOMER, None, "Bob Müller", "bob@mieter.example")
STRANGER = Party(PartyKind.UNKNOWN, None, "Gewinnen Sie jetzt http://evil.example", "wer@irgendwo.example")
HUBER = Party(PartyKind.STAFF, "huber", "Frau Petra Huber", "huber@abc-hausverwaltung.example")
STURM = Party(PartyKind.PARTNER, "sturm", "Dachdeckerei Sturm & Sohn", "auftrag@dachdeckerei-sturm.example")
FIRM = Party(PartyKind.PARTNER, None, "", "buero@spenglerei.example")
SCHMIDT = Party(PartyKind.STAFF, "schmidt", "Jens Schmidt", "schmidt@abc-hausverwaltung.example")

_HERE = Source("test.yaml", 1)
_WORKDAY = ((8 * 60, 17 * 60),)
FOOTER = "ABC Hausverwaltung GmbH · Sitz: Musterstadt · Amtsgericht Musterstadt HRB 4711\nGeschäftsführung: Ute Kern"


def _staff(party: Party, language: str = "de") -> Staff:
    assert party.id is not None
    return Staff(party.id, party.name, party.address, (), language, "office", (), True, _HERE)


def _case_type(name: str, de: str, en: str, role: str, urgency: int, *, emergency: bool = False) -> CaseType:
    spans = Deadlines(timedelta(hours=4), timedelta(hours=8), timedelta(hours=16), None)
    return CaseType(name, Text(de, en), ToRole(role), (), urgency, None, (), spans, emergency, (), _HERE)


def firm(reply: ReplyMode = ReplyMode.PLUS, **changes: Any) -> Ruleset:
    """The ruleset; `changes` are fields of its organisation."""
    organisation = Organisation(
        id="abc",
        name="ABC Hausverwaltung GmbH",
        language="de",
        inboxes=(Inbox("service@abc-hausverwaltung.example", "ABC Hausverwaltung", reply),),
        triage_role="zentrale",
        fallback_role=None,
        calendar="office",
        footer=Text(FOOTER),
        answer_hold=timedelta(minutes=2),
        emergency_phone="089 1234567",
    )
    return Ruleset(
        hash="0" * 64,
        organisation=replace(organisation, **changes),
        roles=(
            Role("buchhaltung", Text("Buchhaltung", "Accounting"), (), _HERE),
            Role("zentrale", Text("Zentrale", "Front desk"), ("schmidt",), _HERE),
        ),
        staff=(_staff(HUBER), _staff(SCHMIDT)),
        case_types=(
            _case_type("rechnung", "Rechnung", "Invoice", "buchhaltung", 3),
            _case_type("notfall", "Wasserschaden", "Water damage", "buchhaltung", 1, emergency=True),
        ),
        calendars=(Calendar("office", "Europe/Berlin", (_WORKDAY,) * 5 + ((), ()), "DE-BY"),),
    )


def a_ticket(**changes: Any) -> Ticket:
    """Herr Müller's question about his invoice, with Frau Huber."""
    ticket = Ticket(
        organisation="abc",
        number=10428,
        version=2,
        status=Status.OFFERED,
        inbox="service@abc-hausverwaltung.example",
        subject="Frage zu meiner Rechnung",
        reporter=MUELLER,
        language="de",
        case_type="rechnung",
        urgency=3,
        place=Place("mps12", "we03"),
        role="buchhaltung",
        assignee="huber",
        holders=(),
        opened_at=NOW,
        changed_at=NOW,
        closed_at=None,
        reminders=0,
        last_message_id="<0815.frage@mieter.example>",
    )
    return replace(ticket, **changes)


QUESTION = (
    "Guten Tag,\n\n"
    "in der Abrechnung für die Max-Planck-Straße 12 stehen 148,20 € für die Gartenpflege. "
    "Bei uns gibt es keinen Garten. Können Sie das bitte prüfen?\n\n"
    "Viele Grüße\nKlaus Müller\nWE 03"
)
ANSWER = (
    "Guten Tag Herr Müller,\n\nSie haben recht, der Betrag gehört zum Nachbarhaus. "
    "Sie bekommen bis Freitag eine berichtigte Abrechnung.\n\nFreundliche Grüße\nPetra Huber"
)
FILES = (
    AttachedFile("Abrechnung 2025.pdf", "application/pdf", b"%PDF-1.4 kurz"),
    AttachedFile("Bild vom Hof für Sie.jpg", "image/jpeg", bytes(range(256)) * 4),
)
# What stands in the ticket of Herr Müller after some days: the words of each mail by its intake id.
SAID = {
    17: QUESTION,
    18: "Hier noch das Foto vom Hof.",
    19: "Haben Sie schon etwas gehört?",
    20: "",
    21: "Am Freitag bin ich ab 14 Uhr zu Hause.",
}
CONVERSATION = tuple(
    Written(intake, MUELLER, NOW + timedelta(days=nth - 1), nth, files=2 if intake == 17 else 0)
    for nth, intake in enumerate(SAID, 1)
)


_WITHOUT_TICKET: dict[str, Any] = {"ticket": None, "place": "", "text": "", "due": None, "author": None}
# The letters that belong to no ticket.
GENERAL = (
    Template.GENERAL_RECEIPT,
    Template.LETTER_RETURNED,
    Template.AWAY_NOTICED,
    Template.INVITATION,
    Template.INVITATION_CONFIRMED,
    Template.WELCOME,
    Template.SIGN_IN,
    Template.RULES_REFUSED,
    Template.DIGEST,
    Template.SHARED_DAILY,
    Template.HOLES,
    Template.HANDED_OVER,
)


def a_notice(template: Template, language: str = "de", **changes: Any) -> Notice:
    """The notice that the story of issue 2 brings for this template."""
    special: dict[Template, dict[str, Any]] = {
        Template.ACKNOWLEDGEMENT: {"to": MUELLER, "in_reply_to": "<0815.frage@mieter.example>", "text": ""},
        Template.NOTIFICATION: {
            "attach": (17,),
            "why": ("Rechnung: „Abrechnung“, „Betrag“", "Frau Petra Huber: Buchhaltung"),
        },
        Template.TRIAGE: {
            "to": SCHMIDT,
            "ticket": a_ticket(case_type=None, status=Status.TRIAGE, assignee="schmidt"),
            "candidates": ("Max-Planck-Straße 12", "Max-Planck-Straße 14"),
            "why": ("Zwei Häuser passen gleich gut.",),
            "place": "",
        },
        Template.INFORMED: {"to": SCHMIDT},
        Template.FOLLOW_UP: {"text": "Hier noch das Foto vom Hof.", "attach": (17,)},
        Template.ANSWER: {
            "to": MUELLER,
            "author": HUBER,
            "text": ANSWER,
            "in_reply_to": "<0815.frage@mieter.example>",
            "references": ("<0815.frage@mieter.example>",),
            "not_before": NOW + timedelta(minutes=2),
        },
        Template.RECEIPT: {
            "text": "",
            "lines": (
                Line("annehmen", "Der Vorgang ist Ihrer.", True),
                Line("weiter an: Meier", "Nicht ausgeführt: „Meier“ arbeitet nicht hier.", False),
            ),
            "in_reply_to": "<reply.1@abc-hausverwaltung.example>",
        },
        Template.RETURNED: {
            "to": SCHMIDT,
            "author": HUBER,
            "reason": "Das gehört zum Nachbarhaus.",
            "text": "",
            "passes_on": CONVERSATION[:1],
            "attach": (17,),
        },
        Template.ASSIGNED: {
            "to": SCHMIDT,
            "author": HUBER,
            "text": "",
            "passes_on": (CONVERSATION[0], *CONVERSATION[-3:]),
            "attach": (17,),
            "why": (
                "Objekt: Max-Planck-Straße 12, WE 03 – „Max-Planck-Straße 12“",
                "Anliegen: Rechnung – „Abrechnung“, „Betrag“",
            ),
        },
        Template.TAKEN: {"author": SCHMIDT, "text": ""},
        Template.REVOKED: {"author": SCHMIDT, "text": ""},
        Template.REMINDER: {"ticket": a_ticket(reminders=1), "text": "", "passes_on": CONVERSATION[:1]},
        Template.FOLLOW_UP_DUE: {
            "ticket": a_ticket(status=Status.ACCEPTED),
            "text": "",
            "passes_on": CONVERSATION[:1],
        },
        Template.CHANGES: {
            "author": SCHMIDT,
            "text": "",
            "lines": (
                Line("Jens Schmidt", "Notiz: Der Hausmeister hat nachgesehen.", True),
                Line("Jens Schmidt", "Anliegen: Rechnung (vorher: Schaden)", True),
            ),
        },
        Template.ESCALATION: {
            "to": SCHMIDT,
            "author": HUBER,
            "text": "",
            "ticket": a_ticket(reminders=2),
            "passes_on": CONVERSATION[:2],
        },
        Template.MUTED: {"reason": "ticket", "text": ""},
        Template.UNMUTED: {"text": "", "passes_on": CONVERSATION[:2]},
        Template.CLOSED: {
            "to": MUELLER,
            "author": HUBER,
            "text": "Die Abrechnung ist berichtigt.",
            "reason": "",
        },
        Template.REOPENED: {
            "author": SCHMIDT,
            "text": "",
            "passes_on": CONVERSATION[:2],
            "attach": (17,),
        },
        Template.NOT_DELIVERED: {"author": MUELLER, "reason": "5.1.1", "text": ""},
        Template.UNCONFIRMED: {"author": HUBER, "text": ""},
        Template.PARTNER_OFFER: {"to": STURM, "place": "80331 München", "text": "", "author": None},
        Template.PARTNER_EXPIRED: {"to": STURM},
        Template.PARTNER_RECEIPT: {
            "to": STURM,
            "lines": (
                Line("erledigt", "Nicht ausgeführt: Antworten Sie bitte zuerst mit „annehmen“.", False),
                Line("ablehnen", "Danke für die schnelle Antwort. Für Sie ist nichts mehr zu tun.", True),
            ),
            "in_reply_to": "<reply.1@dachdeckerei-sturm.example>",
        },
        Template.PARTNER_ACCEPTED: {
            "to": STURM,
            "ticket": a_ticket(status=Status.WITH_PARTNER, partner="sturm"),
            "lines": (Line("Telefon", "089 1234", True), Line("E-Mail", "mueller@mieter.example", True)),
            "text": "",
            "passes_on": CONVERSATION[:2],
            "attach": (17,),
        },
        Template.PARTNER_MESSAGE: {"to": STURM, "text": "Hier noch das Foto vom Hof.", "attach": (17,)},
        Template.PARTNER_REMINDER: {"to": STURM, "text": "", "passes_on": CONVERSATION[:1]},
        Template.PARTNER_NEWS: {
            "author": None,
            "text": "",
            "why": (
                "Dachdeckerei Sturm & Sohn hat abgelehnt.",
                "Jetzt ist Rohrfrei GmbH gefragt.",
            ),
            "reason": "Wir haben im Dezember keine Leute frei.",
        },
        Template.EXTERNAL_ORDER: {
            "to": FIRM,
            "author": None,
            "text": "Bitte die Dachrinne am Hinterhaus reinigen.",
            "reason": "A-2026-0017",
            "lines": (
                Line("Anliegen", "Rechnung", True),
                Line("Name", "Klaus Müller", True),
                Line("Adresse", "Max-Planck-Straße 12, 80331 München", True),
            ),
            "attach": (17,),
        },
        Template.EXTERNAL_CHANGES: {
            "to": FIRM,
            "author": None,
            "text": "",
            "reason": "A-2026-0017",
            "lines": (Line("Telefon", "089 12345 (vorher: 089 54321)", True),),
        },
        Template.PREVIEW: {
            "author": HUBER,
            "text": "anehmen\n\nIch schaue mir das an.",
            "reason": "annehmen",
        },
        Template.SETTLED: {"to": SCHMIDT, "text": "", "due": None},
        Template.ALARM: {
            "to": replace(HUBER, address="alarm.huber@sms.example"),
            "ticket": a_ticket(case_type="notfall", urgency=1, subject="Wasser läuft!!"),
            "text": "",
            "reason": "0176 1234567",
        },
        Template.ALL_CLEAR: {"to": SCHMIDT, "author": HUBER, "text": "", "due": None},
        Template.CONCERN: {"to": SCHMIDT, "reason": "Wasserschaden", "due": None},
        Template.SPLIT: {
            "to": MUELLER,
            "ticket": a_ticket(),
            "author": None,
            "text": "",
            "reason": "T-10427",
            "due": None,
        },
        Template.GATHERED: {"text": "", "reason": "5", "passes_on": CONVERSATION[:1], "due": None},
        Template.STAND_IN: {
            "to": SCHMIDT,
            "author": HUBER,
            "text": "",
            "reason": "Montag, 14. Dezember 2026",
            "passes_on": CONVERSATION[:1],
            "attach": (17,),
        },
        Template.LENT_BACK: {"author": SCHMIDT, "text": "", "passes_on": CONVERSATION[:1], "attach": (17,)},
        Template.GENERAL_RECEIPT: {
            **_WITHOUT_TICKET,
            "lines": (
                Line("hilfe", "Die Liste steht unten in dieser Nachricht.", True),
                Line("annehmen", "Nicht ausgeführt: Die Nachricht gehört zu keinem Vorgang.", False),
            ),
            "in_reply_to": "<reply.1@abc-hausverwaltung.example>",
        },
        Template.AWAY_NOTICED: {
            **_WITHOUT_TICKET,
            "to": SCHMIDT,
            "author": HUBER,
            "reason": "Mittwoch, 25. November 2026",
        },
        Template.SHARED: {
            "to": BOB,
            "text": "Guten Tag,\n\nder Handwerker kommt am Freitag.",
            "author": SCHMIDT,
            "in_reply_to": "<0815.frage@mieter.example>",
        },
        Template.SHARED_DAILY: {
            **_WITHOUT_TICKET,
            "to": BOB,
            "items": (
                Item(
                    "T-10428 Frage zu meiner Rechnung",
                    "",
                    "ABC Hausverwaltung GmbH, 24. November 2026, 09:12 Uhr",
                    number=10428,
                    text="Guten Tag,\n\nder Handwerker kommt am Freitag.",
                ),
                Item(
                    "T-10430 Heizung",
                    "",
                    "Klaus Müller, 24. November 2026, 10:00 Uhr",
                    number=10430,
                    text="Vielen Dank!",
                ),
            ),
        },
        Template.REFUSED: {"to": MUELLER, "text": "", "in_reply_to": "<0815.frage@mieter.example>"},
        Template.REROUTED: {"to": MUELLER, "text": "", "author": None},
        Template.UNANSWERED: {"to": BOB, "text": "", "in_reply_to": "<0815.read@mieter.example>"},
        Template.INVITATION: {**_WITHOUT_TICKET, "to": BOB, "reason": "k7q3x9wmbz4p"},
        Template.INVITATION_CONFIRMED: {**_WITHOUT_TICKET, "to": BOB},
        Template.WELCOME: {**_WITHOUT_TICKET, "to": SCHMIDT},
        Template.SIGN_IN: {
            **_WITHOUT_TICKET,
            "to": BOB,
            "link": "/sign-in/Qm3vT8kZr1xW5yB7nD2fH9jL4pS6gC0aEoUiYwXqVtM",
            "code": "482 913",
        },
        Template.RULES_REFUSED: {
            **_WITHOUT_TICKET,
            "to": SCHMIDT,
            "reason": "3",
            "lines": (
                Line(
                    "case-types.yaml:12 (MR301)",
                    "the role `buchhaltng` is not in roles.yaml. Did you mean `buchhaltung`?",
                    False,
                ),
                Line("properties.csv:7 (MR219)", "`4.71E+10` has lost digits", False),
            ),
        },
        Template.DIGEST: {
            **_WITHOUT_TICKET,
            "items": (
                Item("T-10428", "Rechnung: Frage zu meiner Rechnung", "wartet auf Sie", NOW, True, 10428),
                Item("T-10430", "Heizung", "angenommen", NOW + timedelta(days=2), number=10430),
            ),
            "lines": (Line("T-10417", "Jens Schmidt: Notiz: ruft an", True),),
        },
        Template.HOLES: {
            **_WITHOUT_TICKET,
            "items": (
                Item("Buchhaltung", "mps12, mps14", "alle, die sie haben, sind abwesend"),
                Item("Hausmeister", "mps12"),
            ),
        },
        Template.HANDED_OVER: {
            **_WITHOUT_TICKET,
            "author": SCHMIDT,
            "items": (Item("T-10428", "Frage zu meiner Rechnung", "wartet auf Sie", NOW, number=10428),),
        },
        Template.LETTER_RETURNED: {**_WITHOUT_TICKET, "to": SCHMIDT, "author": HUBER, "reason": "5.1.1"},
    }
    whole: dict[str, Any] = {
        "template": template,
        "to": HUBER,
        "language": language,
        "ticket": a_ticket(),
        "place": "Max-Planck-Straße 12, WE 03",
        "text": QUESTION,
        "author": MUELLER,
        "due": datetime(2026, 11, 24, 11, 0, tzinfo=UTC),
    }
    return Notice(**(whole | special[template] | changes))


@cache
def shipped_templates(language: str = "de") -> Templates:
    """Our own, without a site's. Read once: they keep nothing but what they have compiled."""
    return load((SHIPPED,), language)


def write(
    *notices: Notice,
    ruleset: Ruleset | None = None,
    templates: Templates | None = None,
    cause: str = "m17",
) -> Composed:
    """Compose them as the firm would at NOW."""
    return compose(
        notices,
        ruleset=ruleset or firm(),
        templates=templates or shipped_templates(),
        keyring=KEYRING,
        cause=cause,
        now=NOW,
        attachments=lambda intake: FILES,
        texts=lambda written: SAID[written.intake],
        web_url=WEB,
    )
