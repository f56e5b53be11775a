"""The words, sentences and numbers of a folded text, found once for all who look for something in it.

Whatever a mail may be looked up by begins at a number or at one of a few words. So nobody needs to go through the whole
text for it: they begin where the digits stand, or look first whether one of their words is there at all. The last few
texts are remembered, for all who read a mail read the same ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

# More numbers than this stand in no letter; a table of them is not read to its end.
RUNS_READ = 10_000

_DIGITS = re.compile(r"[0-9]+")
_ONLY_DIGITS = "".join("0" if c.isdigit() else " " for c in map(chr, range(128)))
_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = re.compile(r"[a-z]+")
_ONLY_WORDS = "".join(c if c.isdigit() or "a" <= c <= "z" else " " for c in map(chr, range(128)))
_NO_WORD = re.compile(r"[^a-z0-9]")
_ANY_LETTER = str.maketrans("abcdefghijklmnopqrstuvwxyz0123456789", "a" * 36)
_WORD_BEGINS = " a"
# A full stop ends a sentence behind a word (not in 3. OG, z. B., Str. 12), an empty line always. Each way begins with its
# character, so that the search runs fast over all others.
_SENTENCE_END = re.compile(
    r"\.(?=\s|$)(?<=[a-z]{2}\.)(?<!\b(?:art|tel|bzw|abs)\.)(?<!\b(?:dr|nr|st|og|eg|ca|hr|fr|co)\.)(?<!str\.)"
    r"|!|\?|;|\n[^\S\n]*\n"
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """The words of letters and digits of a text, one after the other; nobody may change the lists.

    `firsts` are the words that sentences begin with, `begins` where these sentences begin in the text.
    """

    words: list[str]
    firsts: list[int]
    begins: list[int]


@lru_cache(maxsize=4)
def digit_runs(text: str) -> tuple[tuple[int, int], ...]:
    """Where digits stand, as (start, end): as many as stand together are one."""
    if not text.isascii():
        return tuple([found.span() for found in islice(_DIGITS.finditer(text), RUNS_READ)])
    # Where every digit is a 0 and all else a blank, looking for the next of either is twice as fast as the expression.
    marks = f"{text.translate(_ONLY_DIGITS)} "
    runs: list[tuple[int, int]] = []
    start = marks.find("0")
    while start >= 0 and len(runs) < RUNS_READ:
        end = marks.find(" ", start)
        runs.append((start, end))
        start = marks.find("0", end)
    return tuple(runs)


@lru_cache(maxsize=4)
def runs_behind_no_word(text: str) -> tuple[tuple[int, int], ...]:
    """The same without those behind a word of three letters or more and one character, as nearly all are in running text."""
    return tuple(
        [(start, end) for start, end in digit_runs(text) if not text[start - 4 : start - 1].isalpha()]
    )


@lru_cache(maxsize=4)
def letters_in(text: str) -> frozenset[str]:
    """Every word of letters, each once; in `3og` it is `og`."""
    found = frozenset(_words(text))
    with_digits = [word for word in found if not word.isalpha()]
    return found.difference(with_digits).union(_LETTERS.findall(" ".join(with_digits)))


@lru_cache(maxsize=4)
def sentences_in(text: str) -> Sentences:
    """The words of a text by its sentences."""
    firsts: list[int] = []
    begins: list[int] = []
    begin = before = 0
    # Where every letter is an a, counting where words begin is faster than cutting each sentence into words.
    marks = f" {_plain(text).translate(_ANY_LETTER)}"
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    for end in (*ends, len(text)):
        in_sentence = marks.count(_WORD_BEGINS, begin, end + 1)
        if in_sentence:
            firsts.append(before)
            begins.append(begin)
            before += in_sentence
        begin = end
    return Sentences(_words(text), firsts, begins)


@lru_cache(maxsize=4)
def _words(text: str) -> list[str]:
    """Every word, for all who look for one; those who only look something up need no sentences."""
    return _plain(text).split()


def _plain(text: str) -> str:
    """The text with a blank for whatever is no letter or digit."""
    return text.translate(_ONLY_WORDS) if text.isascii() else _NO_WORD.sub(" ", text)


def words_of(text: str) -> list[str]:
    """The words of letters and digits, one after the other."""
    # A table and a split are three times as fast as the expression, and nearly every folded text is ASCII.
    return text.translate(_ONLY_WORDS).split() if text.isascii() else _WORD.findall(text)
