"""Sample values with which `lint` renders every template: all that there can be, nothing that need not be, a customer."""

from __future__ import annotations

from dataclasses import replace

from mailroute.model.marker import REPLY_MARKER
from mailroute.notify.persons import NOBODY, Person
from mailroute.notify.reply_address import Mailto
from mailroute.notify.values import File, ListItem, Passage, TranscriptLine, Values

_BUTTON = "mailto:service%2Bt10428.k7q3x9wmbz4p@firm.example?subject=Re%3A%20T-10428&body="
_MUELLER = Person("Klaus Müller", "mueller@mieter.example", "Mietpartei", "Klaus Müller")

FULL = Values(
    language="de",
    greeting="Guten Tag Petra Huber",
    organisation="ABC Hausverwaltung GmbH",
    footer="ABC Hausverwaltung GmbH\nMusterstadt",
    emergency_phone="+49 89 123456",
    marker=REPLY_MARKER,
    to_customer=False,
    number="T-10428",
    subject="Frage zu meiner Rechnung",
    place="Max-Planck-Straße 12, WE 03",
    case_type="Rechnung",
    urgency=1,
    urgency_word="sofort",
    emergency=True,
    feared=True,
    role="Buchhaltung",
    opened="Montag, 23. November 2026, 09:12 Uhr",
    due="Dienstag, 24. November 2026, 12:00 Uhr",
    reminders=2,
    accepted=True,
    closed=False,
    reporter=_MUELLER,
    author=_MUELLER,
    assignee=Person("Petra Huber", "huber@firm.example", "Team", "Petra Huber"),
    text="Guten Tag,\n\n<b>wann</b> & wie?",
    messages=(
        Passage(_MUELLER, "Montag, 23. November 2026, 09:12 Uhr", "Guten Tag,\n\n<b>wann</b> & wie?"),
        Passage(_MUELLER, "Dienstag, 24. November 2026, 10:30 Uhr", "", skipped=2),
    ),
    reason="nicht meine Liegenschaft",
    imitates="firm.example",
    why=("Rechnung → Buchhaltung",),
    hints=("Ihre Ansprechperson: Frau Brandt",),
    candidates=("Max-Planck-Straße 12", "Max-Planck-Straße 14"),
    lines=(
        TranscriptLine("annehmen", "Der Vorgang ist Ihrer.", True),
        TranscriptLine("", "Nicht ausgeführt.", False),
    ),
    not_done=1,
    items=(
        ListItem(
            "T-10428",
            "Rechnung, Max-Planck-Straße 12",
            "Klaus Müller",
            "Dienstag, 12:00 Uhr",
            True,
            choices=("Rechnung", "Heizung"),
        ),
    ),
    files=(File("foto.jpg", "2,4 MB", True), File("film.mp4", "24,0 MB", False, too_large=True)),
    mailto=Mailto(*(_BUTTON,) * 11),
    closing_letter=True,
    needs=("Telefonnummer",),
    choices=("Max-Planck-Straße 12, WE 03", "Max-Planck-Straße 14, WE 01"),
    asked=True,
    link="https://portal.firma.example/sign-in/k7q3x9wmbz4p",
    code="482913",
    page="https://portal.firma.example/tickets/10428",
)

EMPTY = replace(
    FULL,
    greeting="Guten Tag",
    footer="",
    emergency_phone="",
    subject="",
    place="",
    case_type="",
    emergency=False,
    feared=False,
    role="",
    due="",
    reminders=0,
    accepted=False,
    closed=True,
    reporter=NOBODY,
    author=NOBODY,
    assignee=NOBODY,
    text="",
    messages=(),
    reason="",
    imitates="",
    why=(),
    hints=(),
    candidates=(),
    lines=(),
    not_done=0,
    items=(),
    files=(),
    closing_letter=False,
    needs=(),
    choices=(),
    asked=False,
    link="",
    code="",
    page="",
)

CUSTOMER = replace(EMPTY, to_customer=True, text="Ihre Rechnung ist beglichen.", files=FULL.files)

# A letter that belongs to no ticket.
GENERAL = replace(
    EMPTY,
    number="",
    urgency=3,
    urgency_word="",
    opened="",
    closed=False,
    author=FULL.assignee,
    reason=FULL.reason,
    lines=FULL.lines,
    not_done=1,
    items=FULL.items,
)

SAMPLES = (FULL, EMPTY, CUSTOMER, GENERAL)
