"""Notices become letters: finished RFC 5322 bytes for one recipient each, the same bytes at every attempt.

Pure, given its arguments. Content never raises: a notice that cannot become a letter is returned with the reason.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from hashlib import sha256

from mailroute.errors import Diagnostic
from mailroute.model.address import address_key
from mailroute.model.letter import Letter, Notice, Template
from mailroute.model.reply_tag import letter_id, message_id
from mailroute.model.ruleset import Inbox, Ruleset
from mailroute.model.ticket import PartyKind
from mailroute.model.tokens import Keyring, instance_names, reply_token
from mailroute.notify import headers, words
from mailroute.notify.accounts import hide_accounts
from mailroute.notify.enclosed import Attachments, Enclosures, Texts
from mailroute.notify.parts import alternative
from mailroute.notify.readers import CUSTOMER_KINDS, FOR_CUSTOMERS, FOR_OUTSIDE
from mailroute.notify.reply_address import bounce_address, mailto, reply_address
from mailroute.notify.templates import Rendered, Templates
from mailroute.notify.values import ListItem, is_to_reporter, values_of, zone_of

# A mail that came through more mailroutes than this is not passed on any further by its own markers.
INSTANCES = 10


class Tone(StrEnum):
    """How a letter presents itself to machines (RFC 3834 §5; design §7)."""

    # An offer, a reminder or a person's own words: an out-of-office may answer, and we want to hear it.
    PERSONAL = "no"
    REPLIED = "auto-replied"
    GENERATED = "auto-generated"


_TONES = {
    Template.ACKNOWLEDGEMENT: Tone.REPLIED,
    Template.RECEIPT: Tone.REPLIED,
    Template.UNCONFIRMED: Tone.REPLIED,
    Template.PREVIEW: Tone.REPLIED,
    Template.INFORMED: Tone.GENERATED,
    Template.TAKEN: Tone.GENERATED,
    Template.REVOKED: Tone.GENERATED,
    Template.CHANGES: Tone.GENERATED,
    Template.MUTED: Tone.GENERATED,
    Template.UNMUTED: Tone.GENERATED,
    Template.SETTLED: Tone.GENERATED,
    Template.GATHERED: Tone.GENERATED,
    Template.SPLIT: Tone.GENERATED,
    Template.NOT_DELIVERED: Tone.GENERATED,
    Template.PARTNER_RECEIPT: Tone.REPLIED,
    Template.PARTNER_EXPIRED: Tone.GENERATED,
    Template.PARTNER_NEWS: Tone.GENERATED,
    Template.GENERAL_RECEIPT: Tone.REPLIED,
    Template.LETTER_RETURNED: Tone.GENERATED,
    Template.AWAY_NOTICED: Tone.GENERATED,
    Template.REFUSED: Tone.REPLIED,
    Template.REROUTED: Tone.GENERATED,
    Template.UNANSWERED: Tone.REPLIED,
    Template.INVITATION: Tone.GENERATED,
    Template.INVITATION_CONFIRMED: Tone.REPLIED,
    Template.WELCOME: Tone.GENERATED,
    Template.SIGN_IN: Tone.GENERATED,
    Template.RULES_REFUSED: Tone.GENERATED,
    Template.HOLES: Tone.GENERATED,
    Template.SHARED_DAILY: Tone.GENERATED,
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A notice that cannot become a letter, and why, in words for the log and the ticket."""

    notice: Notice
    why: str


@dataclass(frozen=True, slots=True)
class Composed:
    """The letters of one decision. `faults` are mistakes in templates that another template made good."""

    letters: tuple[Letter, ...]
    skipped: tuple[Skipped, ...] = ()
    faults: tuple[Diagnostic, ...] = ()


def compose(
    notices: Sequence[Notice],
    *,
    ruleset: Ruleset,
    templates: Templates,
    keyring: Keyring,
    cause: str,
    now: datetime,
    attachments: Attachments,
    texts: Texts,
    passed_through: Sequence[str] = (),
    web_url: str = "",
) -> Composed:
    """Write one letter for each notice. `cause` is what the decision is about ("m17"): it names the letters.

    The same arguments give the same letters. `attachments` gives the files of a stored mail by its intake id,
    `texts` the words of one that is passed on. `passed_through` are the mailroutes that the mail came through which
    brought the decision: a letter names them beside us, so that two of them cannot write to each other for ever.
    `web_url` is where our pages are; without it no letter leads to one.
    """
    own = instance_names(keyring, ruleset.organisation.id)[0]
    instances = tuple(dict.fromkeys((own, *passed_through)))[:INSTANCES]
    desk = _Desk(ruleset, templates, keyring, cause, now, Enclosures(attachments, texts), instances, web_url)
    letters: list[Letter] = []
    skipped: list[Skipped] = []
    faults: list[Diagnostic] = []
    for index, notice in enumerate(notices, 1):
        if why := _why_not(notice, ruleset):
            skipped.append(Skipped(notice, why))
            continue
        letter, passed_over = desk.write(notice, index)
        letters.append(letter)
        faults += passed_over
    return Composed(tuple(letters), tuple(skipped), tuple(faults))


