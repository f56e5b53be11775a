"""Which keys does this mail mention? Pure: finds look-up keys and where they stand, looks nothing up (design §4, 5a).

Linear in the mail and capped (model/limits.py): whatever a mail says, the directory is asked a bounded question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import TypeVar

from mailroute.model import limits
from mailroute.model.address import address_key, domain_of, plus_tag
from mailroute.model.free_mail import is_free_mail
from mailroute.model.ibans import ibans_in
from mailroute.model.keys import BounceTag, Keys, Part, PartText, PlaceKey, ReplyTag, WhenAsked, WordKey
from mailroute.model.mail import Envelope
from mailroute.model.message import Message
from mailroute.model.reply_tag import parse_bounce_tag, parse_message_id, parse_reply_tag, reply_tags_in_text
from mailroute.model.text import folded
from mailroute.model.tokens import ALPHABET, LENGTH
from mailroute.model.units import units_in
from mailroute.routing.contact_form import form_in
from mailroute.routing.contact_lines import split_contact_lines
from mailroute.routing.mentions import (
    aliases_in,
    labelled_numbers_in,
    numbers_in,
    phones_in,
    plates_in,
    postcodes_in,
    ticket_numbers_in,
)
from mailroute.routing.places import Hit, places_in
from mailroute.routing.towns import towns_in

TICKET_NUMBERS = 20
# Aliases are names: they stand in the subject or early in the text.
ALIAS_WORDS = 60

_K = TypeVar("_K", PlaceKey, WordKey)
_T = TypeVar("_T")


# What stands in the subject of an invitation, and what an answer to it brings back.
_INVITATION = re.compile(rf"\[([{ALPHABET}]{{{LENGTH}}})\]")


def locate(message: Message, envelope: Envelope) -> Keys:
    """Read everything that the mail may be looked up by. Total: any message gives `Keys`."""
    within = _authors_within(message)
    return replace(
        _said(_texts(message), message.language),
        reply_tags=_reply_tags(message, envelope),
        bounce_tags=_bounce_tags(envelope),
        message_ids=tuple(dict.fromkeys((*message.in_reply_to, *message.references)))[: limits.MESSAGE_IDS],
        addresses=_addresses(message, within),
        authors_within=within,
        invitations=tuple(_INVITATION.findall(message.subject[: limits.SUBJECT_CHARS])[:TICKET_NUMBERS]),
    )


def locate_words(words: str, language: str | None) -> Keys:
    """The same for words that stand alone: behind `objekt:`, in a field of a page. Total."""
    return _said([PartText(folded(words[: limits.TEXT_CHARS]), Part.TEXT)], language)


def _said(texts: list[PartText], language: str | None) -> Keys:
    """What the texts themselves mention."""
    # A signature says who the writer is; what it names beside that is no word about the matter.
    about = [text for text in texts if text.part is not Part.SIGNATURE]
    return Keys(
        places=_spoken(PlaceKey, texts, lambda text: places_in(text, language), limits.STREET_KEYS),
        numbers=_spoken(
            WordKey,
            texts,
            lambda text: chain(labelled_numbers_in(text), numbers_in(text), plates_in(text)),
            limits.NUMBER_KEYS,
        ),
        aliases=WhenAsked(
            lambda: _spoken(WordKey, about, lambda text: aliases_in(text, ALIAS_WORDS), limits.WORD_KEYS)
        ),
        units=WhenAsked(lambda: _spoken(WordKey, texts, units_in, limits.NUMBER_KEYS)),
        postcodes=WhenAsked(lambda: _spoken_everywhere(texts, postcodes_in, limits.NUMBER_KEYS)),
        towns=WhenAsked(lambda: _spoken_everywhere(texts, towns_in, limits.NUMBER_KEYS)),
        phones=WhenAsked(lambda: _spoken(WordKey, texts, phones_in, limits.PHONE_KEYS)),
        ibans=WhenAsked(lambda: _spoken(WordKey, texts, ibans_in, limits.IBAN_KEYS)),
        ticket_numbers=_distinct(
            (n for one in about for n in ticket_numbers_in(one.text.text)), TICKET_NUMBERS
        ),
    )


def _texts(message: Message) -> list[PartText]:
    """What may speak, best first: never quotes, which are our own or somebody else's words."""
    text, contact = split_contact_lines(message.new_text[: limits.TEXT_CHARS])
    texts = [PartText(folded(message.subject), Part.SUBJECT), PartText(folded(text), Part.TEXT)]
    below = f"{contact}\n{message.signature}"
    if message.forwarded:
        text, contact = split_contact_lines(_without(message.forwarded.text, message.forwarded.signature))
        texts.append(PartText(folded(text), Part.FORWARDED))
        below += f"\n{contact}\n{message.forwarded.signature}"
    if below.strip():
        texts.append(PartText(folded(below[: limits.SIGNATURE_CHARS]), Part.SIGNATURE))
    return texts


