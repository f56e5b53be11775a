"""Numbers and names in running text, as look-up keys: contracts, units, customers, aliases of properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mailroute.model.lookup import (
    ALIAS_CHARS,
    NUMBER_WORDS,
    UNIT_WORDS,
    is_telling_number,
    unit_key,
)
from mailroute.model.numbers import IBAN_CHARS, iban_key, phone_key
from mailroute.routing.places import Hit

NUMBERS_TRIED = 2000
PHONES_TRIED = 20
NUMBER_CHARS = 40
NUMBER_GROUPS = 4
PREFIX_CHARS = 4
UNIT_CHARS = 20
ALIAS_WORDS = 4

_DIGIT = re.compile(r"[0-9]")
_NUMBER_END = re.compile(r"[^a-z0-9./_-]")
_NUMBER_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789./_-")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)?[0-9]{2}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_WORD = re.compile(r"[a-z0-9]+")
# 80333 München, D-80333 München, A-1010 Wien, 8001 Zürich; a town may have four words.
_POSTCODE = re.compile(r"(?<![a-z0-9./,])([0-9]{4,5})[ \n]([a-z][a-z.]+)(?:[ -][a-z.]+){0,3}")
_PHONE = re.compile(r"(?<![a-z0-9+./-])(?:\+[1-9]|0)[0-9 ()/.-]{5,20}[0-9](?![0-9])")
# Anchored at a digit: a text has a hundred times fewer of them than letters.
_IBAN = re.compile(
    r"(?<![a-z0-9]..)(?<=[a-z]{2})[0-9]{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?![a-z0-9])"
)
# M-AB 1234, M AB 1234E; an umlaut of the town has two letters here.
_PLATE_LETTERS = re.compile(r"(?<![a-z0-9])([a-z]{1,4})[- ]([a-z]{1,2})[ -]?$")
_PLATE_NUMBER = re.compile(r"[1-9][0-9]{0,3}(?![0-9])( ?[he](?![a-z0-9])|(?![a-z]))")
_PLATE_CHARS = 8
_TICKET = re.compile(r"t-([1-9][0-9]{0,11})(?![0-9])")

# A few digits alone are a price, a year, a postcode; they are a number of ours where somebody says whose.
SHORT_DIGITS = 5
_LABELLED = re.compile(
    r"(?<![a-z0-9])(?:(?:objekt|liegenschaft|immobilie|vertrag|police|versicherung|schaden|kunde|mieter|debitor|kreditor|personen|"
    r"auftrag|einheit|wohnung|akte|stamm|mandat)[a-z]{0,20}|obj|kd|kto|az|vs|vn|id|ref|customer|contract|policy|claim|property|"
    r"unit|order)[ .:#-]{0,3}(?:(?:nr|nummer|no|number|id|konto)[ .:#]{0,3})?([0-9]{4,5})(?![0-9]|[.,][0-9])"
)

# Words that no name of a property begins or ends with; they keep the number of keys small.
_SMALL_WORDS = frozenset(
    "aber alle als am an auch auf aus bei beim bin bis bitte da dann das dass dem den der des die diese dieser dieses "
    "doch ein eine einem einen einer es fuer geehrte geehrter guten haben habe hallo hat herr ich ihnen ihr ihre im in "
    "ist ja kann kein keine liebe mein meine meinem meinen meiner mich mir mit nach nicht noch nun nur oder ob sehr sich "
    "sie sind so tag um und uns unser unsere unserem unserer von vom vor war was wegen wenn werden wie wir wird wo zu zum "
    "zur a and are at been dear for from has have hello i is it my not of on or our please that the there this to was we "
    "with you your re aw wg fw fwd betreff".split()
)


def numbers_in(text: str) -> Iterator[Hit]:
    """Every string of a folded text that may be a number known to us, alone and joined with the groups before it
    (`V 4711 0815`), as (key, start, end)."""
    end = 0
    groups: list[tuple[int, int]] = []
    for _ in range(NUMBERS_TRIED):
        digit = _DIGIT.search(text, end)
        if digit is None:
            return
        start, end = _token(text, digit.start())
        if end - start > NUMBER_CHARS or _DATE.fullmatch(text, start, end):
            groups = []
            continue
        groups = [*_before(text, groups, start), (start, end)][-NUMBER_GROUPS:]
        if _YEAR.fullmatch(text, start, end):
            continue  # S 2026 99 is a number, "im Jahr 2026" is none
        for first, _ in reversed(groups):
            key = _NOT_WORD.sub("", text[first:end])
            if is_telling_number(key) or (first < start and _is_unit(text[first:end])):
                yield key, first, end


def labelled_numbers_in(text: str) -> Iterator[Hit]:
    """Numbers of a few digits with what they number: `Objekt 1012`, `Kd.-Nr. 4711`."""
    for found in islice(_LABELLED.finditer(text), NUMBERS_TRIED):
        yield found[1], found.start(), found.end()


def is_bare(number: str, words: str) -> bool:
    """Whether a key is a few digits only, and nothing beside them in the `words` of the mail says whose."""
    return len(number) <= SHORT_DIGITS and number.isdigit() and words.isdigit()


def plates_in(text: str) -> Iterator[Hit]:
    """Every string of a folded text that may be a number plate known to us."""
    for number in islice(_PLATE_NUMBER.finditer(text), NUMBERS_TRIED):
        letters = _PLATE_LETTERS.search(text, max(0, number.start() - _PLATE_CHARS), number.start())
        if letters is None or letters[1] in _SMALL_WORDS or letters[2] in _SMALL_WORDS:
            continue
        # M-AB 1234 E: a letter that stands apart may be the next word.
        for end in dict.fromkeys((number.end(), number.start(1))):
            key = _NOT_WORD.sub("", text[letters.start() : end])
            if is_telling_number(key):
                yield key, letters.start(), end


def phones_in(text: str) -> Iterator[Hit]:
    """Every telephone number of a folded text, as `phone_key` makes it; no date."""
    for found in islice(_PHONE.finditer(text), PHONES_TRIED):
        if not _DATE.match(found[0]) and (key := phone_key(found[0])):
            yield key, found.start(), found.end()


def ibans_in(text: str) -> Iterator[Hit]:
    """Every IBAN of a folded text whose check digits are right. A short word behind it is no part of it."""
    for found in islice(_IBAN.finditer(text), PHONES_TRIED):
        start = found.start() - 2
        letters = [at for at in range(start, found.end()) if text[at] != " "]
        end = letters[: IBAN_CHARS.get(text[start : start + 2], len(letters))][-1] + 1
        key = iban_key(text[start:end])
        if key:
            yield key, start, end


def _is_unit(words: str) -> bool:
    """`we 3` is short, but a number of ours."""
    return len(words) <= UNIT_CHARS and unit_key(words).startswith("we")


def _token(text: str, at: int) -> tuple[int, int]:
    """The string without blanks around the digit at `at`, without the punctuation at its ends."""
    start = at
    while start > max(0, at - NUMBER_CHARS) and text[start - 1] in _NUMBER_CHARACTERS:
        start -= 1
    stop = _NUMBER_END.search(text, at)
    end = stop.start() if stop else len(text)
    while text[start] in "./_-":
        start += 1
    while text[end - 1] in "./_-":
        end -= 1
    return start, end


def _before(text: str, groups: list[tuple[int, int]], start: int) -> list[tuple[int, int]]:
    """The groups that stand right before `start`: the number groups so far, or a short word (`WE 03`, `Whg. 3`)."""
    if groups and groups[-1][1] < start and text[groups[-1][1] : start] == " ":
        return groups
    words = list(_WORD.finditer(text, max(0, start - 24), start))
    if len(words) > 1 and words[-1].group() in NUMBER_WORDS and words[-2].group() in UNIT_WORDS:
        return [words[-2].span()]
    if not words or text[words[-1].end() : start] not in {" ", ". ", "."}:
        return []
    word = words[-1].group()
    is_short_name = len(word) <= PREFIX_CHARS and word not in _SMALL_WORDS and word not in NUMBER_WORDS
    return [words[-1].span()] if word in UNIT_WORDS or is_short_name else []


def aliases_in(text: str, words_read: int) -> Iterator[Hit]:
    """Every run of one to four words among the first `words_read` that may be a name of a property."""
    words = [found.span() for found in islice(_WORD.finditer(text), words_read)]
    for index, (start, _) in enumerate(words):
        end, key = start, ""
        for next_start, next_end in words[index : index + ALIAS_WORDS]:
            if end > start and not _same_phrase(text[end:next_start]):
                break
            word, end = text[next_start:next_end], next_end
            small = word in _SMALL_WORDS
            if small and not key:
                break
            key += word
            if not small and len(key) >= ALIAS_CHARS:
                yield key, start, end


def _same_phrase(between: str) -> bool:
    return len(between) <= 2 and not any(mark in between for mark in ",;:!?()\n")


def postcodes_in(text: str) -> Iterator[Hit]:
    """Every postcode of a folded text that a town may follow, with the town."""
    for found in islice(_POSTCODE.finditer(text), NUMBERS_TRIED):
        if found[2] not in _SMALL_WORDS:
            yield found[1], found.start(1), found.end()


def ticket_numbers_in(text: str) -> Iterator[int]:
    """Tickets that the (folded) text names: T-10428. They prove nothing."""
    for found in _TICKET.finditer(text):
        if not text[max(0, found.start() - 1) : found.start()].isalnum():
            yield int(found[1])
