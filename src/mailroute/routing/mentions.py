"""Numbers and names in running text, as look-up keys: contracts, units, customers, aliases of properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from mailroute.model.lookup import (
    ALIAS_CHARS,
    NUMBER_WORDS,
    UNIT_WORDS,
    is_telling_number,
    seen_alike,
    unit_key,
)
from mailroute.model.lookup import NUMBER_CHARS as SHORTEST_NUMBER
from mailroute.model.numbers import phone_key
from mailroute.model.scan import digit_runs, runs_behind_no_word, words_of
from mailroute.routing.places import Hit

NUMBERS_TRIED = 2000
PHONES_TRIED = 20
NUMBER_CHARS = 40
NUMBER_GROUPS = 6
PREFIX_CHARS = 4
UNIT_CHARS = 20
ALIAS_WORDS = 4

_TOKEN_REST = re.compile(r"[a-z0-9./_-]*")
_TOKEN_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789./_-")
_TOKEN_ENDS = "./_-"
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_DATE = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)?[0-9]{2}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_CHARS = 4
_WORD = re.compile(r"[a-z0-9]+")
_BEFORE_CHARS = 24
_RIGHT_BEFORE = frozenset({" ", "  ", ". ", ".", " - ", " / "})
# Between two groups of one number. Programs break lines at blanks.
_BETWEEN_GROUPS = frozenset({" ", "  ", "\n", " / ", " - ", "/ ", " /", "- ", " -"})
_GAP_CHARS = 3
# Of a postcode, and of a number with a label.
_FEWEST_DIGITS, _MOST_DIGITS = 4, 5
# 80333 München, D-80333 München, A-1010 Wien, 8001 Zürich; a town may have four words.
_POSTCODE = re.compile(r"(?<![a-z0-9./,])([0-9]{4,5})[ \n]([a-z][a-z.]+)(?:[ -][a-z.]+){0,3}")
_PHONE = re.compile(r"(?<![a-z0-9+./-])(?:\+[1-9]|0)[0-9 ()/.-]{5,20}[0-9](?![0-9])")
# M-AB 1234, M AB 1234E, M:AB 1234; an umlaut of the town has two letters here.
_PLATE_LETTERS = re.compile(r"(?<![a-z0-9])([a-z]{1,4})( ?[-:·•.] ?| {1,2})([a-z]{1,2})(?: ?- ?| {1,2})?\Z")
_PLATE_NUMBER = re.compile(r"[1-9][0-9]{0,3}(?![0-9])( ?[he](?![a-z0-9])|(?![a-z]))")
_BEFORE_PLATE_NUMBER = frozenset("abcdefghijklmnopqrstuvwxyz -")
_PLATE_CHARS = 12
_PLATE_DIGITS = 4
_TICKET = re.compile(r"t-([1-9][0-9]{0,11})(?![0-9])")

# A few digits alone are a price, a year, a postcode; they are a number of ours where somebody says whose.
SHORT_DIGITS = 5
_LABEL = re.compile(
    r"(?<![a-z0-9])(?:(?:objekt|liegenschaft|immobilie|vertrag|police|versicherung|schaden|kunde|mieter|debitor|kreditor|personen|"
    r"auftrag|einheit|wohnung|akte|stamm|mandat)[a-z]{0,20}|obj|kd|kto|az|vs|vn|id|ref|customer|contract|policy|claim|property|"
    r"unit|order)[ .:#-]{0,3}(?:(?:nr|nummer|no|number|id|konto)[ .:#]{0,3})?\Z"
)
_LABEL_CHARS = 48
# What the last word of a label begins with: `Objekt`, `Kd.-Nr.`, the `Nr.` of `Kunden-Nr.`.
_LABEL_BEGINNINGS = tuple(
    "objekt liegenschaft immobilie vertrag police versicherung schaden kunde mieter debitor kreditor personen auftrag einheit "
    "wohnung akte stamm mandat obj kd kto az vs vn id ref customer contract policy claim property unit order "
    "nr nummer no number konto".split()
)
_GOES_ON = re.compile(r"[.,][0-9]")
# Words that no name of a property begins or ends with; they keep the number of keys small.
_SMALL_WORDS = frozenset(
    "aber alle als am an auch auf aus bei beim bin bis bitte da dann das dass dem den der des die diese dieser dieses "
    "doch ein eine einem einen einer es fuer geehrte geehrter guten haben habe hallo hat herr ich ihnen ihr ihre im in "
    "ist ja kann kein keine liebe mein meine meinem meinen meiner mich mir mit nach nicht noch nun nur oder ob sehr sich "
    "sie sind so tag um und uns unser unsere unserem unserer von vom vor war was wegen wenn werden wie wir wird wo zu zum "
    "zur a and are at been dear for from has have hello i is it my not of on or our please that the there this to was we "
    "with you your re aw wg fw fwd betreff".split()
)
# An order is A 2026 0017.
_NO_PREFIXES = (_SMALL_WORDS | NUMBER_WORDS) - {"a"}
_BEFORE_NUMBERS = UNIT_WORDS | NUMBER_WORDS
_PHRASE_ENDS = frozenset(",;:!?()\n")


def numbers_in(text: str) -> Iterator[Hit]:
    """Every string of a folded text that may be a number known to us, alone and joined with the groups before it
    (`V 4711 0815`), as (key, start, end)."""
    end = 0
    groups: list[tuple[int, int]] = []
    for first_digit, behind in digit_runs(text)[:NUMBERS_TRIED]:
        if first_digit < end:
            continue
        start, end = first_digit, behind
        is_running = _is_in_running_text(text, start)
        goes_on = text[end : end + 1] in _TOKEN_CHARACTERS and _goes_on(text[end : end + 2])
        is_token = goes_on or (not is_running and text[start - 1 : start] in _TOKEN_CHARACTERS)
        if is_token:
            start, end = _token(text, first_digit, behind)
        length = end - start
        if length > NUMBER_CHARS or (is_token and _DATE.fullmatch(text, start, end)):
            groups = []
            continue
        before = [] if is_running else _before(text, groups, start)
        groups = [*before, (start, end)][-NUMBER_GROUPS:] if before else [(start, end)]
        if length < SHORTEST_NUMBER and not before:
            continue
        if length == _YEAR_CHARS and _YEAR.fullmatch(text, start, end):
            continue  # S 2026 99 is a number, "im Jahr 2026" is none
        for first, _ in reversed(groups):
            if length >= SHORTEST_NUMBER or first < start:
                key = _number_key(text[first:end], alone=first == start)
                if key is not None:
                    yield key, first, end


def _number_key(words: str, *, alone: bool) -> str | None:
    """As the directory has it; None for what is too short to mean one thing. With its `WE` a flat of ours is not."""
    if words.isdigit():
        return words
    key = words if words.isalnum() else _NOT_WORD.sub("", words)
    return seen_alike(key) if is_telling_number(key) or (not alone and _is_unit(words)) else None


def labelled_numbers_in(text: str) -> Iterator[Hit]:
    """Numbers of a few digits with what they number: `Objekt 1012`, `Kd.-Nr. 4711`."""
    for start, end in digit_runs(text):
        if _FEWEST_DIGITS <= end - start <= _MOST_DIGITS and not _GOES_ON.match(text, end):
            label = _label_before(text, start)
            if label is not None:
                yield text[start:end], label.start(), end


def _label_before(text: str, start: int) -> re.Match[str] | None:
    first = max(0, start - _LABEL_CHARS)
    near = text[first:start].rstrip(" .:#-").rpartition(" ")[2]
    if near.isalpha() and near.isascii() and not near.startswith(_LABEL_BEGINNINGS):
        return None  # in running text nearly always
    return _LABEL.search(text, first, start)


def is_bare(number: str, words: str) -> bool:
    """Whether a key is a few digits only, and nothing beside them in the `words` of the mail says whose."""
    return len(number) <= SHORT_DIGITS and number.isdigit() and words.isdigit()


def plates_in(text: str) -> Iterator[Hit]:
    """Every string of a folded text that may be a number plate known to us."""
    for start, end in runs_behind_no_word(text):
        if end - start > _PLATE_DIGITS or not start or text[start - 1] not in _BEFORE_PLATE_NUMBER:
            continue
        letters = _PLATE_LETTERS.search(text, max(0, start - _PLATE_CHARS), start)
        if letters is None:
            continue
        if letters[2].isspace() and not _SMALL_WORDS.isdisjoint(letters.group(1, 3)):
            continue  # "bin am 5.", but SL-AM 5
        number = _PLATE_NUMBER.match(text, start)
        if number is None:
            continue
        # M-AB 1234 E: a letter that stands apart may be the next word.
        for stop in dict.fromkeys((number.end(), number.start(1))):
            key = _NOT_WORD.sub("", text[letters.start() : stop])
            if is_telling_number(key):
                yield seen_alike(key), letters.start(), stop


def phones_in(text: str) -> Iterator[Hit]:
    """Every telephone number of a folded text, as `phone_key` makes it; no date."""
    for found in islice(_phone_like(text), PHONES_TRIED):
        if not _DATE.match(found[0]) and (key := phone_key(found[0])):
            yield key, found.start(), found.end()


def _phone_like(text: str) -> Iterator[re.Match[str]]:
    """What begins with a zero or a plus and has as many digits."""
    behind = 0
    for start, _ in digit_runs(text):
        if text[start] == "0":
            at = start
        elif text[start - 1] == "+" and start:
            at = start - 1
        else:
            continue
        if at >= behind and (found := _PHONE.match(text, at)):
            behind = found.end()
            yield found


def _is_unit(words: str) -> bool:
    """`we 3` is short, but a number of ours."""
    return len(words) <= UNIT_CHARS and unit_key(words).startswith("we")


def _token(text: str, first_digit: int, behind: int) -> tuple[int, int]:
    """The string without blanks around these digits, without the punctuation at its ends."""
    start = first_digit
    while start > max(0, first_digit - NUMBER_CHARS) and text[start - 1] in _TOKEN_CHARACTERS:
        start -= 1
    rest = _TOKEN_REST.match(text, behind)
    end = rest.end() if rest else behind
    while text[start] in _TOKEN_ENDS:
        start += 1
    while text[end - 1] in _TOKEN_ENDS:
        end -= 1
    return start, end


def _goes_on(behind: str) -> bool:
    """Whether more than the full stop of `2. OG` stands behind the digits."""
    return behind[0] not in _TOKEN_ENDS or behind[1:] in _TOKEN_CHARACTERS


def _before(text: str, groups: list[tuple[int, int]], start: int) -> list[tuple[int, int]]:
    """The groups that stand right before `start`: the number groups so far, or a short word (`WE 03`, `Whg. 3`)."""
    if not start:
        return []
    if groups and start - groups[-1][1] <= _GAP_CHARS and text[groups[-1][1] : start] in _BETWEEN_GROUPS:
        return groups
    first = start - _BEFORE_CHARS if start > _BEFORE_CHARS else 0
    before = text[first:start]
    words = words_of(before)
    if not words:
        return []
    word, of = words[-1], words[-2] if len(words) > 1 else ""
    if word in NUMBER_WORDS and of in UNIT_WORDS:
        at = start - len(before) + before.rindex(of, 0, before.rindex(word))
        return [(at, at + len(of))]
    if word not in UNIT_WORDS and (len(word) > PREFIX_CHARS or word in _NO_PREFIXES):
        return []
    at = before.rindex(word)
    if before[at + len(word) :] not in _RIGHT_BEFORE or before[at - 1 : at] == "-":
        return []  # Linden-Weg 12 is no WEG 12
    at += start - len(before)
    return [(at, at + len(word))]


def _is_in_running_text(text: str, start: int) -> bool:
    """Whether a blank and a word stand before the number that is no prefix: `gegen 17 Uhr`. Nearly always."""
    if text[start - 1 : start] != " ":
        return False
    word = text[text.rfind(" ", 0, start - 1) + 1 : start - 1]
    return (
        (len(word) > PREFIX_CHARS or word in _NO_PREFIXES) and word.isalpha() and word not in _BEFORE_NUMBERS
    )


def aliases_in(text: str, words_read: int) -> Iterator[Hit]:
    """Every run of one to four words among the first `words_read` that may be a name of a property."""
    words = [
        (word := found[0], word in _SMALL_WORDS, *found.span())
        for found in islice(_WORD.finditer(text), words_read)
    ]
    goes_on = [_same_phrase(text[one[3] : other[2]]) for one, other in pairwise(words)]
    for index, (_, is_small, start, _) in enumerate(words):
        if is_small:
            continue
        key = ""
        for at in range(index, min(index + ALIAS_WORDS, len(words))):
            word, is_small, _, end = words[at]
            key += word
            if not is_small and len(key) >= ALIAS_CHARS:
                yield key, start, end
            if at == len(goes_on) or not goes_on[at]:
                break


def _same_phrase(between: str) -> bool:
    return between == " " or (len(between) <= 2 and _PHRASE_ENDS.isdisjoint(between))


def postcodes_in(text: str) -> Iterator[Hit]:
    """Every postcode of a folded text that a town may follow, with the town."""
    for start, end in digit_runs(text):
        if not _FEWEST_DIGITS <= end - start <= _MOST_DIGITS:
            continue
        found = _POSTCODE.match(text, start)
        if found is not None and found[2] not in _SMALL_WORDS:
            yield found[1], start, found.end()


def ticket_numbers_in(text: str) -> Iterator[int]:
    """Tickets that the (folded) text names: T-10428. They prove nothing."""
    for found in _TICKET.finditer(text):
        if not text[max(0, found.start() - 1) : found.start()].isalnum():
            yield int(found[1])
