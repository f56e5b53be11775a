"""The trace of a decision in the reader's language: kept in English with the decision, told in German by `words/trace.toml`.

A sentence that is not there is shown as it stands; nothing is guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from mailroute.model.names import oblique

_FILE = Path(__file__).parent / "words" / "trace.toml"
# Behind these a name stands in another form.
_BEHIND = re.compile(r"\b(?:an|bei|für|von|zu) \{([a-z])\}")
_PLACE = re.compile(r"\{([a-z])\}")
# A trace holds words of strangers: what is longer than any sentence of ours is shown as it is.
_CHARS = 500
_DEPTH = 4

InWords = Callable[[str], str]


@lru_cache
def german_sentences() -> dict[str, str]:
    """Every English sentence with its German one; places in braces are filled in."""
    found: dict[str, str] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return found


def trace_words(language: str) -> InWords:
    """What gives a verdict or reason of a trace in a language."""
    return _in_german if language == "de" else _as_it_is


def _as_it_is(text: str) -> str:
    return text


@lru_cache(maxsize=4_096)
def _in_german(text: str) -> str:
    return _translated(text, _DEPTH) if len(text) <= _CHARS else text


def _translated(text: str, depth: int) -> str:
    """The whole sentence, or else its parts; what fills a place may be a sentence of ours again."""
    whole = german_sentences().get(text)
    if whole is not None or not depth:
        return whole if whole is not None else text
    listed = _list(text, depth)
    if listed != text:
        return listed
    for pattern, german in _patterns():
        if found := pattern.fullmatch(text):
            values = {name: _translated(value, depth - 1) for name, value in found.groupdict().items()}
            names = {one: oblique(values[one]) for one in _BEHIND.findall(german)}
            return german.format(**{**values, **names})
    parts = text.split("; ")
    return "; ".join(_translated(one, depth - 1) for one in parts) if len(parts) > 1 else text


def _list(text: str, depth: int) -> str:
    """A list whose every part is ours; where one is not, commas belong to a sentence that is shown as it is."""
    parts = text.split(", ")
    told = [_translated(one, depth - 1) for one in parts] if len(parts) > 1 else []
    return ", ".join(told) if told and all(new != old for new, old in zip(told, parts, strict=True)) else text


@lru_cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences with places, those with the most words of their own first. A place never spans a semicolon."""
    found = [one for one in german_sentences().items() if _PLACE.search(one[0])]
    found.sort(key=lambda one: -len(_PLACE.sub("", one[0])))
    return tuple((re.compile(_expression(english), re.DOTALL), german) for english, german in found)


def _expression(english: str) -> str:
    pieces = _PLACE.split(english)
    return "".join(f"(?P<{piece}>[^;]+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