def _why_not(notice: Notice, ruleset: Ruleset) -> str:
    """Why a notice cannot become a letter, or ""."""
    if headers.ascii_address(notice.to.address) is None:
        return f"no relay takes the address {headers.clean(notice.to.address, 254)!r}"
    if headers.ascii_address(ruleset.inbox(notice.leaves_from).address) is None:
        return "the inbox that the letter leaves from has no sound address"
    if notice.to.kind in CUSTOMER_KINDS and notice.template not in FOR_CUSTOMERS:
        return f"{notice.template} is an internal letter and {notice.to.kind} is not of the house"
    if (
        notice.to.kind is PartyKind.PARTNER
        and notice.template not in FOR_OUTSIDE
        and not is_to_reporter(notice)
    ):
        return f"{notice.template} is no letter for a partner or a firm"
    return ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all letters of one decision share."""

    ruleset: Ruleset
    templates: Templates
    keyring: Keyring
    cause: str
    now: datetime
    stored: Enclosures
    instances: tuple[str, ...]
    web_url: str

    def write(self, notice: Notice, index: int) -> tuple[Letter, tuple[Diagnostic, ...]]:
        """One letter, and the templates that had to be passed over for it."""
        organisation, number = self.ruleset.organisation, notice.number
        inbox = self.ruleset.inbox(notice.leaves_from)
        name = letter_id(organisation.id, self.cause, index)
        token = reply_token(self.keyring, organisation.id, number, address_key(notice.to.address))
        language = words.known_language(notice.language, organisation.language)
        parts, files = self.stored.files(notice, language)
        messages = self.stored.passages(notice, zone_of(notice, self.ruleset), language)
        title = notice.ticket.label if notice.ticket else headers.clean(organisation.name, headers.NAME_CHARS)
        buttons = mailto(inbox, number, token, words.VERBS[language], title, _meant(notice))
        values = values_of(notice, self.ruleset, buttons, files, messages, language)
        values = hide_accounts(values, notice, self.ruleset)
        values = replace(values, link=self._on_our_pages(values.link), page=self._on_our_pages(values.page))
        if any(one.number is not None for one in notice.items):
            values = replace(values, items=self._with_links(notice, values.items, inbox))
        rendered, faults = self.templates.render(notice.template, values, commercial=notice.commercial)
        identity = message_id(number, token, name, _domain(inbox))
        subject = headers.short_subject(rendered.subject, notice.ticket.label if notice.ticket else "")
        head = self._head(notice, inbox, token, identity, subject, rendered)
        body = alternative(name, rendered.text, rendered.html, parts if values.files else ())
        letter = Letter(
            id=name,
            organisation=organisation.id,
            number=number,
            template=notice.template,
            to=notice.to,
            mail_from=_ascii(bounce_address(inbox, name, self.keyring)),
            message_id=identity,
            subject=subject,
            content=head + body,
            not_before=notice.not_before,
            acknowledges=notice.acknowledges,
            listed=tuple(one.number for one in notice.items if one.number is not None),
        )
        return letter, faults

    def _on_our_pages(self, path: str) -> str:
        return self.web_url + path if self.web_url and path else ""

    def _with_links(self, notice: Notice, items: tuple[ListItem, ...], inbox: Inbox) -> tuple[ListItem, ...]:
        """Each ticket of a list with the address at which its reader answers it."""
        organisation, reader = self.ruleset.organisation.id, address_key(notice.to.address)
        verbs = words.VERBS[words.known_language(notice.language, self.ruleset.organisation.language)]
        linked = []
        for one, shown in zip(notice.items, items, strict=True):
            if one.number is None:
                linked.append(shown)
                continue
            token = reply_token(self.keyring, organisation, one.number, reader)
            linked.append(replace(shown, link=mailto(inbox, one.number, token, verbs, one.head).answer))
        return tuple(linked)

    def _head(
        self, notice: Notice, inbox: Inbox, token: str, identity: str, subject: str, rendered: Rendered
    ) -> bytes:
        """Exactly these fields, each once; the body begins with its Content-Type."""
        organisation, number = self.ruleset.organisation, notice.number
        sender_name = inbox.name or organisation.name
        # A stranger's name is their own words: it goes into no letter of ours.
        reader_name = notice.to.name if notice.to.id is not None else ""
        in_reply_to, references = _thread(notice, _domain(inbox))
        return headers.block(
            [
                ("From", headers.mailbox(sender_name, _ascii(inbox.address))),
                ("To", headers.mailbox(reader_name, _ascii(notice.to.address))),
                ("Reply-To", headers.mailbox(sender_name, _ascii(reply_address(inbox, number, token)))),
                ("Subject", headers.unstructured(subject)),
                ("Date", format_datetime(self.now.astimezone(UTC)).encode("ascii")),
                ("Message-ID", identity.encode("ascii")),
                ("In-Reply-To", headers.message_ids(in_reply_to)),
                ("References", headers.message_ids(references)),
                *_conversation(notice),
                *_automatic(notice),
                *(
                    ("X-Mailroute-Instance", headers.unstructured(headers.clean(one, 80)))
                    for one in self.instances
                ),
                ("Content-Language", rendered.language.encode("ascii")),
                ("MIME-Version", b"1.0"),
            ]
        )


def _automatic(notice: Notice) -> list[tuple[str, bytes]]:
    """RFC 3834 §5 and Exchange's own field; a letter to staff that nobody needs to answer is bulk too."""
    tone = tone_of(notice)
    if tone is Tone.PERSONAL:
        return []
    fields = [("Auto-Submitted", tone.encode("ascii")), ("X-Auto-Response-Suppress", b"All")]
    if tone is Tone.GENERATED and notice.to.kind not in CUSTOMER_KINDS:
        fields.append(("Precedence", b"bulk"))
    return fields


