"""Who wrote a mail, as far as that may be believed: the From gate and Authentication-Results. Never raises.

A From field that two programs can read differently names nobody (reliability §0.4): filters in front of us may
have checked the one address while we would act on the other. So the gate works on the raw bytes, accepts only
the plain forms of RFC 5322 §3.4, and asks the stdlib for a second opinion.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from email.utils import getaddresses

from mailroute.message.addresses import ascii_domain, clean_name
from mailroute.message.arc import Verdict, parse_results, results_of_forwarder
from mailroute.message.charset import decode_raw
from mailroute.message.headers import Head
from mailroute.model.address import Address, domain_of
from mailroute.model.message import Authentication

_FROM_BYTES = 2000
_LOCAL = r"[A-Za-z0-9!#$&'*+/=?^_{|}~-]+(?:\.[A-Za-z0-9!#$&'*+/=?^_{|}~-]+)*"  # no % and `: routes of old
_DOMAIN = r"(?:[A-Za-z0-9\x80-\U0010ffff](?:[A-Za-z0-9\x80-\U0010ffff-]{0,61}[A-Za-z0-9\x80-\U0010ffff])?\.)+(?:[A-Za-z\x80-\U0010ffff][A-Za-z0-9\x80-\U0010ffff-]{0,62})"
_ADDR_SPEC = re.compile(rf"({_LOCAL})@({_DOMAIN})")
# Words of a display name without quotes: atoms, dots, encoded words, 8-bit letters. No @ < > ( ) , ; : \ ".
_PHRASE = re.compile(r'(?:"(?:[^"\\\r\n]|\\[^\r\n])*"|[^"\\@<>(),;:\x00-\x08\x0a-\x1f\x7f])*')
_ENCODED_WORD = "=?"
# A header that another program may read differently, or that goes on where we stopped: there may be a second From.
_AMBIGUOUS = frozenset({
    "header-bare-cr", "header-nul", "header-mixed-line-ends", "from-odd-line", "header-block-too-long",
    "header-fields-too-many", "header-cut-short",
})  # fmt: skip
_BY = re.compile(rb"\bby\s+([^\s;()]{1,255})", re.I)
_INTERNAL_HOP = re.compile(rb"\s*by\s+[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}\s+with\s", re.I)
_RESULT_FIELDS = 10
_RESULT_CHARS = 300


def read_author(head: Head) -> tuple[Address | None, list[str]]:
    """The From mailbox if it can be read in one way only, else None and why."""
    values = head.values("from")
    if not values:
        return None, ["from-missing"]
    if len(values) > 1:
        return None, ["from-several"]
    if _AMBIGUOUS & set(head.defects):
        return None, ["from-ambiguous"]
    raw = values[0]
    if len(raw) > _FROM_BYTES or re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", raw):
        return None, ["from-control"]
    return _read_strictly(decode_raw(raw).strip(" \t"))


def _read_strictly(text: str) -> tuple[Address | None, list[str]]:
    """Our own reading of `phrase <addr-spec>` or `addr-spec`, then the stdlib's; both must agree."""
    phrase = ""
    spec = text
    if text.endswith(">"):
        named = _PHRASE.match(text)
        phrase = named[0] if named else ""
        if text[len(phrase) : len(phrase) + 1] != "<":
            return None, ["from-ambiguous"]
        spec = text[len(phrase) + 1 : -1]
    if _ENCODED_WORD in spec:
        return None, ["from-encoded-address"]
    found = _ADDR_SPEC.fullmatch(spec)
    if not found or len(spec) > 254:
        return None, ["from-ambiguous"]
    second = getaddresses([text])
    if len(second) != 1 or second[0][1] != spec:
        return None, ["from-ambiguous"]
    if _looks_like_another(found[2]):
        return None, ["from-ambiguous"]
    domain = ascii_domain(found[2])
    if not domain.isascii():  # IDNA refuses it: no server has that name, whatever a program makes of it
        return None, ["from-ambiguous"]
    name = clean_name(re.sub(r"\\(.)", r"\1", phrase.strip(' \t"')))
    return Address(name, f"{found[1].lower()}@{domain}"), []


