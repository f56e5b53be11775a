"""What options take: numbers within bounds and pairs, with a sentence for whoever mistypes one."""

from __future__ import annotations

import argparse

# A hundred years of mail.
_DAYS_MOST = 36_500
_MANY = 1_000_000


def days(text: str) -> int:
    """A number of days."""
    return _number(text, _DAYS_MOST)


def many(text: str) -> int:
    """A number of things."""
    return _number(text, _MANY)


def numbers(text: str) -> list[int]:
    """`1,3`: places in a list that was shown."""
    return [_number(part.strip(), _MANY) for part in text.split(",")]


def _number(text: str, most: int) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 10 and 0 < int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(f"write a number from 1 to {most} instead of {text!r}")


def pair(text: str) -> tuple[str, str]:
    """`KEY=VALUE`; nothing may stand behind the sign."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise argparse.ArgumentTypeError(f"write it with an equals sign, KEY=VALUE, instead of {text!r}")
    return key.strip(), value.strip()