def tone_of(notice: Notice) -> Tone:
    """Whether the letter says that a machine wrote it."""
    if notice.template in (Template.CLOSED, Template.REOPENED) and notice.to.kind in CUSTOMER_KINDS:
        return Tone.GENERATED
    return _TONES.get(notice.template, Tone.PERSONAL)


def _thread(notice: Notice, domain: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """In-Reply-To and References. A customer's letter lies in their thread, those to staff lie in one of ours.

    The two never mix: a customer's mail program would else show what exists beside their own conversation.
    """
    last, ticket = notice.in_reply_to or "", notice.ticket
    if ticket is None:
        return (last,), (*notice.references, last)
    if notice.to.kind in CUSTOMER_KINDS or notice.template is Template.ACKNOWLEDGEMENT:
        last = last or ticket.last_message_id or ""
        return (last,), (*notice.references, last)
    root = f"ticket-{ticket.number}.{_short(ticket.organisation)}@{domain}"
    return (last or root,), (root, last)


def _conversation(notice: Notice) -> list[tuple[str, bytes]]:
    """What Outlook and Exchange keep a conversation together by, whatever its subjects say (MS-OXOMSG §2.2.1.3).

    The first six octets are a time, the rest is the conversation; ours is the ticket. Only for letters to staff: a
    customer's letter belongs into a conversation that they began.
    """
    if notice.ticket is None or notice.to.kind in CUSTOMER_KINDS:
        return []
    ticket = notice.ticket
    guid = sha256(f"{ticket.organisation}/{ticket.number}".encode("utf-8", "replace")).digest()[:16]
    opened = int((ticket.opened_at - _FILETIME_BEGINS).total_seconds() * 10**7).to_bytes(8, "big")[:6]
    return [
        ("Thread-Topic", headers.unstructured(ticket.label)),
        ("Thread-Index", b64encode(opened + guid)),
    ]


_FILETIME_BEGINS = datetime(1601, 1, 1, tzinfo=UTC)


def _meant(notice: Notice) -> str:
    """The verb that a button of a preview fills in; what is to be filled in by hand ends with a blank."""
    verb, colon, _ = notice.reason.partition(":")
    named = notice.reason if notice.reason.count(" ") > 1 or not colon else f"{verb}: "
    return named if notice.template is Template.PREVIEW else ""


def _short(organisation: str) -> str:
    """Something of the organisation's for a Message-ID, whatever characters its id has."""
    return sha256(organisation.encode("utf-8", "replace")).hexdigest()[:8]


def _domain(inbox: Inbox) -> str:
    return _ascii(inbox.address).rpartition("@")[2]


def _ascii(address: str) -> str:
    """The address for the wire; `_why_not` has seen to it that there is one."""
    spelled = headers.ascii_address(address)
    assert spelled is not None
    return spelled
