"""The words by which people look for a ticket: folded, without marks, whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailroute.model.text import fold, fold_bare

# A subject of a machine may be thousands of words long; nobody looks for the seventieth.
WORDS_MOST = 60
ASKED_MOST = 6
_CHARS = 40
_TEXT_CHARS = 2_000
_WORD = re.compile(r"[^\W_]+")


def search_words(*texts: str) -> tuple[str, ...]:
    """Every word of the texts once; "Müller" also as "muller", as people type it who have no umlauts."""
    shown = "\n".join(text[:_TEXT_CHARS] for text in texts)
    words = _WORD.findall(fold(shown))
    if not shown.isascii():
        words += _WORD.findall(fold_bare(shown))
    return tuple(dict.fromkeys(word[:_CHARS] for word in words))[:WORDS_MOST]


def asked_words(question: str) -> tuple[str, ...]:
    """What somebody typed, as beginnings of words that must all be there."""
    words = (word[:_CHARS] for word in _WORD.findall(fold(question[:_TEXT_CHARS])))
    return tuple(dict.fromkeys(words))[:ASKED_MOST]


def have_words(texts: Iterable[str], asked: Sequence[str]) -> bool:
    """Whether each of the `asked_words` begins a word of the texts."""
    words = search_words(*texts)
    return all(any(word.startswith(one) for word in words) for one in asked)


def asked_number(question: str) -> int | None:
    """The ticket number that was typed and nothing else: T-10428, t10428, 10428; None if it is none."""
    found = re.fullmatch(r"(?:[Tt]\s*-?\s*)?([1-9][0-9]{0,8})", question.strip(), re.ASCII)
    return int(found[1]) if found else None
