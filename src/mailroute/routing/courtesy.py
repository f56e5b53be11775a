"""`Bitte annehmen`, `Hallo, annehmen. Gruß`: what people write around a verb out of politeness, taken away.

Words to a customer are not politeness around a verb: `Hallo Herr Müller, erledigt` stays what it is.
"""

from __future__ import annotations

import re

from mailroute.model.text import fold

GREETING_WORDS = 5
CLOSING_WORDS = 4
SIGNATURE_LINES = 10

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
# A list that somebody numbered or dotted: `1. annehmen`, `- notiz: …`.
_BULLET = re.compile(r"^\s*(?:[>*•·–—-]\s*|\(?[0-9]{1,2}[.)]\s+)+(?=\S)")
_GREETING = re.compile(
    r"(?:hallo|hi|hey|moin(?: moin)?|servus|gruess gott|guten (?:tag|morgen|abend)|tag|hello|dear|liebes?|lieber|"
    r"sehr geehrte[rs]?|good (?:morning|afternoon|evening))\b"
)
_TO_SOMEBODY = re.compile(
    r"\b(?:herrn?|frau|hr|fr|familie|mr|mrs|ms|damen|geehrte[rs]?|dear|lieber?|liebes?)\b"
)
# These change nothing about the verb. `Ja`, `gut`, `danke` might: they answer somebody.
_BEFORE = frozenset({"bitte", "please", "pls", "ok", "okay"})
_BEHIND = frozenset({"bitte", "please", "pls", "danke", "thanks", "thx"})
_KINDLY = r"(?:(?:mit )?(?:freundlichen?|besten?|lieben?|viele|schoenen?|herzlichen?)(?: und \w+)? )?"
_CLOSING = re.compile(
    rf"(?:{_KINDLY}gr(?:ue|u)(?:ss|sse|ssen)|lg|vg|mfg|bg|gr|danke(?:schoen)?|(?:vielen|besten|herzlichen) dank|merci"
    r"|(?:best |kind |warm )?regards|best wishes|best|cheers|many thanks|thank you|thanks|thx"
    r"|von meinem \S+ gesendet|gesendet (?:von|mit)|sent from|get outlook|outlook fuer)\b"
)
_CONTACT = re.compile(r"\b(?:Tel|Telefon|Fon|Mobil|Phone|Fax|GmbH|AG|e\.K)\b|www\.|@|[0-9]{5}", re.IGNORECASE)
_THANKS = re.compile(r"(?:danke|vielen|besten|herzlichen|merci|many|thank|thanks)\b")


def bare(text: str) -> str:
    """Folded, and without anything around it that is neither letter nor digit: marks, brackets, pictures."""
    return " ".join(_EDGES.sub("", fold(text)).split())


def is_greeting(line: str) -> bool:
    """Whether a line is a salutation and nothing else."""
    words = bare(line)
    return bool(_GREETING.match(words)) and len(words.split()) <= GREETING_WORDS


def greets_somebody(line: str) -> bool:
    """Whether a salutation names whom it is for: `Guten Tag Herr Müller`, and not `Hallo zusammen`."""
    return bool(_TO_SOMEBODY.search(bare(line)))


def is_closing(line: str) -> bool:
    """Whether a mail ends here: `Viele Grüße`, `LG Petra`, `Danke`, a line of the mail program's own."""
    found = _CLOSING.match(bare(line))
    return found is not None and len(bare(line)[found.end() :].split()) <= CLOSING_WORDS


def is_signature(lines: list[str]) -> bool:
    """Whether a mail ends with a name and where to find it, without the `-- ` that says so."""
    name = lines[0].split()
    named = (
        not is_greeting(lines[0])
        and 1 < len(name) <= 4
        and all(word[:1].isupper() and word[-1] not in ",!?:" for word in name)
    )
    rest = [line for line in lines[1:] if line.strip()]
    return named and len(rest) <= SIGNATURE_LINES and (not rest or any(map(_CONTACT.search, rest)))


def without_greeting(line: str) -> str:
    """The line as it was written, from behind `Hallo,` or `Bitte` on; never empty where it was not."""
    words = _BULLET.sub("", line).split()
    begin = _behind_greeting(words)
    while begin < len(words) - 1 and bare(words[begin]) in _BEFORE:
        begin += 1
    return " ".join(words[begin:]) if begin else _BULLET.sub("", line).strip()


def without_closing(line: str) -> str:
    """The line up to `danke`, `bitte` or `. Gruß Petra`; never empty where it was not."""
    words = line.split()
    end = _before_closing(words)
    while end > 1 and bare(words[end - 1]) in _BEHIND:
        end -= 1
    return " ".join(words[:end]).rstrip(" ,;–-") if end < len(words) else line.strip()


def _behind_greeting(words: list[str]) -> int:
    """Where the words behind `Hallo,` or `Guten Morgen` begin; 0 where the line greets a person by name."""
    found = _GREETING.match(" ".join(map(bare, words[: GREETING_WORDS + 1])))
    if found is None:
        return 0
    spoken = len(found[0].split())
    ends = (at for at in range(spoken - 1, min(len(words), GREETING_WORDS)) if words[at][-1] in ",!.–-")
    end = next(ends, spoken - 1) + 1
    return end if end < len(words) and not greets_somebody(" ".join(words[:end])) else 0


def _before_closing(words: list[str]) -> int:
    """Where `Danke und Gruß, Petra` begins, if the line ends so. Who thanks Herr Müller writes to him."""
    for at in range(1, len(words)):
        rest = " ".join(words[at:])
        if words[at - 1][-1] in ",.!;–-)" and is_closing(rest):
            return len(words) if _THANKS.match(bare(rest)) and greets_somebody(rest) else at
    return len(words)
