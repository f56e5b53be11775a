"""What may have been meant as a verb, or for the house alone. It is shown to its author before anything of it leaves.

Holding back an answer that was one costs a `senden`; sending a command to a customer cannot be taken back. So short
lines are read with suspicion, sentences with less, and lines behind a salutation with a name with the least.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz.distance import DamerauLevenshtein

from mailroute.model.ruleset import Spelling
from mailroute.model.text import fold
from mailroute.routing import spellings as say
from mailroute.routing.courtesy import bare, without_closing, without_greeting

# A line of up to so many words may be a misspelt verb; longer ones are sentences.
SHORT_LINE_WORDS = 3
PHRASE_WORDS = 7
INSTRUCTION_WORDS = 8

_ADDRESS_ONLY = re.compile(r"(?:(?:an|to|extern|external|weiter an|bitte an) )*\S+@\S+\.\w+")
_SENTENCE_ENDS = re.compile(r"[.!?] \S")

Verbs = Mapping[str, Spelling]


def resembles(line: str, verbs: Verbs, *, whole_line: bool = False) -> str:
    """The spelling that the line resembles without being it, or "". `whole_line`: not just its first words."""
    plain = without_closing(without_greeting(line))
    words = bare(plain).split()
    if not words:
        return "annehmen" if line.strip() else ""
    if found := _misspelt(plain, words, verbs) or _like(words):
        return found
    return "" if whole_line else _begins(words, verbs) or _begins_misspelt(words, verbs) or _instructs(words)


def is_internal(text: str) -> str:
    """`notiz: Text` where a line or a phrase says that the text is for the house, else ""."""
    whole = " ".join(fold(text).split())
    heads = (bare(line.partition(":")[0]) for line in text.splitlines() if ":" in line)
    says_so = any(one in whole for one in say.INTERNAL_PHRASES) or not say.INTERNAL_HEADS.isdisjoint(heads)
    return "notiz: Text" if says_so else ""


def _misspelt(line: str, words: list[str], verbs: Verbs) -> str:
    """The whole line, or what stands before its colon, is nearly a verb; or a verb stands in three words."""
    head = bare(line.partition(":")[0])
    candidates = [" ".join(words)] if len(words) <= SHORT_LINE_WORDS else []
    if ":" in line and 0 < len(head.split()) <= SHORT_LINE_WORDS:
        candidates.append(head)
    for candidate in filter(None, candidates):
        if candidate in _LIKE:
            return _LIKE[candidate]
        if near := _near(candidate, verbs, least_chars=3):
            return near
    if len(words) <= SHORT_LINE_WORDS and ":" not in line:
        inside = (verbs.get(word) for word in words[1:])
        return next((one.text for one in inside if one and one.verb not in say.NOUNS), "")
    return ""


def _like(words: list[str]) -> str:
    """What people say instead of a verb, alone or with a few words behind it."""
    line = " ".join(map(bare, words))
    if line in _LIKE:
        return _LIKE[line]
    if _ADDRESS_ONLY.fullmatch(line):
        return "extern an:"
    if len(words) > PHRASE_WORDS:
        return ""
    return next((verb for phrase, verb in _BEGINNINGS.items() if f"{line} ".startswith(f"{phrase} ")), "")


def _begins(words: list[str], verbs: Verbs) -> str:
    """The line begins with a verb and goes on, and is no sentence that merely happens to."""
    for length in (3, 2, 1):
        spelling = verbs.get(" ".join(bare(word) for word in words[:length])) if len(words) > length else None
        if spelling is not None:
            return "" if _is_sentence(spelling, words[length:], len(words)) else spelling.text
    return ""


def _is_sentence(spelling: Spelling, behind: list[str], words: int) -> bool:
    if spelling.verb == "to":
        return "@" not in behind[0]
    goes_on = behind[0] in say.GOES_ON
    if spelling.verb in say.NOUNS:
        says_something = words > SHORT_LINE_WORDS and not say.SAY_SOMETHING.isdisjoint(behind)
        return words > PHRASE_WORDS or (goes_on and says_something)
    if spelling.verb == "send" and behind[0] in say.SENT_BY_YOU:
        return words > SHORT_LINE_WORDS
    return spelling.text == "weiter an" and goes_on and words > PHRASE_WORDS


def _begins_misspelt(words: list[str], verbs: Verbs) -> str:
    """`Weitr an Weber`, `Notitz Mieter ruft an`."""
    if not 1 < len(words) <= PHRASE_WORDS or words[0] in verbs:
        return ""
    for length in (2, 1):
        if near := _near(" ".join(bare(word) for word in words[:length]), verbs, least_chars=6):
            return near
    return "notiz: Text" if DamerauLevenshtein.distance(words[0], "notiz", score_cutoff=2) == 1 else ""


def _near(candidate: str, verbs: Verbs, *, least_chars: int) -> str:
    for key, spelling in verbs.items():
        if len(key) < least_chars or abs(len(key) - len(candidate)) > 2:
            continue
        most = 1 if len(key) <= (5 if least_chars < 6 else 7) else 2
        if DamerauLevenshtein.distance(candidate, key, score_cutoff=most + 1) <= most:
            return spelling.text
    return ""


def _instructs(words: list[str]) -> str:
    """`Bitte an Weber weiterleiten`: a short line without a subject that ends in what somebody is to do."""
    if (
        len(words) > INSTRUCTION_WORDS
        or _SENTENCE_ENDS.search(" ".join(words))
        or not say.SUBJECTS.isdisjoint(words)
    ):
        return ""
    if not say.TICKETS.isdisjoint(words) and words[-1] in ("schliessen", "abschliessen", "zumachen"):
        return "erledigt"
    return say.INSTRUCTIONS.get(words[-1], "")


_LIKE = {bare(word): verb for verb, words in say.INSTEAD.items() for word in words}
_BEGINNINGS = {bare(word): verb for verb, words in say.BEGINNINGS.items() for word in words}
