"""Telephone numbers and IBANs as keys: the same for the directory and for mails, by the libraries that know them."""

from __future__ import annotations

import re
from functools import lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_PHONE_DIGITS = 6
# Where nothing else is written. National numbers of Austria and Switzerland come out the same.
_HOME = "DE"
IBAN_CHARS = {
    "de": 22,
    "at": 20,
    "ch": 21,
    "li": 21,
    "lu": 20,
    "nl": 18,
    "be": 16,
    "fr": 27,
    "it": 27,
    "pl": 28,
}


@lru_cache(maxsize=4096)
def phone_key(number: str) -> str:
    """`+49 (0)89 123456`, `089/123456` → `89123456`, without country, so that both ways to dial are one; "" if none."""
    import phonenumbers  # 20 ms, and half of the commands never need it

    try:
        key = str(phonenumbers.parse(number, _HOME).national_number)
    except phonenumbers.NumberParseException:
        return ""
    return key if len(key) >= _PHONE_DIGITS else ""


def iban_key(text: str) -> str:
    """`DE89 3704 0044 …` → `de8937040044…` if its check digits are right, else ""."""
    from stdnum import iban

    key = _NOT_WORD.sub("", text.lower())
    return key if iban.is_valid(key) else ""
