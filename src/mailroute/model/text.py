"""A short text in the languages of our readers, and the German folding that everything is compared by."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

# Letters German writes in two ways, fractions (NFKD would glue "12½" into 121⁄2), marks that people type for one
# another, and characters nobody can see: a soft hyphen must not hide a word.
_GERMAN = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ı": "i", "ł": "l", "đ": "d",
        "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "\u00a0": " ", "\u202f": " ",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "„": '"', "“": '"', "”": '"',
        "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
    }
)  # fmt: skip
# What of it stands in ordinary mails.
_USUAL = (
    ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "ae"), ("Ö", "oe"), ("Ü", "ue"), ("\u00a0", " "),
    ("–", "-"), ("’", "'"), ("„", '"'), ("“", '"'), ("”", '"'), ("…", "..."),
)  # fmt: skip
_BARE = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "Ä": "A", "Ö": "O", "Ü": "U"})
# What is remembered must stay small, whatever a mail is made of.
_REMEMBERED_CHARS = 20_000
_LETTER_CHARS = 4
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NOT_ASCII_RUN = re.compile(r"[^\x00-\x7f]+")


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
    Rueckruf are one. The length may change; `Folded` keeps the way back. Folding twice changes nothing.
    """
    if text.isascii():
        return text.lower()
    plain = _fold_usual(text)
    if plain.isascii():
        return plain.lower()
    lowered = _fold_usual(unicodedata.normalize("NFC", text).casefold())
    # Letter by letter only where a foreign letter or an unusual mark stands.
    return _NOT_ASCII_RUN.sub(lambda found: _fold_foreign(found[0]), lowered)


def _fold_usual(text: str) -> str:
    """Write umlauts in two letters and typographic marks as they are typed: nearly every German text is ASCII then."""
    # A dozen replacements are several times faster than one table.
    for one, letters in _USUAL:
        text = text.replace(one, letters)
    return text


def _fold_foreign(lowered: str) -> str:
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_GERMAN))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    # Some letters only show their true face now: ℡ became TEL, ﬁ became fi.
    return plain.casefold().translate(_GERMAN)


def fold_bare(text: str) -> str:
    """Fold the way people type who have no umlauts and drop the dots: Rückstand → ruckstand."""
    return fold(unicodedata.normalize("NFC", text).translate(_BARE))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that knows where each of its characters stood (made by `folded`).

    Only the pieces that folding changed are remembered: (start, end) in the original, and the same in `text`.
    """

    original: str
    text: str
    pieces: tuple[tuple[int, int, int, int], ...]
    folded_starts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original (start, end) of the folded slice [start:end]; whole characters, `end` > `start`."""
        pieces, starts = self.pieces, self.folded_starts
        following = bisect_right(starts, start)
        shift, changed_until = 0, 0
        if following:
            _, original_end, _, changed_until = pieces[following - 1]
            shift = original_end - changed_until
        if start >= changed_until and (following == len(starts) or end <= starts[following]):
            return start + shift, end + shift  # nothing in it was changed
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        found = bisect_right(self.folded_starts, at) - 1
        if found < 0:
            return at, at + 1
        start, end, _, folded_end = self.pieces[found]
        if at < folded_end:
            return start, end
        at += end - folded_end
        return at, at + 1


def folded(text: str) -> Folded:
    """Fold a text and keep the way back. Remembers the last few: every station folds the same subject and text."""
    return _folded_before(text) if len(text) <= _REMEMBERED_CHARS else _fold_anew(text)


@lru_cache(maxsize=4)
def _folded_before(text: str) -> Folded:
    return _fold_anew(text)


def _fold_anew(text: str) -> Folded:
    if text.isascii():
        return Folded(text, text.lower(), (), ())
    pieces: list[tuple[int, int, int, int]] = []
    shift = 0
    for start, end in _clusters(text):
        length = len(_fold_piece(text[start:end]))
        pieces.append((start, end, start + shift, start + shift + length))
        shift += length - (end - start)
    return Folded(text, fold(text), tuple(pieces), tuple([piece[2] for piece in pieces]))


def _clusters(text: str) -> list[tuple[int, int]]:
    """Where the non-ASCII characters stand: one by one in composed text, else with the letter they belong to."""
    if _is_composed(text):
        return [found.span() for found in _NOT_ASCII.finditer(text)]
    runs = [found.span() for found in _NOT_ASCII_RUN.finditer(text)]
    return [(max(start - 1, 0), end) for start, end in runs]


def _is_composed(text: str) -> bool:
    try:
        text.encode("latin-1")  # has no letter in two pieces, and most mails have no other letters
    except UnicodeEncodeError:
        return unicodedata.is_normalized("NFC", text)
    return True


def _fold_piece(piece: str) -> str:
    return _fold_letter(piece) if len(piece) <= _LETTER_CHARS else fold(piece)


@lru_cache(maxsize=1024)
def _fold_letter(piece: str) -> str:
    return fold(piece)
