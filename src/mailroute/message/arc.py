"""Authentication-Results as values (RFC 8601), and those that a forwarder sealed into a mail (ARC, RFC 8617).

Nothing here decides what is believed: `identity` does. Never raises, checks no signature: our border did.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from mailroute.message.headers import Head

Verdict: TypeAlias = tuple[str, str, str]
"""Method, result, properties: `dkim`, `pass`, `header.d=example.org`."""

_INSTANCE = re.compile(rb"\s*i\s*=\s*(\d{1,2})\s*;")
_DOMAIN = re.compile(rb";\s*d\s*=\s*([A-Za-z0-9._-]{1,253})\s*(?=;|\Z)")
_BLANKS = re.compile(r"\s+")
_INSTANCES = 50  # RFC 8617 §4.2.1


def parse_results(value: bytes) -> tuple[str, list[Verdict]] | None:
    """(authserv-id, [(method, result, properties)]) or None if the field is malformed."""
    text = value.decode("ascii", "replace")
    if text.count("(") > 50 or "\ufffd" in text:  # authres reads comments by recursion
        return None
    import authres  # only sites with a border need it

    try:
        parsed = authres.AuthenticationResultsHeader.parse("Authentication-Results: " + text)
    except (SyntaxError, authres.AuthResError, ValueError, IndexError, AttributeError):
        return None
    verdicts = []
    for one in parsed.results:
        # A quoted value may hold blanks, and whoever sends chooses it: `"x smtp.mailfrom=a@ours y"@evil.example`.
        about = " ".join(f"{p.type}.{p.name}={_BLANKS.sub('_', str(p.value))}" for p in one.properties)
        verdicts.append((str(one.method).lower(), str(one.result).lower(), about))
    return str(parsed.authserv_id).lower().rstrip("."), verdicts


def results_of_forwarder(head: Head, verdicts: list[Verdict], forwarders: tuple[str, ...]) -> list[Verdict]:
    """What the last forwarder found when the mail came to it.

    Empty unless our border says that the whole chain is valid (`arc=pass`), the last seal is of one of
    `forwarders`, and there is exactly one seal and one set of results with its number.
    """
    said = [result for method, result, _ in verdicts if method == "arc"]
    if not forwarders or not said or any(result != "pass" for result in said):
        return []
    seals = _numbered(head, "arc-seal")
    results = _numbered(head, "arc-authentication-results")
    last = max(seals, default=0)
    if not 1 <= last <= _INSTANCES or last != max(results, default=0):
        return []
    if len(seals[last]) != 1 or len(results[last]) != 1:
        return []
    sealers = _DOMAIN.findall(seals[last][0])
    domain = sealers[0].decode("ascii").lower().rstrip(".") if len(sealers) == 1 else ""
    if domain not in {one.lower().rstrip(".") for one in forwarders}:
        return []
    value = results[last][0]
    number = _INSTANCE.match(value)
    parsed = parse_results(value[number.end() :]) if number else None
    return parsed[1] if parsed else []


def _numbered(head: Head, name: str) -> dict[int, list[bytes]]:
    """The fields of one ARC kind by the number of their set; a field without one counts as set 0."""
    found: dict[int, list[bytes]] = {}
    for value in head.values(name):
        number = _INSTANCE.match(value)
        found.setdefault(int(number[1]) if number else 0, []).append(value)
    return found
