"""What a template may say: the values of one letter, plain texts and numbers, chosen before any template sees them.

What a reader must not see is left out here, not in the templates: a letter to a customer is made from values that
hold nothing internal, and an automatic one holds none of the sender's own words (reliability §0.9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from mailroute.model import limits
from mailroute.model.letter import Item, Notice, Template
from mailroute.model.marker import REPLY_MARKER
from mailroute.model.matter import is_emergency, matter_in_words
from mailroute.model.moment import date_and_time
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Party, PartyKind, Status
from mailroute.notify import words
from mailroute.notify.headers import NAME_CHARS, SUBJECT_CHARS, clean
from mailroute.notify.persons import NOBODY, Person, known_name, person, staff_person
from mailroute.notify.readers import CUSTOMER_KINDS, FOR_CUSTOMERS, FOR_FIRMS, FOR_PARTNERS_WHO_HAVE_IT
from mailroute.notify.reply_address import Mailto

# What a person wrote to persons.
_CONVERSATIONS = (Template.ANSWER, Template.SHARED, Template.SHARED_DAILY)
_WITHOUT_MATTER = (Template.PARTNER_RECEIPT, Template.PARTNER_EXPIRED)

# Control characters but tab and line feed; marks that turn the direction of text round, so that it reads
# differently from what it says; a byte order mark; half a surrogate pair.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_REPLY_PREFIXES = re.compile(r"(?:(?:re|aw|antw|wg|fwd?)(?:\[\d{1,3}\])?: ?){1,20}", re.IGNORECASE)
_LABEL = re.compile("T-[0-9]{1,12}")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85]")


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of a customer's mail. Not `enclosed`: `too_large` to go along, or only to be named."""

    name: str
    size: str
    enclosed: bool
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A mail of the ticket that is passed on. `skipped` mails between the one before and this one are left out."""

    author: Person
    at: str
    text: str
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class TranscriptLine:
    """What was understood, and what came of it."""

    said: str
    did: str
    done: bool


@dataclass(frozen=True, slots=True)
class ListItem:
    """One line of a list: `due` is local date and time, `link` the `mailto:` address that answers the ticket, or "";
    `text` is what somebody wrote in it, `choices` the numbered list that waits in it."""

    head: str
    words: str
    note: str
    due: str
    late: bool
    link: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Values:
    """Everything a template of `templates/<language>/` may use, by these names. Texts are "" where there is nothing.

    `number` is "" for a letter that belongs to no ticket; then all that is a ticket's is empty too.
    `reporter` wrote the mail that the ticket began with; `author` wrote `text` or did what the letter tells about;
    `assignee` has the ticket. Where there is no `text` to pass on there may be `messages`: the mails of the ticket,
    oldest first. `case_type` is "" while it is unclear, and ends in a question mark while it is an emergency that is only
    `feared`. `due` and `opened` are local date and time.
    `hints` are further sentences for a customer. `not_done` counts the lines of a transcript that were not carried out.
    `items` are the lines of a list. `mailto` holds the addresses of the buttons. `closing_letter`: the text of `erledigt:` is sent to the customer.
    `needs` is what is missing, as questions to a reporter and as words to staff (`asked`: the reporter was asked);
    `choices` is the numbered list that a reporter may pick from. `link` leads to a page of ours that is for the reader
    alone, `code` is asked for there. `page` leads to the page that shows the same as the letter.
    """

    language: str
    greeting: str
    organisation: str
    footer: str
    emergency_phone: str
    marker: str
    to_customer: bool
    number: str
    subject: str
    place: str
    case_type: str
    urgency: int
    urgency_word: str
    emergency: bool
    feared: bool
    role: str
    opened: str
    due: str
    reminders: int
    accepted: bool
    closed: bool
    reporter: Person
    author: Person
    assignee: Person
    text: str
    messages: tuple[Passage, ...]
    reason: str
    imitates: str
    why: tuple[str, ...]
    hints: tuple[str, ...]
    candidates: tuple[str, ...]
    lines: tuple[TranscriptLine, ...]
    not_done: int
    items: tuple[ListItem, ...]
    files: tuple[File, ...]
    mailto: Mailto
    closing_letter: bool
    needs: tuple[str, ...]
    choices: tuple[str, ...]
    asked: bool
    link: str
    code: str
    page: str


_NAMES = tuple(field.name for field in fields(Values))


def by_name(values: Values) -> Mapping[str, object]:
    """The values as the names of a template."""
    return {name: getattr(values, name) for name in _NAMES}


def known_names(value: str | None) -> list[str]:
    """The names of all values, or of what belongs to the value of this class (`Person`)."""
    known = {one.__name__: one for one in (Person, File, Passage, TranscriptLine, ListItem, Mailto)}
    return sorted(field.name for field in fields(known.get(value or "", Values)))


def body_text(text: str) -> str:
    """A text of somebody else, readable as it is: line feeds only, nothing that hides or turns what it says."""
    text = _LINE_ENDS.sub("\n", text[: limits.TEXT_CHARS])
    return _UNREADABLE.sub("", text).strip("\n")


def is_customer(party: Party) -> bool:
    """Whether somebody must see nothing internal."""
    return party.kind in CUSTOMER_KINDS


def is_to_reporter(notice: Notice) -> bool:
    """Whether the reader is told as whoever reported the matter: a partner may write to us like anybody."""
    reported = notice.ticket is not None and notice.to.address == notice.ticket.reporter.address
    return reported and notice.template in FOR_CUSTOMERS


def values_of(
    notice: Notice,
    ruleset: Ruleset,
    mailto: Mailto,
    files: tuple[File, ...],
    messages: tuple[Passage, ...],
    language: str,
) -> Values:
    """The values for one letter; `files` are already cleaned."""
    everything = replace(_internal_values(notice, ruleset, mailto, language), files=files, messages=messages)
    as_reporter = is_to_reporter(notice) and not notice.to.is_staff
    if notice.to.kind is PartyKind.PARTNER and not as_reporter:
        return _for_outside(everything, notice.template)
    if not as_reporter and not is_customer(notice.to) and notice.template is not Template.ACKNOWLEDGEMENT:
        return everything
    return _with_question(_without_internals(everything, notice.template), notice, language)


def _may_read_reason(values: Values, template: Template) -> bool:
    """Of a ticket that was split off the number that the reporter knows, and nothing else."""
    is_number = _LABEL.fullmatch(values.reason) is not None
    return template is Template.INVITATION or (template is Template.SPLIT and is_number)


def _with_question(values: Values, notice: Notice, language: str) -> Values:
    """Only the acknowledgement asks; what it lists is the reader's own."""
    if notice.template is not Template.ACKNOWLEDGEMENT:
        return values
    needs = tuple(words.asks_for(one, language) for one in notice.needs)
    return replace(values, needs=needs, choices=tuple(clean(one, 200) for one in notice.choices))


