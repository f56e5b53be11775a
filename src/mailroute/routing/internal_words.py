"""Whether a text that is to leave the house says something that must not: words of a note, of our own letters, a token."""

from __future__ import annotations

import re

from mailroute.model.reply_tag import holds_reply_tag
from mailroute.model.text import fold

# So many words in a row, equal to something internal, are no accident.
_OVERLAP_WORDS = 6
_WORD = re.compile(r"[a-z0-9]+")
# What our letters to staff say below what they are about (templates/*/_actions.*, _answers.*). Whoever takes the line away above
# which they should answer, or writes in a program that quotes without a mark, sends the whole letter back.
LETTERS_TO_STAFF = (
    "Jeder Knopf öffnet eine vorbereitete Mail, die Sie nur noch absenden.",
    "Beginnen Sie Ihre Antwort mit einem dieser Wörter",
    "Oder antworten Sie einfach hier: Ihr Text geht an",
    "Was mit „notiz:“ beginnt, bleibt intern",
    "Mit „hilfe“ erhalten Sie alle Befehle.",
    "Each button opens a mail that is ready for you to send.",
    "Begin your reply with one of these words",
    "Or simply reply here: your text goes to",
    "What begins with “note:” stays internal",
    "bitte oberhalb dieser Zeile antworten / please reply above this line",
)


def repeats_something_internal(text: str, internal_texts: tuple[str, ...]) -> bool:
    """Whether six words in a row of `text` stand in a note of the ticket or in any letter to staff, or a reply tag."""
    mine = _shingles(text)
    internal = (*internal_texts, *LETTERS_TO_STAFF)
    return holds_reply_tag(text) or any(mine & _shingles(one) for one in internal)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(fold(text))
    return {tuple(words[i : i + _OVERLAP_WORDS]) for i in range(len(words) - _OVERLAP_WORDS + 1)}
