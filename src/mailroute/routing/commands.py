"""What a member of staff said by replying: verbs in the first lines, else the answer to the customer. Fails closed.

An answer goes to a customer, so nothing that may have been meant as a verb becomes one: a misspelt verb, a verb with
words behind it, text behind a verb are `NearMiss`, which is shown as a preview and sent only on `senden`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from rapidfuzz.distance import DamerauLevenshtein

from mailroute.model.command import (
    Accept,
    Answer,
    Assign,
    Close,
    Command,
    CorrectProperty,
    CorrectType,
    Empty,
    FollowUp,
    Help,
    NearMiss,
    Note,
    Pick,
    Reject,
    Reopen,
    Revoke,
    Send,
    Take,
    Unavailable,
    Undo,
)
from mailroute.model.ruleset import Spelling
from mailroute.model.text import fold, fold_bare
from mailroute.routing.spellings import INSTEAD, SHIPPED

# Verbs of the plan (design §7) that nothing carries out yet. They too are never meant for a customer.
_NOT_YET = re.compile(
    r"(?:extern|external)(?: an)?:.*|(?:extern|external) (?:an|aenderungen|changes|termin|appointment)\b.*"
    r"|(?:abwesend|away):.*"
    r"|(?:abwesend|away)(?: \S+){1,6}"
)

# A line of up to so many words may be a misspelt verb; longer ones are sentences.
SHORT_LINE_WORDS = 3
COMMANDS_MOST = 10

_NUMBER = re.compile(r"[0-9]{1,2}")
_GREETING = re.compile(
    r"(?:hallo|hi|hey|moin|servus|guten (?:tag|morgen|abend)|liebes? |sehr geehrte|dear|hello)\b"
)
_CLOSING = re.compile(
    r"(?:mit (?:freundlichen|besten|lieben)|viele|beste|liebe|freundliche) gruesse|(?:lg|mfg|vg|gruss|danke|best regards|kind regards|thanks)\b"
)
_MARKS = " \t\r\n.,!;*_\"'`„“”‚‘’«»<>()[]-–"


@dataclass(frozen=True, slots=True)
class _Spoken:
    """One line that is a verb, with what stands behind the colon."""

    verb: str
    spelling: str
    said: str
    argument: str


def parse_commands(new_text: str, spellings: tuple[Spelling, ...]) -> tuple[Command, ...]:
    """Read the first lines of a reply. Total: any text is at least one command."""
    text = new_text.strip()
    if not text:
        return (Empty(),)
    verbs = _verbs(spellings)
    lines = _without_greeting(text.splitlines(), verbs)
    spoken = _read(lines[0], verbs)
    if spoken is None and _NOT_YET.fullmatch(_squeeze(fold(lines[0]))):
        return (Unavailable(lines[0].strip(), text),)
    if spoken is None:
        meant = _resembles(lines[0], verbs)
        return (NearMiss(lines[0].strip(), meant, text) if meant else Answer(text),)
    return tuple(_commands(lines, verbs))


def _commands(lines: list[str], verbs: dict[str, Spelling]) -> list[Command]:
    """The verbs in a row, each with the lines that belong to it."""
    commands: list[Command] = []
    at = 0
    while at < len(lines):
        spoken = _read(lines[at], verbs)
        if spoken is None or len(commands) == COMMANDS_MOST:
            rest = "\n".join(lines[at:]).strip()
            return [*commands, *_rest(commands, rest)]
        at += 1
        if spoken.verb in _TAKES_LINES:
            until = len(lines) if spoken.verb == "note" else _next_verb(lines, at, verbs)
            argument = "\n".join([spoken.argument, *lines[at:until]]).strip()
            spoken = replace(spoken, argument=argument)
            at = until
        command = _command(spoken)
        if isinstance(command, NearMiss):
            # Nothing behind it is carried out either: whoever meant what they wrote says it again.
            return [*commands, replace(command, text="\n".join([spoken.said, *lines[at:]]).strip())]
        commands.append(command)
        while at < len(lines) and not lines[at].strip():
            at += 1
    return commands


def _rest(commands: list[Command], rest: str) -> list[Command]:
    """Text behind the verbs. Behind `weiter an` it is for the colleague; else nobody can tell for whom it is."""
    if not rest or _CLOSING.match(fold(rest)):
        return []
    if commands and isinstance(commands[-1], Assign):
        return [Note(rest.splitlines()[0], rest)]
    return [NearMiss(rest.splitlines()[0].strip(), "notiz:", rest)]


def _next_verb(lines: list[str], at: int, verbs: dict[str, Spelling]) -> int:
    return next((index for index in range(at, len(lines)) if _read(lines[index], verbs)), len(lines))


_TAKES_LINES = frozenset({"note", "reject", "close"})
_ALONE: dict[str, Callable[[str], Command]] = {
    "accept": Accept,
    "take": Take,
    "revoke": Revoke,
    "reopen": Reopen,
    "undo": Undo,
    "help": Help,
    "send": Send,
}


def _command(spoken: _Spoken) -> Command:
    said, argument = spoken.said, spoken.argument
    if spoken.verb in _ALONE:
        # "annehmen: kann ich das nicht" has something to say that the verb cannot carry.
        return NearMiss(said, spoken.spelling, said) if argument else _ALONE[spoken.verb](said)
    match spoken.verb:
        case "reject":
            return Reject(said, argument)
        case "close":
            return Close(said, argument)
        case "assign" if argument:
            return Assign(said, argument)
        case "type" if argument:
            return CorrectType(said, argument)
        case "property" if argument:
            return CorrectProperty(said, argument)
        case "pick":
            return Pick(said, int(argument))
        case "follow-up" if argument:
            return FollowUp(said, argument)
        case "note" if argument:
            return Note(said, argument)
        case _:
            return NearMiss(said, f"{spoken.spelling}: …", said)


def _verbs(spellings: tuple[Spelling, ...]) -> dict[str, Spelling]:
    """Folded spelling → spelling, with umlauts written both ways."""
    both = [(one, form) for one in (*SHIPPED, *spellings) for form in (fold(one.text), fold_bare(one.text))]
    return {_squeeze(form): one for one, form in both}


def _without_greeting(lines: list[str], verbs: dict[str, Spelling]) -> list[str]:
    """`Hallo,` before a verb is politeness; before anything else it begins the answer."""
    first = _squeeze(fold(lines[0]))
    if not _GREETING.match(first) or len(first.split()) > 5:
        return lines
    later = next((index for index in range(1, len(lines)) if lines[index].strip()), None)
    return lines[later:] if later is not None and _read(lines[later], verbs) else lines


def _read(line: str, verbs: dict[str, Spelling]) -> _Spoken | None:
    """The verb that stands alone on the line or before its colon, or None."""
    number = _squeeze(line)
    if _NUMBER.fullmatch(number):
        return _Spoken("pick", number, line.strip(), number)
    head, _, argument = line.partition(":")
    spelling = verbs.get(_squeeze(fold(head)))
    if spelling is not None:
        return _Spoken(spelling.verb, spelling.text, line.strip(), argument.strip())
    return _without_colon(line, verbs)


# The verbs that are as clear without their colon, with the most words that may stand behind them. The colon of
# `frist morgen 14:30` is none of the verb's.
_WITHOUT_COLON = {"assign": 3, "follow-up": 6}


# Words that begin ordinary sentences too: "Frist für die Ablesung ist der 3. Dezember, bitte …".
_NOUNS = frozenset({"follow-up", "type", "property"})
_NOUN_LINE_WORDS = 7


def _without_colon(line: str, verbs: dict[str, Spelling]) -> _Spoken | None:
    """`weiter an Schmidt`, `frist Freitag`."""
    words = line.split()
    if len(words) < 2 or words[-1].endswith(","):
        return None
    for length in (3, 2, 1):
        spelling = verbs.get(_squeeze(fold(" ".join(words[:length]))))
        behind = len(words) - length
        if spelling is None or not 1 <= behind <= _WITHOUT_COLON.get(spelling.verb, 0):
            continue
        if spelling.verb == "assign" and ":" in line:
            continue
        return _Spoken(spelling.verb, spelling.text, line.strip(), " ".join(words[length:]).rstrip(".!"))
    return None


def _resembles(line: str, verbs: dict[str, Spelling]) -> str:
    """The spelling that the line resembles without being it, or ""."""
    whole = _squeeze(fold(line))
    head = _squeeze(fold(line.partition(":")[0]))
    first_words = whole.split()
    for length in (3, 2, 1):
        spelling = verbs.get(" ".join(first_words[:length])) if len(first_words) > length else None
        if spelling is not None and _is_no_sentence(spelling, first_words):
            return spelling.text
    candidates = [whole] if len(first_words) <= SHORT_LINE_WORDS else []
    if ":" in line and len(head.split()) <= SHORT_LINE_WORDS:
        candidates.append(head)
    for candidate in filter(None, candidates):
        if candidate in _LIKE:
            return _LIKE[candidate]
        for key, spelling in verbs.items():
            if DamerauLevenshtein.distance(candidate, key, score_cutoff=3) <= (1 if len(key) <= 5 else 2):
                return spelling.text
    return ""


def _is_no_sentence(spelling: Spelling, words: list[str]) -> bool:
    return spelling.verb not in _NOUNS or len(words) <= _NOUN_LINE_WORDS


def _squeeze(folded_text: str) -> str:
    return " ".join(folded_text.strip(_MARKS).split())


_LIKE = {_squeeze(fold(word)): verb for verb, words in INSTEAD.items() for word in words}
