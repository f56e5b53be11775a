"""General knowledge of the language (tests/quality/knowledge): words of a case type with how strongly they mean it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).parent / "knowledge"
Knowledge = dict[str, dict[str, float]]


def knowledge(pack: str) -> Knowledge:
    """What each word says: weights by case type."""
    known: Knowledge = {}
    for file in sorted(_FOLDER.glob(f"{pack}*.txt")):
        for case_type, word, weight in _lines(file.read_text(encoding="utf-8")):
            known.setdefault(word, {}).setdefault(case_type, weight)
    return known


def _lines(text: str) -> Iterator[tuple[str, str, float]]:
    case_type = ""
    for line in text.splitlines():
        if line.startswith("["):
            case_type = line.strip("[] ")
        elif line and not line.startswith("#"):
            weight, _, words = line.partition(":")
            for word in words.split(","):
                if word.strip():
                    yield case_type, word.strip(), float(weight)
