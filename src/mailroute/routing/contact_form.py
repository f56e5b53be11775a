"""Mails that a web site wrote for somebody: who it is stands in the body. Pure; nothing in a form is proven.

Anybody may type any address into a form: it names the reporter, and never proves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailroute.model import limits
from mailroute.model.address import Address, address_key, plus_tag
from mailroute.model.message import Message
from mailroute.model.text import fold

LINES_READ = 200


class _Field(StrEnum):
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    SUBJECT = "subject"
    TEXT = "text"


# How forms label their fields, German and English, without blanks and hyphens.
_LABELS = {
    label: field
    for field, labels in {
        _Field.NAME: "name ihrname vorname nachname vorundnachname vornamename namevorname vollstaendigername absender "
        "kontaktperson ansprechpartner von yourname fullname firstname lastname surname from sender",
        _Field.EMAIL: "email emailadresse ihreemail ihreemailadresse deineemail mail mailadresse kontaktemail youremail "
        "emailaddress youremailaddress replyto",
        _Field.PHONE: "telefon telefonnummer ihretelefonnummer tel telnr rufnummer rueckrufnummer mobil mobilnummer handy "
        "handynummer phone phonenumber yourphone telephone mobile",
        _Field.SUBJECT: "betreff ihrbetreff thema grund subject topic reason",
        _Field.TEXT: "nachricht ihrenachricht deinenachricht mitteilung ihremitteilung anliegen ihranliegen kommentar "
        "bemerkung bemerkungen anfrage ihreanfrage beschreibung text nachrichtentext message messagebody yourmessage comment "
        "comments enquiry inquiry",
    }.items()
    for label in labels.split()
}
# Mailboxes that web sites send from; nobody reads them.
_MACHINES = re.compile(
    r"(?:no-?_?\.?reply|do-?not-?reply|nicht-?antworten|keine-?antwort|kontakt-?formular|formular|form|forms|contact-?form|"
    r"wordpress|typo3|joomla|webformular|webform|website|webseite|webmaster|homepage|www-data|www|apache|nginx|mailer|"
    r"formmailer|wpforms|jotform|notifications?)(?:[+.-].*)?"
)
_MARK = re.compile(r"[:\t=|]")
_LABEL_CHARS = 60
_VALUE_CHARS = 300
_NOT_LETTER = re.compile(r"[^a-z]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_ADDRESS = re.compile(r"[^\s@<>,;:\"'()\[\]|]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}", re.I)


@dataclass(frozen=True, slots=True)
class ContactForm:
    """What somebody typed into a form: their name ("" if they were not asked) and address.

    `is_theirs`: the form is on a site of the inbox's domain, or the mail wants its answers sent to them. A mail of any other
    machine may only speak of them, as an insurer's to a broker does, and is not theirs to read.
    """

    name: str
    address: str
    is_theirs: bool

    @property
    def sender(self) -> Address:
        """Who says to have filled it in."""
        return Address(self.name, self.address)


def form_in(message: Message) -> ContactForm | None:
    """The form that this mail, or the one forwarded in it, brings; None if a person wrote it themselves."""
    if message.forwarded is not None:
        return _form(message.forwarded.from_, (), (), message.forwarded.text)
    senders = (message.author,) if message.author else message.from_
    recipients = (*message.to, *message.cc)
    return next(
        (form for one in senders if (form := _form(one, recipients, message.reply_to, message.text))), None
    )


def is_for_the_named(message: Message) -> bool:
    """Whether whoever a form names may read the mail on our pages: every mail but a form that may only speak of them."""
    form = form_in(message)
    return form is None or form.is_theirs


def _form(
    sender: Address, recipients: Sequence[Address], reply_to: Iterable[Address], text: str
) -> ContactForm | None:
    """Read it only where a machine has sent it: a person's own signature looks like a form."""
    mailbox = plus_tag(sender.key)[0]
    to_itself = any(plus_tag(one.key)[0] == mailbox for one in recipients)
    machine = to_itself or _MACHINES.fullmatch(mailbox.partition("@")[0]) is not None
    replies = {one.key for one in reply_to} - {sender.key}
    if not machine and not replies:
        return None
    fields = _fields(text)
    name = fields.get(_Field.NAME, "")
    found = _ADDRESS.search(fields.get(_Field.EMAIL, "")) or _ADDRESS.search(name)
    address = address_key(found[0]) if found else ""
    if not address or plus_tag(address)[0] == mailbox or not fields.keys() & {_Field.NAME, _Field.TEXT}:
        return None
    wants_answers = address in replies
    if not machine and not wants_answers:
        return None
    ours = to_itself or any(_is_one_site(sender.domain, one.domain) for one in recipients)
    # Many forms name both in one line, as a From does.
    name = " ".join(_ADDRESS.sub("", name).replace("<>", "").replace("()", "").split())
    return ContactForm(name[: limits.NAME_CHARS], address, ours or wants_answers)


def _is_one_site(one: str, other: str) -> bool:
    return bool(one and other) and (one == other or one.endswith(f".{other}") or other.endswith(f".{one}"))


def _fields(text: str) -> dict[_Field, str]:
    """The first value of each label; first and last names come together."""
    fields: dict[_Field, str] = {}
    open_label: _Field | None = None
    for line in text.split("\n", LINES_READ)[:LINES_READ]:
        mark = _MARK.search(line, 0, _LABEL_CHARS)
        label = _label(line[: mark.start()] if mark else line)
        if label is not None:
            value = _value(line[mark.end() :]) if mark else ""
            open_label = None if value else label
            _put(fields, label, value)
        elif open_label is not None and line.strip():
            _put(fields, open_label, _value(line))
            open_label = None
    return fields


def _put(fields: dict[_Field, str], label: _Field, value: str) -> None:
    if label is _Field.NAME and value and fields.get(label):
        fields[label] = f"{fields[label]} {value}"
    elif not fields.get(label):
        fields[label] = value


def _label(words: str) -> _Field | None:
    if len(words) > _LABEL_CHARS:
        return None
    return _LABELS.get(_NOT_LETTER.sub("", fold(_IN_BRACKETS.sub("", words))))


def _value(words: str) -> str:
    return " ".join(words[:_VALUE_CHARS].split()).strip(" *_|")
