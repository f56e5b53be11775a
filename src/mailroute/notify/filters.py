"""The few filters that a template may use. Each takes text and gives text no larger than a small multiple of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from mailroute.model.names import oblique

TESTS = ("defined", "undefined", "none", "odd", "even", "eq", "ne", "gt", "lt", "ge", "le", "in")


def quoted(text: str) -> str:
    """Every line behind `> `: somebody else's words, to people and to mail programs (RFC 3676 §4.5)."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def lines(text: str) -> Markup:
    """Line ends as `<br>`, everything else escaped; addresses stay plain text, nothing becomes a link."""
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))


def join(values: Iterable[str], between: str = "") -> str:
    """The texts with something between them."""
    return between.join(values)


def shorten(text: str, chars: int) -> str:
    """At most so many characters, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= chars else text[: max(chars - 1, 0)].rstrip() + "…"


def before_colon(text: str) -> str:
    """`Vertrag` of `Vertrag: HRV-1`; "" without a colon."""
    head, colon, _ = text.partition(": ")
    return head if colon else ""


def behind_colon(text: str) -> str:
    """`HRV-1` of `Vertrag: HRV-1`; the whole text without a colon."""
    head, colon, rest = text.partition(": ")
    return rest if colon else head


FILTERS: Mapping[str, Callable[..., Any]] = {
    "quoted": quoted,
    "lines": lines,
    "join": join,
    "shorten": shorten,
    "oblique": oblique,
    "before_colon": before_colon,
    "behind_colon": behind_colon,
    "length": len,
    "upper": str.upper,
    "lower": str.lower,
    "trim": str.strip,
}
