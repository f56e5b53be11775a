"""Signed reply addresses: a ticket, one recipient, twelve characters that only we can make (design §7, §8a).

A token is bound to organisation, ticket and the recipient's address: it proves nothing in anybody else's hands.
Its first character names the key, so that old keys still verify after a new one was made.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

# 31 characters; without vowels no token spells a word.
ALPHABET = "bcdfghjklmnpqrstvwxyz0123456789"
LENGTH = 12


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of at least 32 bytes with a one-character name out of ALPHABET."""

    name: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in force, newest first: the first one signs, all of them verify."""

    keys: tuple[Key, ...]

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that name the signing key without telling it; kept in the database."""
        return _fingerprint(self.keys[0])

    @property
    def older_fingerprints(self) -> tuple[str, ...]:
        """The names of the keys that only verify."""
        return tuple(_fingerprint(key) for key in self.keys[1:])


def instance_names(keyring: Keyring, organisation: str) -> tuple[str, ...]:
    """What our letters call us, under each key, the newest first: two firms may both be called "abc"."""
    return tuple(f"{organisation}.{_fingerprint(key)[:8]}" for key in keyring.keys)


def _fingerprint(key: Key) -> str:
    return hashlib.sha256(b"mailroute key " + key.secret).hexdigest()[:16]


def sign(keyring: Keyring, purpose: str, *parts: str) -> str:
    """The token for `parts` under the newest key. `purpose` keeps tokens of one use from serving another."""
    return _sign(keyring.keys[0], purpose, parts)


def verify(keyring: Keyring, token: str, purpose: str, *parts: str) -> bool:
    """Whether one of the keys made `token` for exactly these parts; constant time for each key."""
    token = token.lower()
    return any(
        hmac.compare_digest(_sign(key, purpose, parts).encode(), token.encode("utf-8", "replace"))
        for key in keyring.keys
        if token[:1] == key.name
    )


def reply_token(keyring: Keyring, organisation: str, number: int | None, recipient: str) -> str:
    """The token by which `recipient` (an address key) answers in the ticket; None: a letter that belongs to none."""
    return sign(keyring, "reply", organisation, str(number or 0), recipient)


def verify_reply(keyring: Keyring, token: str, organisation: str, number: int | None, recipient: str) -> bool:
    """Whether `token` was made for this recipient of this ticket."""
    return verify(keyring, token, "reply", organisation, str(number or 0), recipient)


def _sign(key: Key, purpose: str, parts: tuple[str, ...]) -> str:
    message = "\0".join((purpose, *parts)).encode("utf-8", "surrogatepass")
    number = int.from_bytes(hmac.new(key.secret, message, hashlib.sha256).digest(), "big")
    characters = []
    for _ in range(LENGTH - 1):
        number, rest = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[rest])
    return key.name + "".join(characters)
