"""Which line of business a mail names ("mein Hausrat", "Kfz-Schaden"): it tells a sender's contracts apart (REQ-C18). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailroute.model import limits
from mailroute.model.text import fold

_WORD = re.compile(r"[^\W_]+")
# They stand in many lines and in every second mail: none of them names one.
_GENERAL = re.compile(
    r"(?:versicherungs?(?:vertrag|schaden|police)?|vertrag|schaden|police|insurance|policy|contract|damage|cover)$"
)
# So much of a line's name must stand in the mail: "Haftpflicht" for Privathaftpflicht, but not "Bau" for Bauleistung.
_PART_CHARS = 6
_NAME_CHARS = 3


def named_lines(lines: Iterable[str], text: str) -> frozenset[str]:
    """Those of the lines of business that the text names; every word of a line must be there but the general ones."""
    said = {_GENERAL.sub("", word) for word in _WORD.findall(fold(text[: limits.TEXT_CHARS]))}
    return frozenset(line for line in set(lines) if _is_named(line, said))


def _is_named(line: str, said: set[str]) -> bool:
    words = [bare for word in _WORD.findall(fold(line)) if (bare := _GENERAL.sub("", word))]
    return bool(words) and all(any(_means(one, word) for one in said) for word in words)


def _means(said: str, word: str) -> bool:
    """Whether a word of the mail is one of a line, alone, in a compound of its own, or as what the line is mostly called."""
    if len(word) >= _NAME_CHARS and said.startswith(word):
        return True
    return len(said) >= _PART_CHARS and (word.startswith(said) or word.endswith(said))
