"""Bytes of a mail to a Message. Total: any bytes give one, what was odd stands in its defects.

Must never raise, never look at clock, network or store, and never cost more than time in proportion to the
mail: the caps of `model.limits` are kept by the modules that read (headers, structure, bodytext).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailroute.message.addresses import read_addresses, read_ids
from mailroute.message.automatic import classify
from mailroute.message.away import find_away
from mailroute.message.bodytext import Body, best_text
from mailroute.message.bounce import find_bounce, is_failure
from mailroute.message.charset import decode_header
from mailroute.message.clean import clean_header
from mailroute.message.dates import read_date
from mailroute.message.files import attachments_of
from mailroute.message.forwards import find_forwarded
from mailroute.message.headers import Head
from mailroute.message.identity import read_authentication, read_author
from mailroute.message.language import language_of
from mailroute.message.opened import hidden_subject, open_sealed
from mailroute.message.parts import Part, leaves
from mailroute.message.quotes import split_text
from mailroute.message.sealed import signals_of
from mailroute.message.structure import read_mail
from mailroute.message.wording import is_forward_subject, is_reply_subject
from mailroute.model.address import Address
from mailroute.model.limits import HEADER_FIELD_BYTES, HOPS, SUBJECT_CHARS
from mailroute.model.message import Automatic, Forwarded, Message

_HEADER_CHARS = 2000
_INSTANCES = 20
_INSTANCE_CHARS = 100
_DATE_CHARS = 100
_CONTROL = "x-mailroute-"


def parse(
    content: bytes,
    *,
    borders: tuple[str, ...] = (),
    forwarders: tuple[str, ...] = (),
    keys: tuple[bytes, ...] = (),
) -> Message:
    """Understand a mail.

    `borders` are the authserv-ids (RFC 8601 §2.5) whose Authentication-Results are believed, `forwarders` the
    domains whose ARC seals (RFC 8617) are believed where a border found them whole, `keys` the files that open what
    was encrypted to this house (extra `crypto`).
    """
    head, root, defects = read_mail(content)
    from_ = _shown_senders(head)
    author, author_defects = read_author(head)
    opened, inner_head = open_sealed(content, head, root, keys, author.address if author else "")
    subject = _text(head, "subject", SUBJECT_CHARS)
    subject = _decoded(hidden_subject(subject, inner_head), head.hint, SUBJECT_CHARS) or subject
    date, date_defects = _date(head)
    body = best_text(root)
    attachments = attachments_of(root)
    bounce = find_bounce(head, root, subject, from_[0].address if from_ else "", body.text)
    in_reply_to = read_ids(head.values("in-reply-to"))
    references = read_ids(head.values("references"))
    is_answer = bool(in_reply_to or references) or is_reply_subject(subject) or is_forward_subject(subject)
    new, unquoted = split_text(body.by_hand, is_answer)
    automatic, signals = classify(
        head,
        root,
        subject,
        from_[0].address if from_ else "",
        unquoted,
        bounced=is_failure(bounce),
    )
    forwarded = None if automatic is Automatic.BOUNCE else find_forwarded(root, body.text, subject)
    odd = [*defects, *author_defects, *date_defects, *body.defects, *_defects_of_whole(content, head, root)]
    return Message(
        message_id=next(iter(read_ids(head.values("message-id"))), None),
        in_reply_to=in_reply_to,
        references=references,
        date=date,
        subject=subject,
        from_=from_,
        author=author,
        reply_to=read_addresses(head.values("reply-to"), head.hint),
        to=read_addresses(head.values("to"), head.hint),
        cc=read_addresses(head.values("cc"), head.hint),
        text=body.text,
        new_text=new,
        attachments=attachments,
        language=language_of(f"{subject}\n{new}"),
        auth=read_authentication(head, borders, author, forwarders),
        automatic=automatic,
        signals=tuple(dict.fromkeys((*signals, *signals_of(root, body.text, body.signed), *opened))),
        forwarded=_with_signature(forwarded) if forwarded else None,
        bounce=bounce,
        instances=_instances(head),
        hops=len(head.values("received")),
        headers=_headers(head),
        defects=tuple(dict.fromkeys(odd)),
        away=find_away(body.text, date.date() if date else None)
        if automatic is Automatic.AUTO_REPLIED
        else None,
        signature=_only_in(_with_added(body, unquoted, is_answer), new),
    )


def _with_added(body: Body, unquoted: str, is_answer: bool) -> str:
    """The unquoted text with the signatures that HTML marks: `unquoted` is without them."""
    return unquoted if body.by_hand == body.text else split_text(body.text, is_answer)[1]


def _with_signature(forwarded: Forwarded) -> Forwarded:
    """With the lines below its closing, which say who wrote it rather than what about."""
    new, unquoted = split_text(forwarded.text, is_answer=False)
    return replace(forwarded, signature=_only_in(unquoted, new))


def _only_in(unquoted: str, new: str) -> str:
    """The lines that are left out of the new text: closing, names, addresses, disclaimers."""
    kept = frozenset(new.split("\n"))
    return "\n".join(line for line in unquoted.split("\n") if line not in kept)


def _text(head: Head, name: str, limit: int) -> str:
    """A header as one clean line; "" where there is none."""
    return _decoded(head.first(name), head.hint, limit)


def _decoded(value: bytes | None, hint: str, limit: int) -> str:
    return clean_header(decode_header(value[:HEADER_FIELD_BYTES], hint), limit) if value else ""


def _shown_senders(head: Head) -> tuple[Address, ...]:
    """From as it should be shown: mailboxes with an address before those without.

    Where none has one, the address of another field is shown under the name: somebody wants an answer. Identity
    never comes from here (`identity.read_author`).
    """
    senders = read_addresses(head.values("from")[:2], head.hint)
    with_address = tuple(one for one in senders if one.address)
    if with_address:
        return with_address
    for name in ("sender", "reply-to", "return-path"):
        other = next((one for one in read_addresses(head.values(name)[:1], head.hint) if one.address), None)
        if other:
            return (Address(senders[0].name if senders else other.name, other.address),)
    return senders


def _instances(head: Head) -> tuple[str, ...]:
    """Which mailroutes wrote or passed on this mail."""
    values = head.values("x-mailroute-instance")[:_INSTANCES]
    return tuple(clean_header(decode_header(value), _INSTANCE_CHARS) for value in values)


def _headers(head: Head) -> tuple[tuple[str, str], ...]:
    """All headers as clean lines, capped in number by `headers` and in length here.

    Without ours: whoever writes a mail can write them, so no rule may see them (reliability §3, "control").
    """
    return tuple(
        (one.name, clean_header(decode_header(one.value[: 2 * _HEADER_CHARS], head.hint), _HEADER_CHARS))
        for one in head.fields
        if not one.name.startswith(_CONTROL)
    )


def _date(head: Head) -> tuple[datetime | None, list[str]]:
    """The moment of the Date field and what was wrong with it."""
    text = _text(head, "date", _DATE_CHARS)
    moment = read_date(text) if text else None
    return moment, ["date-unreadable"] if text and moment is None else []


def _defects_of_whole(content: bytes, head: Head, root: Part) -> list[str]:
    """What is odd about the mail as a whole. Called after all parts were decoded."""
    found = {
        "empty": not content.strip(),
        "encoding-broken": any(leaf.broken for leaf in leaves(root)),
        "hops-too-many": len(head.values("received")) > HOPS,
    }
    return [name for name, is_so in found.items() if is_so]
