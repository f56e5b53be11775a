"""What `when` of a case type may ask of a mail: a closed vocabulary (design §6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Any of these words begins or is part of a word of the mail; compounds count."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Any of these phrases stands in the mail, on word borders."""

    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regex:
    """RE2 on the folded text."""

    pattern: str


@dataclass(frozen=True, slots=True)
class SenderIs:
    """The sender's kind: tenant, owner, customer, staff, partner, unknown."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FromIs:
    """The sender's whole address."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DomainIs:
    """The domain of the sender's address, or a parent of it."""

    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InboxIs:
    """The inbox that was written to."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeaderHas:
    """A header field contains a text (folded); "" means: it is there."""

    name: str
    contains: str


@dataclass(frozen=True, slots=True)
class AttachmentIs:
    """An attachment's file ending or MIME type ("pdf", "image/*")."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LanguageIs:
    """The mail's language."""

    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of them."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Not that."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Always:
    """Every mail."""


Condition = (
    Words | Phrase | Regex | SenderIs | FromIs | DomainIs | InboxIs | HeaderHas | AttachmentIs | LanguageIs
    | AllOf | AnyOf | Not | Always
)  # fmt: skip
