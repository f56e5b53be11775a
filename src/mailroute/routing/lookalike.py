"""Whether a domain is made to be taken for another: `rnieter.example` for `mieter.example`. Pure; a warning, no proof."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import idna
from rapidfuzz.distance import OSA

from mailroute.model.address import domain_of
from mailroute.model.free_mail import is_free_mail
from mailroute.model.ruleset import Ruleset, Source
from mailroute.model.ticket import Party, PartyKind

# Letters of other scripts that look like Latin ones (a choice from UTS #39), and Latin ones that look alike.
_LOOKS_LIKE = str.maketrans({
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ғ": "f", "һ": "h", "н": "h", "і": "l", "ї": "l", "ј": "j", "к": "k",
    "ӏ": "l", "м": "m", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "υ": "u", "ѵ": "v", "ԝ": "w", "х": "x",
    "у": "y", "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "l", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t", "χ": "x",
    "γ": "y", "ω": "w", "ı": "l", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ɡ": "g", "ɑ": "a", "ß": "ss", "æ": "ae", "œ": "oe",
    "0": "o", "1": "l", "i": "l", "|": "l", "3": "e", "5": "s", "-": "", "_": "",
})  # fmt: skip
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))
_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_SHORT = 6
_LONG = 12
_DOMAIN_CHARS = 253


def imitated(party: Party, ruleset: Ruleset) -> str:
    """The domain of the house or of a partner that a stranger's resembles, or ""."""
    if party.kind is not PartyKind.UNKNOWN or not party.address:
        return ""
    addresses = (
        *(inbox.address for inbox in ruleset.organisation.inboxes),
        *(one.address for one in ruleset.staff),
        *(one.address for one in ruleset.partners),
    )
    return resembles(domain_of(party.address), _domains_of(addresses)) or ""


def whose_domain(domain: str, ruleset: Ruleset) -> Source | None:
    """Where the first address of ours or of a partner with that domain stands."""
    if any(domain_of(inbox.address) == domain for inbox in ruleset.organisation.inboxes):
        return ruleset.organisation.source_of("inboxes")
    known = [(one.address, one.source) for one in ruleset.staff]
    known += [(one.address, one.source) for one in ruleset.partners]
    return next((source for address, source in known if domain_of(address) == domain), None)


@lru_cache(maxsize=64)
def _domains_of(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Each domain once. Remembered: it is asked for every stranger, and changes with the rules."""
    return tuple(dict.fromkeys(map(domain_of, addresses)))


@lru_cache(maxsize=1024)
def resembles(domain: str, known: tuple[str, ...]) -> str | None:
    """The known domain that `domain` may be taken for, None if it is one of them or like none.

    Alike are: the same to the eye (letters of other scripts, `rn` and `m`, `0` and `o`, umlauts, hyphens); one letter
    off (two in long names); the same name under another top level; a known name as a part of a foreign one.
    Names below six letters count only if they look the same: they are too near to each other by chance. Where anybody has
    a mailbox nobody is imitated. Remembered: most strangers write from the same few domains.
    """
    asked = _unicode(domain)
    if not asked:
        return None
    candidates = [(one, _unicode(one)) for one in known if not is_free_mail(one)]
    if any(asked == name or asked.endswith("." + name) for _, name in candidates if name):
        return None
    seen = skeleton(asked)
    return next((one for one, name in candidates if name and _is_like(asked, seen, name)), None)


def _is_like(asked: str, seen: str, name: str) -> bool:
    wanted = skeleton(name)
    if seen == wanted or seen.endswith("." + wanted):
        return True
    label, _, top = wanted.rpartition(".")
    if len(label) < _SHORT:
        return False
    if (name + ".") in asked or wanted.replace(".", "") in seen.split("."):
        return True  # `mieter-verein.de.evil.example`, `mieter-verein-de.example`
    own_label, _, own_top = seen.rpartition(".")
    own_label = own_label.rpartition(".")[2] if "." not in label else own_label
    if own_label == label:
        return True
    allowed = 2 if len(label) >= _LONG else 1
    return own_top == top and OSA.distance(own_label, label, score_cutoff=allowed) <= allowed


@lru_cache(maxsize=1024)
def skeleton(domain: str) -> str:
    """A domain as the eye sees it; two that have the same are taken for each other."""
    text = unicodedata.normalize("NFKD", domain[:_DOMAIN_CHARS].lower())
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).translate(_LOOKS_LIKE)
    for pair, letter in (*_PAIRS, *_UMLAUTS):
        text = text.replace(pair, letter)
    return text


def _unicode(domain: str) -> str:
    """A domain in lower-case letters as people see it (RFC 5891), as it is where IDNA refuses it."""
    domain = domain[:_DOMAIN_CHARS].lower().strip(". ")
    labels = []
    for label in domain.split("."):
        try:
            labels.append(idna.decode(label) if label.startswith("xn--") else label)
        except (idna.IDNAError, ValueError):
            labels.append(label)
    return ".".join(labels)
