"""Where a text ends with its writer's name, address and telephone number, though no closing stands above. Pure.

Such lines say where the writer lives, not what the mail is about.
"""

from __future__ import annotations

import re

LINES_READ = 8
_LINE_CHARS = 60
_LEAST_CHARS_ABOVE = 10

_NAME = re.compile(
    r"(?:(?:Dr|Prof|Dipl|Ing|Familie|Fam|Frau|Herr|i\. ?A|i\. ?V)\.?[ -])*[A-ZÄÖÜ][\w.'-]*(?: (?:von|van|de|zu|und|& )?[A-ZÄÖÜ][\w.'-]*){1,3}"
)
_REACHED_AT = re.compile(
    r"(?:tel(?:efon)?|fon|fax|mobil|handy|phone|mobile|e-?mail|mail|web|internet|funk)\b[ .:/]|(?:https?://|www\.)|\S+@\S+\.\w|"
    r"(?:\+[1-9]|0)[0-9 ()/.-]{6,}$",
    re.I,
)
_TOWN = re.compile(r"(?:[A-Z]{1,2}-)?[0-9]{4,5} [A-ZÄÖÜ]")
_STREET = re.compile(
    r"[A-ZÄÖÜ][^:!?]{2,40} [0-9]{1,4} ?[a-zA-Z]?(?:[-/](?:[0-9]+[a-zA-Z]?|[a-zA-Z]))?(?:, (?:[A-Z]{1,2}-)?[0-9]{4,5} [A-ZÄÖÜ].*)?"
)


def split_contact_lines(text: str) -> tuple[str, str]:
    """The text and the contact lines at its end ("" if it ends in none): a name first, then how to reach them.

    Fields of a form ("Objekt: …") are none, and there must be something to read above.
    """
    lines = text.rstrip().split("\n")
    reached = False
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - LINES_READ), -1):
        line = lines[at].strip()
        if _NAME.fullmatch(line) and reached and not _is_contact(line):
            above = "\n".join(lines[:at])
            return (above, "\n".join(lines[at:])) if len(above.strip()) >= _LEAST_CHARS_ABOVE else (text, "")
        if line and (len(line) > _LINE_CHARS or not _is_contact(line)):
            break
        reached = reached or _REACHED_AT.match(line) is not None
    return text, ""


def _is_contact(line: str) -> bool:
    return any(one.match(line) for one in (_REACHED_AT, _TOWN)) or _STREET.fullmatch(line) is not None