def _looks_like_another(domain: str) -> bool:
    """Whether IDNA would quietly make another name of it: full-width letters, or characters that nobody sees.

    UTS 46 maps both away, so `ａbc.example` would be identified as `abc.example`.
    """
    composed = unicodedata.normalize("NFC", domain)
    hidden = any(unicodedata.category(c) == "Cf" for c in domain)
    return hidden or unicodedata.normalize("NFKC", domain) != composed


def read_authentication(
    head: Head, borders: tuple[str, ...], author: Address | None, forwarders: tuple[str, ...] = ()
) -> Authentication:
    """What our own border said about the sender (RFC 8601).

    Believed are fields with one of `borders` as authserv-id that stand above the first Received that was not
    written by a border of ours: everything below came with the mail and may be forged. The border must remove
    foreign fields that carry its name (RFC 8601 §5). Where it found a chain of ARC seals whole, and the last seal
    is one of `forwarders`, that forwarder's own results count as well: forwarding breaks SPF and often DKIM.
    """
    if not borders:
        return Authentication(None, False, ())
    ours = tuple(border.lower().rstrip(".") for border in borders)
    domain = domain_of(author.address) if author else ""
    border: str | None = None
    verdicts: list[Verdict] = []
    for value in _trusted_fields(head, ours):
        parsed = parse_results(value)
        if parsed is None or parsed[0] not in ours:
            continue
        border = border or parsed[0]
        verdicts += parsed[1]
    sealed = results_of_forwarder(head, verdicts, forwarders)
    results = [f"{method}={result} {about}".strip()[:_RESULT_CHARS] for method, result, about in verdicts]
    results += [f"arc {method}={result} {about}".strip()[:_RESULT_CHARS] for method, result, about in sealed]
    aligned = _is_aligned(verdicts, domain) or (bool(sealed) and _is_aligned(sealed, domain))
    return Authentication(border, aligned, tuple(results))


def _trusted_fields(head: Head, ours: tuple[str, ...]) -> Iterator[bytes]:
    """Authentication-Results above the first Received of a stranger, the first _RESULT_FIELDS of them.

    Once a border has spoken, its next Received ends the reading: what follows is an earlier hop. Hops within a
    large provider stand above its border's and name no host that sent (`by 2002:a05:… with SMTP id …`).
    """
    count = 0
    border_seen = False
    for one in head.fields:
        if one.name == "received":
            by = _BY.search(one.value)
            host = by[1].decode("ascii", "replace").lower().rstrip(".") if by else ""
            is_ours = any(host == border or host.endswith("." + border) for border in ours)
            if not count and not border_seen and not is_ours and _INTERNAL_HOP.match(one.value):
                continue
            if count or not is_ours:
                return
            border_seen = True
        elif one.name == "authentication-results":
            count += 1
            if count > _RESULT_FIELDS:
                return
            yield one.value


def _is_aligned(verdicts: list[Verdict], domain: str) -> bool:
    """A DMARC pass, or without any DMARC verdict a DKIM or SPF pass aligned with the From domain (RFC 7489 §3.1).

    One DMARC verdict that is no pass, or that does not say for which domain, outweighs every pass.
    """
    if not domain:
        return False
    dmarc = [(result, about) for method, result, about in verdicts if method == "dmarc"]
    if dmarc:
        return all(
            result == "pass" and _property_domain(about, ("header.from",)) == domain
            for result, about in dmarc
        )
    return any(
        result == "pass"
        and (
            (method == "dkim" and _related(_property_domain(about, ("header.d", "header.i")), domain))
            or (method == "spf" and _related(_property_domain(about, ("smtp.mailfrom",)), domain))
        )
        for method, result, about in verdicts
    )


def _property_domain(about: str, names: tuple[str, ...]) -> str:
    """The domain in the first of the named properties, "" where none is there."""
    properties = dict(one.split("=", 1) for one in about.split(" ") if "=" in one)
    for name in names:
        value = properties.get(name)
        if value:
            return value.rpartition("@")[2].strip('"').lower().rstrip(".")
    return ""


def _related(one: str, other: str) -> bool:
    """Relaxed alignment without a list of public suffixes: equal, or one below the other with two labels at least."""
    if not one or not other:
        return False
    shorter, longer = sorted((one, other), key=len)
    return one == other or ("." in shorter and longer.endswith("." + shorter))