def _without(text: str, signature: str) -> str:
    """The text without the lines of its signature."""
    lines = frozenset(line for line in signature.split("\n") if line.strip())
    return "\n".join(line for line in text[: limits.TEXT_CHARS].split("\n") if line not in lines)


def _reply_tags(message: Message, envelope: Envelope) -> tuple[ReplyTag, ...]:
    """Addresses of the envelope first (a door saw them), then the header's, then our Message-IDs, then the text."""
    tags = [parse_reply_tag(tag) for tag in _address_tags(_recipients(message, envelope))]
    tags += [parse_message_id(an_id) for an_id in (*message.in_reply_to, *reversed(message.references))]
    tags += reply_tags_in_text(message.text[: limits.TEXT_CHARS])
    return tuple(dict.fromkeys(tag for tag in tags if tag is not None))


def _bounce_tags(envelope: Envelope) -> tuple[BounceTag, ...]:
    """Only from the envelope: a bounce comes to the address that the letter left from (VERP)."""
    tags = (parse_bounce_tag(tag) for tag in _address_tags(envelope.rcpt_to))
    return tuple(dict.fromkeys(tag for tag in tags if tag is not None))


def _recipients(message: Message, envelope: Envelope) -> Iterator[str]:
    yield from envelope.rcpt_to
    for address in (*message.to, *message.cc)[: limits.RECIPIENTS_PER_MAIL]:
        yield address.address
    for name, value in message.headers:
        if name in {"delivered-to", "x-original-to"}:
            yield value


def _address_tags(addresses: Iterable[str]) -> Iterator[str]:
    """The tag behind the plus, or for a catch-all domain the whole local part."""
    for address in addresses:
        base, tag = plus_tag(address)
        yield tag or base.rpartition("@")[0]


def _authors_within(message: Message) -> tuple[str, ...]:
    """Who wrote the forwarded mail, who filled in the form."""
    form = form_in(message)
    people = [
        address_key(message.forwarded.from_.address) if message.forwarded else "",
        form.address if form else "",
    ]
    return tuple(dict.fromkeys(one for one in people if one))


def _addresses(message: Message, within: tuple[str, ...]) -> tuple[str, ...]:
    """Whose mail it is: the author, who wrote the forwarded mail, who filled in the form; then their whole domains.

    Reply-To is never identity (design §6). `@firm.example` finds people who are known by their domain only, and
    `nina@web.example` whoever writes as `nina+flat@web.example` (model/plus.py).
    """
    author = message.author.key if message.author else ""
    people = [author, plus_tag(author)[0], *within]
    domains = [f"@{domain}" for one in people if (domain := domain_of(one)) and not is_free_mail(domain)]
    return tuple(dict.fromkeys(one for one in (*people, *domains) if one))


def _spoken(
    make: Callable[[str, PartText, int, int], _K],
    texts: list[PartText],
    find: Callable[[str], Iterator[Hit]],
    most: int,
) -> tuple[_K, ...]:
    """Every key once, with the place where it stands first, at most `most` of them."""
    kept: dict[str, _K] = {}
    for one in texts:
        for key, first, last in find(one.text.text):
            if key not in kept:
                kept[key] = make(key, one, first, last)
                if len(kept) == most:
                    return tuple(kept.values())
    return tuple(kept.values())


def _spoken_everywhere(
    texts: list[PartText], find: Callable[[str], Iterator[Hit]], most: int
) -> tuple[WordKey, ...]:
    """The same with every place: "Essen" behind the second address counts, whatever stands before."""
    spoken = (WordKey(key, one, first, last) for one in texts for key, first, last in find(one.text.text))
    return tuple(islice(spoken, most))


def _distinct(values: Iterator[_T], most: int) -> tuple[_T, ...]:
    # A text may name one number a thousand times: look at a bounded part of it.
    return tuple(dict.fromkeys(islice(values, 50 * most)))[:most]
