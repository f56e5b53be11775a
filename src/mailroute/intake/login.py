"""The spoken part of SMTP AUTH (RFC 4954): PLAIN (RFC 4616) and LOGIN. Checking the password is somebody else's job."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

MECHANISMS = ("LOGIN", "PLAIN")

Ask = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client claims."""

    name: str
    password: str


class LoginAborted(Exception):
    """The client cancelled (RFC 4954 §4)."""


class LoginUnreadable(Exception):
    """Not base64, not UTF-8, or not what the mechanism asks for."""


async def converse(mechanism: str, first: str | None, ask: Ask) -> Credentials:
    """Obtain name and password by one of MECHANISMS.

    `first` is the initial response of the AUTH command; `ask(challenge)` sends 334 and returns the client's line.
    """
    if mechanism == "PLAIN":
        parts = _decode(first.encode() if first is not None else await ask("")).split("\0")
        if len(parts) != 3:
            raise LoginUnreadable
        return Credentials(parts[1], parts[2])
    name = _decode(first.encode() if first is not None else await ask(_challenge("Username:")))
    return Credentials(name, _decode(await ask(_challenge("Password:"))))


def _challenge(text: str) -> str:
    return b64encode(text.encode()).decode()


def _decode(line: bytes) -> str:
    """One base64 line as text; "=" is the empty response (RFC 4954 §4)."""
    if line == b"*":
        raise LoginAborted
    if line == b"=":
        return ""
    try:
        return b64decode(line, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise LoginUnreadable from error


def check_against(users: Mapping[str, str]) -> Callable[[str, str], bool]:
    """A password check against name → password, in constant time per name."""

    def check(name: str, password: str) -> bool:
        expected = users.get(name)
        same = hmac.compare_digest((expected or "").encode(), password.encode())
        return same and expected is not None and expected != ""

    return check
