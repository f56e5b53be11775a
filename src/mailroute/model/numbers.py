"""Telephone numbers and IBANs as keys: the same for the directory and for mails, by the libraries that know them."""

from __future__ import annotations

import re
from functools import lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_PHONE_DIGITS = 6
# Where nothing else is written. National numbers of Austria and Switzerland come out the same.
_HOME = "DE"
# How long an IBAN is, where our tenants and owners may have an account.
IBAN_CHARS = {
    "de": 22, "at": 20, "ch": 21, "li": 21, "lu": 20, "nl": 18, "be": 16, "fr": 27, "it": 27, "pl": 28,
    "al": 28, "ba": 20, "bg": 22, "cy": 28, "cz": 24, "dk": 18, "ee": 20, "es": 24, "fi": 18, "gb": 22, "gr": 27,
    "hr": 21, "hu": 28, "ie": 22, "is": 26, "lt": 20, "lv": 21, "mc": 27, "me": 22, "mk": 19, "mt": 31, "no": 15,
    "pt": 25, "ro": 24, "rs": 22, "se": 24, "si": 19, "sk": 24, "sm": 27, "tr": 26, "ua": 29, "xk": 20,
}  # fmt: skip


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
