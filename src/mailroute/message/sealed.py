"""Signed and encrypted mail: recognised and kept whole (RFC 1847, RFC 8551, RFC 3156). Opens nothing, checks nothing.

Also the other things about the form of a mail that a person should know: winmail.dat, Outlook's .msg, invitations.
"""

from __future__ import annotations

import re

from mailroute.message.parts import Part

_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNATURES = (
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
)  # fmt: skip
_ARMOUR = re.compile(r"^-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)-----[ \t]*$", re.M)
_SIGNATURE_ARMOUR = re.compile(r"^-----BEGIN PGP SIGNATURE-----[ \t]*$", re.M)
_SIGNATURE_END = re.compile(r"^-----END PGP SIGNATURE-----[ \t]*$\n?", re.M)
_HASH = re.compile(r"(?:(?:Hash|Charset|Comment|Version): [^\n]{0,100}\n){0,5}[ \t]*\n", re.I)
_FORMS = {
    "text/calendar": "calendar",
    "application/ms-tnef": "tnef",
    "application/vnd.ms-tnef": "tnef",
    "application/vnd.ms-outlook": "outlook-msg",
}


def signals_of(root: Part, text: str, signed: bool) -> tuple[str, ...]:
    """Which of `encrypted`, `signed`, `calendar`, `tnef`, `outlook-msg` a mail is or holds; `signed` is what its text said."""
    found: dict[str, None] = {}
    _note(root, found)
    if signed:
        found["signed"] = None
    armour = _ARMOUR.search(text)
    if armour:
        found["encrypted" if armour[1] == "MESSAGE" else "signed"] = None
    return tuple(found)


def _note(part: Part, found: dict[str, None]) -> None:
    """Note one node and what is below it; recursion is bounded by PART_DEPTH."""
    if part.type == "multipart/encrypted" or part.type == "application/pgp-encrypted":
        found["encrypted"] = None
    elif part.type in ("multipart/signed", *_SIGNATURES):
        found["signed"] = None
    elif part.type in _SMIME:
        kind = part.parameters.get("smime-type", "").lower()
        found[
            "signed"
            if kind in ("signed-data", "certs-only") or part.file_name.lower().endswith(".p7s")
            else "encrypted"
        ] = None
    elif part.type in _FORMS:
        found[_FORMS[part.type]] = None
    elif part.file_name.lower().endswith(".msg"):
        found["outlook-msg"] = None
    for child in part.children:
        _note(child, found)


def without_armour(text: str) -> str:
    """A text without the lines that PGP puts around what it signs (RFC 9580 §7)."""
    begin = _ARMOUR.search(text)
    if begin is None or begin[1] == "MESSAGE":
        return text
    signature = _SIGNATURE_ARMOUR.search(text, begin.end())
    if signature is None:
        return text
    end = _SIGNATURE_END.search(text, signature.end())
    head = _HASH.match(text, begin.end() + 1)
    signed = text[head.end() if head else begin.end() + 1 : signature.start()]
    plain = "\n".join(line.removeprefix("- ") for line in signed.split("\n"))
    return text[: begin.start()] + plain + (text[end.end() :] if end else "")
