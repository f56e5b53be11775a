"""A short text in the languages of our readers, and the German folding that everything is compared by."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class Text:
    """One label, German and English. An empty English text falls back to the German one."""

    de: str
    en: str = ""

    def in_language(self, language: str | None) -> str:
        """The wording for "de", "en" or None (German)."""
        return self.en if language == "en" and self.en else self.de


def fold(text: str) -> str:
    """Fold for comparing: casefold, ä→ae ö→oe ü→ue ß→ss, other accents stripped, so that RÜCKRUF, Rückruf and
    Rueckruf are one. The length may change; `fold_with_offsets` keeps the way back.
    """
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_GERMAN)
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def fold_with_offsets(text: str) -> tuple[str, tuple[int, ...]]:
    """Fold, and for every folded character the index of the original character it came from."""
    folded: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        piece = fold(character)
        folded.append(piece)
        offsets.extend([index] * len(piece))
    return "".join(folded), tuple(offsets)
