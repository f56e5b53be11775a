"""Orders to firms outside, by mail: the assignee stays, nothing is taken back, firms give no commands (REQ-D12…D17).

A firm is told the words of the order and the contact data that is released, and nothing else of the ticket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import assert_never

from mailroute.model import command as c
from mailroute.model.address import address_key
from mailroute.model.decision import Station
from mailroute.model.directory import Release
from mailroute.model.facts import Facts, Order
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.moment import day_in_words
from mailroute.model.outside import ExternalOrdered, ExternalStep, ExternalTold, OrderField, Stage, Told
from mailroute.model.reply_tag import without_reply_tags
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Noted, Party, PartyKind, Status, Ticket
from mailroute.routing.dates import read_day
from mailroute.routing.desk import Desk, accept_by_acting, is_closed, not_mine
from mailroute.routing.work import local_day

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+"
)
# "am 3. Dezember 2026" and the like.
_DATE_WORDS = 4
# `4.500 Euro` is no day in the year 2000.
_NEAR = timedelta(days=731)
_FIELDS = {
    OrderField.CASE_TYPE: ("Anliegen", "Matter"),
    OrderField.NAME: ("Name", "Name"),
    OrderField.ADDRESS: ("Adresse", "Address"),
    OrderField.UNIT: ("Einheit", "Unit"),
    OrderField.PHONE: ("Telefon", "Telephone"),
    OrderField.EMAIL: ("E-Mail", "E-mail"),
}
_STAGES = {
    Stage.CONSULTATION: ("Beratungstermin (extern)", "Consultation (external)"),
    Stage.QUOTE: ("Angebotsübergabe (extern)", "Quote handed over (external)"),
    Stage.ORDER: ("Auftrag (extern)", "Order placed (external)"),
}


def external(desk: Desk, command: c.Outside) -> Line:
    """Carry out a verb about firms outside: only the assignee may, and only while the ticket is open."""
    if desk.ticket.status is Status.CLOSED:
        return is_closed(desk, command.said)
    if not desk.is_assignee:
        return not_mine(desk, command.said)
    match command:
        case c.External():
            return _order(desk, command)
        case c.ExternalChanges():
            return _tell_changes(desk, command)
        case c.Document():
            return _document(desk, command)
        case _:
            assert_never(command)


# --- extern an: mail@firma ----------------------------------------------------------------------------------


def _order(desk: Desk, command: c.External) -> Line:
    address = address_key(command.address.strip(" <>.,;"))
    refusal = _refusal(desk, address)
    if refusal:
        desk.work.change(
            Noted(f"{command.said}\n{command.text}".strip(), desk.intake, why="an order that was refused")
        )
        return Line(command.said, refusal, False)
    accept_by_acting(desk)
    work, facts = desk.work, desk.facts
    year = local_day(work.ruleset, work.now).year
    order = facts.next_order + sum(isinstance(one, ExternalOrdered) for one in work.changes)
    label = f"A-{year}-{order:04d}"
    told = what_is_told(desk.ticket, facts, work.ruleset)
    count = desk.ticket.orders + 1
    text = without_reply_tags(command.text)
    work.change(ExternalOrdered(order, label, address, text, told, count))
    work.explain(Station.COMMAND, f"order {label}", f"goes to {address}; {desk.actor.id} stays responsible")
    _write(desk, Template.EXTERNAL_ORDER, address, label, _lines(told, _english(desk)), text)
    hint = "" if text else desk.words(
        " Ohne Beschreibung: Schreiben Sie sie beim nächsten Mal unter die Zeile.",
        " Without a description: next time write it below the line.",
    )  # fmt: skip
    did = desk.words(
        f"Auftrag {label} geht an {address} ({count}. Auftrag zu diesem Vorgang). Zuständig bleiben Sie; "
        f"zurücknehmen lässt er sich nicht.{hint}",
        f"Order {label} goes to {address} (number {count} of this ticket). You stay responsible; "
        f"it cannot be taken back.{hint}",
    )
    return Line(command.said, did, True)


def _refusal(desk: Desk, address: str) -> str:
    """Why nothing can be ordered from that address, or "". It must be a firm's: not ours, not a customer's."""
    ruleset = desk.work.ruleset
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        return desk.words(
            "Nicht ausgeführt: Das ist keine E-Mail-Adresse. Zum Beispiel „extern an: auftrag@firma.de“.",
            "Not done: that is no e-mail address. For example “external: orders@firm.com”.",
        )
    if any(address == one.address or address in one.also for one in ruleset.staff):
        return desk.words(
            "Nicht ausgeführt: Die Adresse gehört zum Team. Mit „weiter an: Name“ geben Sie den Vorgang weiter.",
            "Not done: the address is a colleague's. “assign: name” hands the ticket on.",
        )
    if _without_tag(address) in {one.address for one in ruleset.organisation.inboxes}:
        return desk.words(
            "Nicht ausgeführt: Das ist unser eigener Posteingang.", "Not done: that is our own inbox."
        )
    if address in _customers(desk.facts, ruleset):
        return desk.words(
            "Nicht ausgeführt: Die Adresse gehört einer Kundin oder einem Kunden, keiner Firma.",
            "Not done: the address is a customer's, not a firm's.",
        )
    return ""


def _without_tag(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _customers(facts: Facts, ruleset: Ruleset) -> set[str]:
    outside = (PartyKind.PARTNER, PartyKind.STAFF)
    known = {address_key(one.address) for one in facts.participants if one.kind not in outside}
    people = [*facts.found.people, *([facts.contact] if facts.contact else [])]
    partners = {one.address for one in ruleset.partners}
    return (known | {address_key(one.address) for person in people for one in person.addresses}) - partners


def what_is_told(ticket: Ticket, facts: Facts, ruleset: Ruleset) -> tuple[Told, ...]:
    """The kind of matter, and the contact data that is released; the telephone number only where it was allowed."""
    released = facts.contact.release if facts.contact else Release.ordinary()
    house, unit, _ = facts.place
    case_type = ruleset.case_type(ticket.case_type)
    language = ruleset.organisation.language
    address = f"{house.street} {house.house_number}, {house.postcode} {house.town}" if house else ""
    values = {
        OrderField.CASE_TYPE: case_type.name.in_language(language) if case_type else "",
        OrderField.NAME: _if(
            Release.NAME, released, facts.contact.name if facts.contact else ticket.reporter.name
        ),
        OrderField.ADDRESS: _if(Release.ADDRESS, released, address),
        OrderField.UNIT: _if(Release.UNIT, released, unit.name if unit else ""),
        OrderField.PHONE: _if(
            Release.PHONE, released, ", ".join(facts.contact.phones) if facts.contact else ""
        ),
        OrderField.EMAIL: _if(Release.EMAIL, released, ticket.reporter.address),
    }
    return tuple(Told(name, value) for name, value in values.items() if value)


def contact_lines(ticket: Ticket, facts: Facts, language: str) -> tuple[Line, ...]:
    """How to reach whoever reported it: all that is known, for the partner who has accepted (REQ-D7)."""
    phones = ", ".join(facts.contact.phones) if facts.contact else ""
    told = (Told(OrderField.PHONE, phones), Told(OrderField.EMAIL, ticket.reporter.address))
    return _lines((one for one in told if one.value), language == "en")


def _if(what: Release, released: Iterable[Release], value: str) -> str:
    return value if what in released else ""


def _write(
    desk: Desk, template: Template, address: str, label: str, lines: tuple[Line, ...], text: str
) -> None:
    enclosed = desk.mail is not None and desk.mail.message.attachments and desk.intake is not None
    desk.work.tell(
        Notice(
            template=template,
            to=Party(PartyKind.PARTNER, None, "", address),
            language=desk.work.ruleset.organisation.language,
            ticket=desk.ticket,
            text=text,
            reason=label,
            lines=lines,
            attach=(desk.intake,) if enclosed and desk.intake is not None else (),
        )
    )


def _english(desk: Desk) -> bool:
    """Whether letters to firms are in English."""
    return desk.work.ruleset.organisation.language == "en"


def _lines(told: Iterable[Told], english: bool) -> tuple[Line, ...]:
    return tuple(Line(_FIELDS[one.field][english], one.value, True) for one in told)


# --- extern änderungen --------------------------------------------------------------------------------------


def _tell_changes(desk: Desk, command: c.ExternalChanges) -> Line:
    """Each firm hears what has changed since the last mail to it; where nothing has, nothing is sent (REQ-D16)."""
    orders = desk.facts.orders
    if not orders:
        return Line(command.said, _no_order_yet(desk), False)
    told = what_is_told(desk.ticket, desk.facts, desk.work.ruleset)
    behind = [one for one in orders if set(one.told) != set(told)]
    if not behind:
        did = desk.words(
            "Nichts zu senden: Seit der letzten Mail an die Firma hat sich nichts geändert.",
            "Nothing to send: nothing has changed since the last mail to the firm.",
        )
        return Line(command.said, did, False)
    accept_by_acting(desk)
    for one in behind:
        desk.work.change(ExternalTold(one.label, one.address, told))
        _write(
            desk,
            Template.EXTERNAL_CHANGES,
            one.address,
            one.label,
            _difference(one, told, _english(desk)),
            "",
        )
    firms = ", ".join(one.address for one in behind)
    did = desk.words(f"Die Änderungen gehen an {firms}.", f"The changes go to {firms}.")
    return Line(command.said, did, True)


def _difference(order: Order, told: tuple[Told, ...], english: bool) -> tuple[Line, ...]:
    before = {one.field: one.value for one in order.told}
    now = {one.field: one.value for one in told}
    was, gone = ("was", "no longer holds") if english else ("vorher", "gilt nicht mehr")
    lines = []
    for name, labels in _FIELDS.items():
        old, new = before.get(name, ""), now.get(name, "")
        if old != new:
            value = f"{new} ({was}: {old})" if old and new else new or f"{gone}: {old}"
            lines.append(Line(labels[english], value, True))
    return tuple(lines)


def _no_order_yet(desk: Desk) -> str:
    return desk.words(
        "Nicht ausgeführt: Zu diesem Vorgang gibt es noch keinen externen Auftrag. "
        "Mit „extern an: auftrag@firma.de“ erteilen Sie einen.",
        "Not done: there is no external order in this ticket yet. “external: orders@firm.com” places one.",
    )


# --- extern termin 2026-12-03 -------------------------------------------------------------------------------


def _document(desk: Desk, command: c.Document) -> Line:
    """A step of the firm, on its behalf; only for the configured case types, only after an order (REQ-D17)."""
    ruleset = desk.work.ruleset
    allowed = ruleset.organisation.external_steps
    if desk.ticket.case_type not in allowed:
        names = ", ".join(
            one.name.in_language(desk.actor.language) for one in ruleset.case_types if one.id in allowed
        )
        names = names or ", ".join(allowed)
        did = desk.words(
            f"Nicht ausgeführt: Schritte der Firma gibt es nur bei: {names}. Eine „notiz: …“ geht immer.",
            f"Not done: steps of the firm are only for: {names}. A “note: …” is always possible.",
        )
        return Line(command.said, did, False)
    if not desk.ticket.orders:
        return Line(command.said, _no_order_yet(desk), False)
    accept_by_acting(desk)
    today = local_day(ruleset, desk.work.now)
    on, text = _day_and_words(command.words, today)
    desk.work.change(ExternalStep(command.stage, on, text))
    name = _STAGES[command.stage][desk.actor.language == "en"]
    when = f", {day_in_words(on or today, desk.words('de', 'en'))}"
    did = desk.words(
        f"Dokumentiert im Auftrag der Firma: {name}{when}.", f"Documented on the firm's behalf: {name}{when}."
    )
    return Line(command.said, did, True)


def _day_and_words(words: str, today: date) -> tuple[date | None, str]:
    """The day at the beginning of the words, if there is one, and what stands behind it."""
    parts = words.split()
    for length in range(min(len(parts), _DATE_WORDS), 0, -1):
        day = read_day(" ".join(parts[:length]).strip(","), today)
        if day is not None and abs(day - today) <= _NEAR:
            return day, " ".join(parts[length:])
    return None, words.strip()


def offer_external(desk: Desk, name: str) -> str:
    """What somebody can do who names a person that does not work here (REQ-D2, D12)."""
    address = name if "@" in name else "auftrag@firma.de"
    english = name if "@" in name else "orders@firm.com"
    return desk.words(
        f"An eine Firma außerhalb geht ein Auftrag per E-Mail: „extern an: {address}“.",
        f"A firm outside gets an order by mail: “external: {english}”.",
    )


def cannot_take_back_order(desk: Desk, said: str) -> Line:
    """What has left the house cannot be taken back (REQ-D14)."""
    did = desk.words(
        "Nicht ausgeführt: Ein externer Auftrag ist verschickt und lässt sich nicht widerrufen. Schreiben Sie der "
        "Firma; mit „extern an: …“ erteilen Sie einen neuen Auftrag.",
        "Not done: an external order has been sent and cannot be revoked. Write to the firm; “external: …” places "
        "another order.",
    )
    return Line(said, did, False)
