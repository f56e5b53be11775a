"""A mail that a condition takes, so that whoever reads of a mistake sees what is meant; none where that is not certain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailroute.model import condition as m
from mailroute.model.text import fold

_SENDERS = {
    "tenant": "a tenant",
    "owner": "an owner",
    "customer": "a customer",
    "staff": "one of the staff",
    "partner": "a partner",
    "unknown": "somebody unknown",
}
_LANGUAGES = {"de": "German", "en": "English"}
# What a pattern of words has besides words: `a … b`, `a + b`, `a|b`.
_ALTERNATIVE = re.compile(r"\s*\|\s*\S+(?:\s+(?![+|…]))?")
_JOINS = re.compile(r"\s*(?:…|\.\.\.|\+)\s*")
_PLAIN = re.compile(r"[a-z0-9 ]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as far as it must be known. `unlike` are words that it must not have."""

    text: tuple[str, ...] = ()
    sender: str = ""
    from_: str = ""
    inbox: str = ""
    language: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The mail in a few words, to stand behind "such as"."""
        who = self.from_ or _SENDERS.get(self.sender, "")
        parts = [
            f"a mail in {_LANGUAGES[self.language]}" if self.language else "a mail",
            f"from {who}" if who else "",
            f"to {self.inbox}" if self.inbox else "",
            *(f"with the header {name}: {value or '…'}" for name, value in self.headers),
            *(f"with {name}" for name in self.attachments),
            f"that says “{' … '.join(self.text)}”" if self.text else "",
        ]
        return " ".join(part for part in parts if part)


def mail_that(condition: m.Condition) -> Shown | None:
    """A mail for which the condition holds; None if there is none that can be named with certainty."""
    found = _meets(condition, Shown())
    if found is None or any(_is_in(word, found.text) for word in found.unlike):
        return None
    return found


def _meets(condition: m.Condition, mail: Shown) -> Shown | None:
    """The mail with what the condition asks for besides; None if that contradicts what it has, or cannot be named."""
    match condition:
        case m.AllOf(conditions=conditions):
            return _meets_all(conditions, mail)
        case m.AnyOf(conditions=conditions):
            return next((found for one in conditions if (found := _meets(one, mail)) is not None), None)
        case m.Not(condition=inner):
            return _meets_not(inner, mail)
        case m.Words(words=(first, *_)) | m.Phrase(phrases=(first, *_)):
            return replace(mail, text=(*mail.text, _spoken(first)))
        case m.Regex(pattern=pattern):
            return replace(mail, text=(*mail.text, pattern)) if _PLAIN.fullmatch(pattern) else None
        case m.HeaderHas(name=name, contains=contains):
            return replace(mail, headers=(*mail.headers, (name, contains)))
        case m.AttachmentIs(types=(first, *_)):
            return replace(mail, attachments=(*mail.attachments, _file(first)))
        case m.Always():
            return mail
        case _:
            return _meets_about_people(condition, mail)


def _meets_about_people(condition: m.Condition, mail: Shown) -> Shown | None:
    """The same for what a mail has only one of: two that differ contradict each other."""
    match condition:
        case m.SenderIs(kinds=kinds):
            sender = _one_of(mail.sender, kinds)
            return replace(mail, sender=sender) if sender else None
        case m.FromIs(addresses=addresses):
            from_ = _one_of(mail.from_, addresses)
            return replace(mail, from_=from_) if from_ else None
        case m.DomainIs(domains=domains):
            wanted = domains[0].lower().lstrip("@.")
            from_ = mail.from_ or f"info@{wanted}"
            return (
                replace(mail, from_=from_) if from_.lower().endswith(("@" + wanted, "." + wanted)) else None
            )
        case m.InboxIs(addresses=addresses):
            inbox = _one_of(mail.inbox, addresses)
            return replace(mail, inbox=inbox) if inbox else None
        case m.LanguageIs(languages=languages):
            language = _one_of(mail.language, languages)
            return replace(mail, language=language) if language else None
        case _:
            return None


def _one_of(already: str, possible: Sequence[str]) -> str:
    if not already:
        return possible[0] if possible else ""
    return already if already in possible else ""


def _meets_all(conditions: Iterable[m.Condition], mail: Shown) -> Shown | None:
    # What must not be is looked at last, when everything that must be is known.
    for one in sorted(conditions, key=lambda one: isinstance(one, m.Not)):
        found = _meets(one, mail)
        if found is None:
            return None
        mail = found
    return mail


def _meets_not(inner: m.Condition, mail: Shown) -> Shown | None:
    match inner:
        case m.Words(words=words) | m.Phrase(phrases=words):
            return replace(mail, unlike=(*mail.unlike, *words))
        case m.SenderIs(kinds=kinds):
            other = next((kind for kind in ("unknown", *_SENDERS) if kind not in kinds), "")
            sender = mail.sender or other
            return replace(mail, sender=sender) if sender and sender not in kinds else None
        case m.InboxIs(addresses=addresses) if mail.inbox and mail.inbox not in addresses:
            return mail
        case m.LanguageIs(languages=languages) if mail.language and mail.language not in languages:
            return mail
        case m.HeaderHas() if not mail.headers:
            return mail
        case m.AttachmentIs() if not mail.attachments:
            return mail
        case _:
            return None


def _spoken(pattern: str) -> str:
    """A pattern of words as somebody may say it: of alternatives the first, gaps closed."""
    return " ".join(_JOINS.sub(" ", _ALTERNATIVE.sub(" ", pattern)).split())


def _file(kind: str) -> str:
    ending = kind.lstrip("*.").rpartition("/")[2]
    return f"a file ({kind})" if ending in ("", "*") else f"a .{ending} file"


def _is_in(word: str, texts: Iterable[str]) -> bool:
    """Whether the word may be heard in one of the texts, seen so widely that "no" is certain."""
    wanted = [fold(part)[:4] for part in re.split(r"[^\w]+", word) if part]
    return any(part in fold(text) for text in texts for part in wanted)
