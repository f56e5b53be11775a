"""What a mail mentions, as folded look-up keys with the place that spoke (made by `routing.locate`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

from mailroute.model.directory import Lookup, LookupKind
from mailroute.model.text import Folded


class Part(StrEnum):
    """Which text of the mail a span lies in."""

    SUBJECT = "subject"
    TEXT = "text"
    FORWARDED = "forwarded"
    SIGNATURE = "signature"


class PartText(NamedTuple):
    """One text of the mail, folded for looking."""

    text: Folded
    part: Part


class Span(NamedTuple):
    """Where in the mail something stands: `first` and `last` in its folded text.

    Of nearly all that a mail mentions nobody asks where it stands in the mail itself, so that is looked up when it is asked.
    """

    of: PartText
    first: int
    last: int

    @property
    def part(self) -> Part:
        """Which text of the mail it is."""
        return self.of.part

    @property
    def start(self) -> int:
        """Its first character in the text as it was written."""
        return self.of.text.span(self.first, self.last)[0]

    @property
    def end(self) -> int:
        """Behind its last one."""
        return self.of.text.span(self.first, self.last)[1]

    @property
    def words(self) -> str:
        """The exact words."""
        start, end = self.of.text.span(self.first, self.last)
        return self.of.text.original[start:end]


@dataclass(frozen=True, slots=True)
class ReplyTag:
    """A ticket number with its token, from a reply address or from one of our Message-IDs. Not yet verified.

    `number` None: the token of a letter that belongs to no ticket.
    """

    number: int | None
    token: str
    via: str


@dataclass(frozen=True, slots=True)
class BounceTag:
    """The letter that a bounce address (VERP) names. Not yet verified."""

    letter: str
    token: str


# Bare tuples without a span of their own: a mail makes hundreds of them, and is asked for the place of a few.
class PlaceKey(NamedTuple):
    """A street with a house number as somebody wrote it: `key` is `model.lookup.place_key(street, number)`."""

    key: str
    of: PartText
    first: int
    last: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.of, self.first, self.last)


class WordKey(NamedTuple):
    """A number-like string or words that may be an alias; `key` is folded and stripped."""

    key: str
    of: PartText
    first: int
    last: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return Span(self.of, self.first, self.last)


class WhenAsked(Collection[WordKey]):
    """Keys that are looked for when somebody asks: nobody does for names and telephones where the directory has none, nor for
    flats, postcodes and towns where the mail is about no house.
    """

    def __init__(self, find: Callable[[], tuple[WordKey, ...]]) -> None:
        self._find = find

    @cached_property
    def _found(self) -> tuple[WordKey, ...]:
        return self._find()

    def __contains__(self, key: object) -> bool:
        return key in self._found

    def __iter__(self) -> Iterator[WordKey]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WhenAsked) and self._found == other._found

    def __hash__(self) -> int:
        return hash(self._found)


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything one mail may be looked up by. `ticket_numbers` are only mentioned (T-10428): no proof.
    `invitations` are tokens of invitations, not yet verified.

    `authors_within` are the addresses of whoever wrote the forwarded mail, or filled in the form.
    `units` mean something only inside a house; `postcodes` stand before the name of a town, which is in their span; `towns` are larger ones.
    """

    reply_tags: tuple[ReplyTag, ...] = ()
    bounce_tags: tuple[BounceTag, ...] = ()
    message_ids: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    authors_within: tuple[str, ...] = ()
    places: tuple[PlaceKey, ...] = ()
    numbers: tuple[WordKey, ...] = ()
    aliases: Collection[WordKey] = ()
    units: Collection[WordKey] = ()
    postcodes: Collection[WordKey] = ()
    towns: Collection[WordKey] = ()
    phones: Collection[WordKey] = ()
    ibans: Collection[WordKey] = ()
    ticket_numbers: tuple[int, ...] = ()
    invitations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NearPlace:
    """Another key to ask for, in place of one that nobody knows. `written` is the `PlaceKey.key` of the mail."""

    key: str
    written: str


class Names(Protocol):
    """What knows by heart how an organisation's streets and houses are called (`flow.names`): of a hundred words that may
    be a name hardly one is, and a mistyped one is understood.
    """

    @property
    def aliases(self) -> frozenset[str]:
        """Every name of a house, as the directory keeps it."""

    @property
    def kinds(self) -> frozenset[LookupKind]:
        """What anything is found by: where nobody has a telephone number, none needs to be asked for."""

    def has_street(self, street: str) -> bool:
        """Whether a house of ours stands in it (`model.lookup.street_key`)."""

    def near_places(self, keys: Keys, hits: Sequence[Lookup]) -> Sequence[NearPlace]:
        """What else to ask for, where the exact keys have not led to any street."""