def zone_of(notice: Notice, ruleset: Ruleset) -> str:
    """The time zone of the reader."""
    readers = ruleset.partners if notice.to.kind is PartyKind.PARTNER else ruleset.staff
    reader = next((one for one in readers if one.id == notice.to.id), None)
    return ruleset.calendar(reader.calendar if reader else None).zone


def _internal_values(notice: Notice, ruleset: Ruleset, mailto: Mailto, language: str) -> Values:
    plain = _values_without_ticket(notice, ruleset, mailto, language)
    ticket = notice.ticket
    if ticket is None:
        return plain
    zone = zone_of(notice, ruleset)
    reporter = person(ticket.reporter, language)
    return replace(
        plain,
        number=ticket.label,
        subject=_REPLY_PREFIXES.sub("", clean(ticket.subject, SUBJECT_CHARS)),
        case_type=matter_in_words(ticket, ruleset, language),
        urgency=ticket.urgency,
        urgency_word=words.urgency(ticket.urgency, language),
        emergency=is_emergency(ticket, ruleset),
        feared=ticket.feared,
        role=_role_name(ruleset, ticket.role, language),
        opened=date_and_time(ticket.opened_at, zone, language),
        reminders=ticket.reminders,
        accepted=ticket.status is Status.ACCEPTED,
        closed=ticket.status is Status.CLOSED,
        reporter=reporter,
        author=plain.author if notice.author else reporter,
        assignee=staff_person(ruleset, ticket.assignee, language),
        asked=ticket.asked,
    )


