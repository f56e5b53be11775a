"""Whether a condition of a rule holds for a mail: the closed vocabulary of `when` (design §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from mailroute.model.address import address_key
from mailroute.model.condition import (
    AllOf,
    Always,
    AnyOf,
    AttachmentIs,
    Condition,
    DomainIs,
    FromIs,
    HeaderHas,
    InboxIs,
    LanguageIs,
    Not,
    Phrase,
    Regex,
    SenderIs,
    Words,
)
from mailroute.model.decision import Sender
from mailroute.model.mail import Envelope
from mailroute.model.message import Attachment, Message
from mailroute.model.text import fold

# What a condition that holds says for itself: the words that spoke. None: it does not hold.
Reason = str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """All that conditions may ask of one mail. `words` and `phrases` are the patterns of the rules that were heard,
    with the words of the mail; `patterns` the compiled regular expressions."""

    message: Message
    sender: Sender
    envelope: Envelope
    text: str
    words: Mapping[str, str]
    phrases: Mapping[str, str]
    patterns: Mapping[str, Any]  # re2 has no types


def reason_for(condition: Condition, asked: Asked) -> Reason:
    """Why the condition holds, in a few words; None if it does not."""
    match condition:
        case Words():
            return _first(asked.words.get(word) for word in condition.words)
        case Phrase():
            return _first(asked.phrases.get(phrase) for phrase in condition.phrases)
        case Regex():
            return _regex(condition.pattern, asked)
        case SenderIs():
            kind = asked.sender.party.kind.value
            return f"the sender is {kind}" if kind in condition.kinds else None
        case FromIs():
            address = _author(asked)
            return f"from {address}" if address and address in map(address_key, condition.addresses) else None
        case DomainIs():
            return _domain(condition, asked)
        case InboxIs():
            inbox = address_key(asked.envelope.inbox)
            return f"written to {inbox}" if inbox in map(address_key, condition.addresses) else None
        case HeaderHas():
            return _header(condition, asked)
        case AttachmentIs():
            return _first(_attached(condition, attachment) for attachment in asked.message.attachments)
        case LanguageIs():
            language = asked.message.language
            return f"language {language}" if language in condition.languages else None
        case _:
            return _combined(condition, asked)


def _combined(condition: AllOf | AnyOf | Not | Always, asked: Asked) -> Reason:
    match condition:
        case AllOf():
            reasons = [reason_for(one, asked) for one in condition.conditions]
            return " and ".join(r for r in reasons if r is not None) if None not in reasons else None
        case AnyOf():
            return _first(reason_for(one, asked) for one in condition.conditions)
        case Not():
            return "nothing speaks against it" if reason_for(condition.condition, asked) is None else None
        case Always():
            return "always"
        case _:
            assert_never(condition)


def parts_of(condition: Condition | None) -> Iterator[Condition]:
    """The condition and everything inside it."""
    match condition:
        case None:
            return
        case AllOf() | AnyOf():
            for one in condition.conditions:
                yield from parts_of(one)
        case Not():
            yield from parts_of(condition.condition)
        case _:
            pass
    yield condition


def _first(reasons: Iterator[Reason]) -> Reason:
    return next((reason for reason in reasons if reason is not None), None)


def _author(asked: Asked) -> str:
    """Only a From that can be trusted to say one thing is compared."""
    return asked.message.author.key if asked.message.author else ""


def _regex(pattern: str, asked: Asked) -> Reason:
    compiled = asked.patterns.get(pattern)
    found = compiled.search(asked.text) if compiled is not None else None
    return f'"{found.group()[:80].strip()}"' if found is not None else None


def _domain(condition: DomainIs, asked: Asked) -> Reason:
    domain = _author(asked).rpartition("@")[2]
    for wanted in condition.domains:
        folded = wanted.lower().lstrip("@.")
        if domain and (domain == folded or domain.endswith("." + folded)):
            return f"from the domain {domain}"
    return None


def _header(condition: HeaderHas, asked: Asked) -> Reason:
    name, contains = condition.name.lower(), fold(condition.contains)
    for header, value in asked.message.headers:
        if header == name and contains in fold(value):
            return f"header {condition.name}" + (f' has "{condition.contains}"' if contains else "")
    return None


def _attached(condition: AttachmentIs, attachment: Attachment) -> Reason:
    ending = attachment.name.lower().rpartition(".")[2] if "." in attachment.name else ""
    kind = attachment.type.lower()
    for wanted in map(str.lower, condition.types):
        by_type = kind == wanted or (wanted.endswith("/*") and kind.startswith(wanted[:-1]))
        if by_type or (ending and ending == wanted.lstrip("*.")):
            return f"attachment {attachment.name or kind}"
    return None
