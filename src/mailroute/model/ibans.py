"""Where account numbers (IBAN) stand in a text, and the text without them for whoever need not know them (domain.md §2.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mailroute.model.numbers import IBAN_CHARS, iban_key
from mailroute.model.scan import runs_behind_no_word
from mailroute.model.text import folded

_CHECK_DIGITS = 2
# Tables of mails with HTML put tabs and several blanks between the groups, replies a `> > ` where a line of them ends.
_BETWEEN = " \t\n./>-"
_DIGITS = r"[0-9]{2}(?:[ \t\n./>-]{0,8}[a-z0-9]{4}){2,7}(?:[ \t\n./>-]{0,8}[a-z0-9]{1,3})?(?![a-z0-9])"
_TOGETHER = re.compile(rf"(?<![a-z0-9]..)(?<=[a-z]{{2}}){_DIGITS}")
_APART = re.compile(rf"(?<![a-z0-9]...)(?<=[a-z]{{2}} ){_DIGITS}")
_TRIED = 20
# Whoever hides them must hide the last one too; a text of nothing else is cut at its length.
_HIDDEN = 2000
_ENDS_SHOWN = 4


def ibans_in(text: str, most: int = _TRIED) -> Iterator[tuple[str, int, int]]:
    """Every IBAN of a folded text whose check digits are right, as (key, start, end). A short word behind it is no part of it."""
    for start, end in islice(_iban_like(text), most):
        key = iban_key(text[start:end])
        if key:
            yield key, start, end


def without_ibans(text: str) -> str:
    """The text with `DE89 … 3000` for each IBAN: enough to tell two accounts apart, too little to use one."""
    spoken = folded(text)
    shown: list[str] = []
    behind = 0
    for key, first, last in ibans_in(spoken.text, _HIDDEN):
        start, end = spoken.span(first, last)
        shown += [text[behind:start], f"{key[:_ENDS_SHOWN].upper()} … {key[-_ENDS_SHOWN:].upper()}"]
        behind = end
    return "".join([*shown, text[behind:]])


def _iban_like(text: str) -> Iterator[tuple[int, int]]:
    """What looks like one, as long as it is where it comes from: right behind may stand a word, or the next one."""
    behind = 0
    for start, end in runs_behind_no_word(text):
        if end - start < _CHECK_DIGITS or start < behind:
            continue
        found = None
        if text[start - 1].isalpha():
            found = _TOGETHER.match(text, start)
        elif text[start - 1] == " " and text[start - 3 : start - 1].isalpha():
            found = _APART.match(text, start)
        if found:
            first, behind = _cut(text, found)
            yield first, behind


def _cut(text: str, found: re.Match[str]) -> tuple[int, int]:
    start = found.start() - (3 if text[found.start() - 1] == " " else 2)
    letters = [at for at in range(start, found.end()) if text[at] not in _BETWEEN]
    return start, letters[: IBAN_CHARS.get(text[start : start + 2], len(letters))][-1] + 1
