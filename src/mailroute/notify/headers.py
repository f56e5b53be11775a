"""Header fields of our letters, as ASCII bytes: every value that comes from outside passes `clean` first.

No value can begin a new header field, name a second recipient or hide what it says (CVE-2024-6923 was exactly
that: a decoded subject with a line feed in it, copied into a new mail).
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from functools import lru_cache

import idna

SUBJECT_CHARS = 200
# What a phone's list and a desk's column still show.
SHORT_SUBJECT_CHARS = 69
NAME_CHARS = 80
REFERENCES = 12

# RFC 2047 §2: an encoded word has at most 75 characters; 45 octets make 60 of base64.
_WORD_OCTETS = 45
_PRINTABLE_ASCII = re.compile(r"[ -~]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ADDRESS_LIKE = str.maketrans(dict.fromkeys('<>@"\\', " "))
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,200}@[!-;=?-~]{1,200}")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))


def clean(value: str, chars: int) -> str:
    """One line of visible text: no control, format, private or surrogate characters, single blanks, capped."""
    value = value[: 4 * chars]
    if not value.isprintable():
        value = "".join(" " if unicodedata.category(c) in _HIDDEN else c for c in value)
    value = " ".join(value.split())
    return value if len(value) <= chars else value[: chars - 1].rstrip() + "…"


def short_subject(value: str, number: str) -> str:
    """The subject of a letter, cut at a word where it is long; the ticket's number stays in it."""
    value = clean(value, SUBJECT_CHARS)
    if len(value) <= SHORT_SUBJECT_CHARS:
        return value
    begun = value[: SHORT_SUBJECT_CHARS - 1]
    if not number or f"{number} " in f"{begun[:-1]} ":
        return _cut(begun)
    return f"{_cut(value[: SHORT_SUBJECT_CHARS - len(number) - 4])} ({number})"


def _cut(begun: str) -> str:
    """Up to its last whole word, if that does not cost too much."""
    words = begun.rpartition(" ")[0]
    return f"{(words if 3 * len(words) > 2 * len(begun) else begun).rstrip(' ,:;(–-')}…"


def unstructured(value: str) -> bytes:
    """The body of a field such as Subject; encoded words where it is not plain ASCII (RFC 2047)."""
    if _PRINTABLE_ASCII.fullmatch(value) and "=?" not in value:
        return value.encode("ascii")
    return encoded_words(value)


def encoded_words(value: str) -> bytes:
    """Base64 words of whole characters, folded between them (RFC 2047 §2, §5)."""
    words: list[bytes] = []
    piece = b""
    for character in value:
        octets = character.encode("utf-8", "replace")
        if len(piece) + len(octets) > _WORD_OCTETS:
            words.append(piece)
            piece = b""
        piece += octets
    words.append(piece)
    return b"\r\n ".join(b"=?utf-8?B?" + b64encode(word) + b"?=" for word in words)


@lru_cache(maxsize=1024)
def mailbox(name: str, address: str) -> bytes:
    """`Petra Huber <huber@firm.example>`; `address` has passed `ascii_address`."""
    # Readers exist that decode a name and only then look for addresses: it must not hold one.
    name = clean(name.translate(_ADDRESS_LIKE), NAME_CHARS)
    spec = b"<" + address.encode("ascii") + b">"
    if not name:
        return spec
    if not _PRINTABLE_ASCII.fullmatch(name) or "=?" in name:
        return encoded_words(name) + b"\r\n " + spec
    phrase = name if _ATOMS.fullmatch(name) else f'"{name}"'
    return phrase.encode("ascii") + b" " + spec


@lru_cache(maxsize=4096)
def ascii_address(address: str) -> str | None:
    """The address as every relay takes it: IDNA domain, plain local part. None where there is no such spelling.

    A local part outside ASCII needs SMTPUTF8 on every hop (RFC 6531); a quoted one invites disagreement.
    """
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local):
        return None
    spelled = ascii_domain(domain)
    return f"{local}@{spelled}" if spelled and len(local) + len(spelled) < 254 else None


@lru_cache(maxsize=1024)
def ascii_domain(domain: str) -> str | None:
    """`straße.example` → `xn--strae-oqa.example`; None for what is no domain."""
    if not domain.isascii():
        if len(domain) > 253:
            return None
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    domain = domain.lower()
    return domain if _DOMAIN.fullmatch(domain) else None


def message_ids(ids: tuple[str, ...]) -> bytes:
    """`<a@b>` folded one a line: the first, which names the thread, and the last ones. b"" if none is sound."""
    sound = [bare for one in ids if _MESSAGE_ID.fullmatch(bare := one.strip(" \t<>"))]
    unique = list(dict.fromkeys(sound))
    if len(unique) > REFERENCES:
        unique = [unique[0], *unique[1 - REFERENCES :]]
    return b"\r\n ".join(b"<" + one.encode("ascii") + b">" for one in unique)


def block(fields: list[tuple[str, bytes]]) -> bytes:
    """The header block. Values are ours or made by the functions above: they hold line ends only as folding."""
    return b"".join(name.encode("ascii") + b": " + value + b"\r\n" for name, value in fields if value)
