"""The words of the pages in German and English: `words/de.toml` and `words/en.toml`, one table for each area.

A key is written "area.name" where it is used. Values in curly brackets are filled in, and escaped like everything else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("de", "en")
_FOLDER = Path(__file__).parent / "words"

Say = Callable[..., str]


@lru_cache
def all_words(language: str) -> dict[str, str]:
    """Every key of a language with its text."""
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{area}.{name}": text for area, words in tables.items() for name, text in words.items()}


@lru_cache
def say(language: str) -> Say:
    """What gives the words of a language: `t("tickets.title")`, `t("tickets.new", name=…)`.

    With `count`, the key's own text is for many, and `key-one` for one. Raises KeyError for a key that is not there,
    which a test rules out.
    """
    words = all_words(language)

    def t(key: str, **values: object) -> str:
        if values.get("count") == 1 and f"{key}-one" in words:
            key = f"{key}-one"
        return words[key].format(**values)

    return t


def language_of(accepts: str, otherwise: str = "de") -> str:
    """The first language of ours in an Accept-Language header (RFC 9110 §12.5.4), else `otherwise`."""
    best, weight = otherwise, 0.0
    for part in accepts.split(",")[:20]:
        name, _, parameter = part.strip().partition(";")
        quality = _quality(parameter)
        language = name.strip().lower()[:2]
        if language in LANGUAGES and quality > weight:
            best, weight = language, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