def _values_without_ticket(notice: Notice, ruleset: Ruleset, mailto: Mailto, language: str) -> Values:
    """What the notice itself says: all there is of a letter that belongs to no ticket."""
    organisation, zone = ruleset.organisation, zone_of(notice, ruleset)
    due = None if notice.template is Template.INFORMED else notice.due
    return Values(
        language=language,
        greeting=words.greeting(known_name(notice.to), language),
        organisation=organisation.name,
        footer=organisation.footer.in_language(language).strip(),
        emergency_phone=organisation.emergency_phone or "",
        marker=REPLY_MARKER,
        to_customer=False,
        number="",
        subject="",
        place=clean(notice.place, SUBJECT_CHARS),
        case_type="",
        urgency=3,
        urgency_word="",
        emergency=False,
        feared=False,
        role="",
        opened="",
        # Who is only informed has no date to keep.
        due=date_and_time(due, zone, language) if due else "",
        reminders=0,
        accepted=False,
        closed=False,
        reporter=NOBODY,
        author=person(notice.author, language) if notice.author else NOBODY,
        assignee=NOBODY,
        text=body_text(notice.text),
        messages=(),
        reason=body_text(notice.reason),
        imitates=clean(notice.imitates, NAME_CHARS),
        why=tuple(clean(one, 300) for one in notice.why),
        hints=tuple(clean(one, 300) for one in notice.hints),
        candidates=tuple(clean(one, 300) for one in notice.candidates),
        lines=tuple(
            TranscriptLine(clean(one.said, 200), clean(one.did, 500), one.done) for one in notice.lines
        ),
        not_done=sum(not one.done for one in notice.lines),
        items=tuple(_item(one, zone, language) for one in notice.items),
        files=(),
        mailto=mailto,
        closing_letter="closing-letter" in organisation.features,
        needs=tuple(words.missing(one, language) for one in notice.needs),
        choices=(),
        asked=False,
        link=clean(notice.link, 500),
        code=clean(notice.code, 20),
        page=clean(notice.page, 500),
    )


def _without_internals(values: Values, template: Template) -> Values:
    """The same for a customer. An acknowledgement is automatic: of the sender's own words it holds none.

    It does say where to call in an emergency, and whether theirs looks like one: that is their own matter.
    """
    human = template is not Template.ACKNOWLEDGEMENT
    return replace(
        values,
        to_customer=True,
        # Mail programs keep a conversation together by its subject too; a person of ours sends this one.
        subject=values.subject if template in _CONVERSATIONS else "",
        place="",
        case_type="",
        urgency=3,
        urgency_word="",
        emergency=values.emergency and not human,
        feared=False,
        role="",
        due="",
        reminders=0,
        reporter=values.reporter if template is Template.SHARED else NOBODY,
        author=values.author if human else NOBODY,
        assignee=NOBODY,
        text=values.text if human else "",
        messages=(),
        imitates="",
        reason=values.reason if _may_read_reason(values, template) else "",
        why=(),
        candidates=(),
        lines=(),
        not_done=0,
        needs=(),
        choices=(),
        asked=False,
        items=values.items if template is Template.SHARED_DAILY else (),
        # Only what a colleague attached to their answer; the files of other mails are not the reader's.
        files=values.files if template in _CONVERSATIONS else (),
    )


def _for_outside(values: Values, template: Template) -> Values:
    """The same for a partner or a firm. Who has not accepted learns the kind of matter and the town (REQ-D7)."""
    values = replace(
        values, role="", urgency=3, urgency_word="", assignee=NOBODY, candidates=(), why=(), items=()
    )
    if template in FOR_PARTNERS_WHO_HAVE_IT:
        return values
    is_order = template in FOR_FIRMS
    return replace(
        values,
        subject="",
        opened="",
        emergency=False,
        reminders=0,
        accepted=False,
        closed=False,
        place=values.place if template is Template.PARTNER_OFFER else "",
        case_type="" if template in _WITHOUT_MATTER else values.case_type,
        reporter=NOBODY,
        author=NOBODY,
        messages=(),
        text=values.text if is_order else "",
        reason=values.reason if is_order else "",
        # Only what the assignee attached to the order.
        files=values.files if is_order else (),
    )


def _item(one: Item, zone: str, language: str) -> ListItem:
    due = date_and_time(one.due, zone, language) if one.due else ""
    head, note = clean(one.head, 120), clean(one.note, 200)
    choices = tuple(clean(each, 300) for each in one.choices)
    words_ = clean(one.words, 300)
    return ListItem(head, words_, note, due, one.late, text=body_text(one.text), choices=choices)


def _role_name(ruleset: Ruleset, role_id: str, language: str) -> str:
    return next((role.name.in_language(language) for role in ruleset.roles if role.id == role_id), role_id)
