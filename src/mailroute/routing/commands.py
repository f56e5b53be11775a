"""What a member of staff said by replying: verbs in the first lines, else the answer to the customer. Fails closed.

An answer goes to a customer, so nothing that may have been meant as a verb becomes one: a misspelt verb, a verb with
words behind it, text behind a verb are `NearMiss`, which is shown as a preview and sent only on `senden`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from mailroute.model.command import (
    Accept,
    Answer,
    AnswerAlso,
    Assign,
    BeAway,
    BeBack,
    Close,
    Command,
    CorrectProperty,
    CorrectType,
    Document,
    Empty,
    External,
    ExternalChanges,
    FollowUp,
    Help,
    NearMiss,
    Note,
    Pick,
    Reject,
    Reopen,
    Revoke,
    Send,
    Separate,
    Split,
    Take,
    Undo,
)
from mailroute.model.outside import Stage
from mailroute.model.ruleset import Spelling
from mailroute.model.spellings import SHIPPED
from mailroute.model.text import fold, fold_bare
from mailroute.routing.away_words import says_when
from mailroute.routing.courtesy import (
    bare,
    greets_somebody,
    is_closing,
    is_greeting,
    is_signature,
    without_closing,
    without_greeting,
)
from mailroute.routing.dates import means_a_moment
from mailroute.routing.picks import numbers_in
from mailroute.routing.resembling import is_internal, resembles
from mailroute.routing.spellings import GOES_ON, NOUNS

COMMANDS_MOST = 10

# ASCII, as every relay takes it.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,10}"
)
# The wide colon of other keyboards.
_COLON = re.compile("[\uff1a\ufe55]")
# What may stand on a line of its own in a letter: `Objekt: Lindenweg 5`, `Frist: 3. Dezember`, `10`.
_IN_LETTERS = (NOUNS - {"external"}) | {"pick"}


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
    lines = _from_first_words(text.splitlines())
    by_name = greets_somebody(text.splitlines()[0]) and is_greeting(text.splitlines()[0])
    first = lines[0]
    spoken = _read(first, verbs)
    if spoken is not None and not by_name:
        return tuple(_commands(lines, verbs))
    meant = spoken.spelling if spoken else resembles(first, verbs, whole_line=by_name)
    if meant:
        return (NearMiss(first.strip(), meant, text),)
    return (_held_by_a_line(lines, verbs, text) or Answer(text),)


def _from_first_words(lines: list[str]) -> list[str]:
    """The lines from behind `Hallo,` on, if anything stands there."""
    if not is_greeting(lines[0]):
        return lines
    later = next((index for index in range(1, len(lines)) if lines[index].strip()), 0)
    return lines[later:]


def _held_by_a_line(lines: list[str], verbs: dict[str, Spelling], text: str) -> NearMiss | None:
    """A verb on a line of its own further down, or words for the house: no customer is to read that either."""
    for line in lines[1:]:
        spoken = _read(line, verbs)
        if spoken is not None and spoken.verb not in _IN_LETTERS:
            return NearMiss(line.strip(), spoken.spelling, text)
    internal = is_internal(text)
    return NearMiss(lines[0].strip(), internal, text) if internal else None


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
            until = len(lines) if spoken.verb in _TAKES_ALL else _next_verb(lines, at, verbs)
            argument = "\n".join([spoken.argument, *lines[at:until]]).strip()
            spoken = replace(spoken, argument=argument)
            at = until
        command = _answer_also(spoken) if spoken.verb == "to" else _command(spoken)
        if isinstance(command, NearMiss):
            # Nothing behind it is carried out either: whoever meant what they wrote says it again.
            return [*commands, replace(command, text="\n".join([spoken.said, *lines[at:]]).strip())]
        if isinstance(command, Pick) and commands and isinstance(commands[-1], Pick):
            # Numbers below each other are one answer: a property and a matter.
            before = commands.pop()
            assert isinstance(before, Pick)
            command = replace(before, also=(*before.also, command.number, *command.also))
        commands += _for_colleague(command)
        while at < len(lines) and not lines[at].strip():
            at += 1
    return commands


def _rest(commands: list[Command], rest: str) -> list[Command]:
    """Text behind the verbs. Behind `weiter an` it is for the colleague; else nobody can tell for whom it is."""
    if not rest or is_closing(rest.splitlines()[0]) or is_signature(rest.splitlines()):
        return []
    if commands and isinstance(commands[-1], Assign):
        return [Note(rest.splitlines()[0], rest)]
    return [NearMiss(rest.splitlines()[0].strip(), "notiz:", rest)]


def _for_colleague(command: Command) -> list[Command]:
    """`weiter an: Weber, bitte prüfen`: what stands behind the name is for them. `Huber, Petra` is a name."""
    if not isinstance(command, Assign):
        return [command]
    name, _, words = command.name.partition(",")
    if len(words.split()) < 2:
        return [command]
    return [Assign(command.said, name.strip()), Note(words.strip(), words.strip())]


def _next_verb(lines: list[str], at: int, verbs: dict[str, Spelling]) -> int:
    return next((index for index in range(at, len(lines)) if _read(lines[index], verbs)), len(lines))


_TAKES_LINES = frozenset({"note", "reject", "close", "external", "to"})
_TAKES_ALL = frozenset({"note", "to"})
_STAGES = {
    "external-appointment": Stage.CONSULTATION,
    "external-quote": Stage.QUOTE,
    "external-order": Stage.ORDER,
}
_ALONE: dict[str, Callable[[str], Command]] = {
    "accept": Accept,
    "take": Take,
    "revoke": Revoke,
    "reopen": Reopen,
    "undo": Undo,
    "back": BeBack,
    "help": Help,
    "send": Send,
    "external-changes": ExternalChanges,
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
            first, *also = map(int, argument.split())
            return Pick(said, first, tuple(also))
        case "split":
            return Split(said, argument)
        case "separate":
            return Separate(said, argument)
        case "away":
            return BeAway(said, _absence(spoken.spelling, argument))
        case "follow-up" if argument:
            return FollowUp(said, argument)
        case "note" if argument:
            return Note(said, argument)
        case "external" if argument:
            address, *text = argument.split(maxsplit=1)
            return External(said, address, "".join(text).strip())
        case verb if verb in _STAGES:
            return Document(said, _STAGES[verb], argument)
        case _:
            return NearMiss(said, f"{spoken.spelling}: …", said)


def _answer_also(spoken: _Spoken) -> Command:
    """`an: x@y` with the answer below it. What names no address, or holds a further verb, is held back."""
    head, _, text = spoken.argument.partition("\n")
    written = re.split(r"[\s,;]+", head.strip(" ,;"))
    if not all(_ADDRESS.fullmatch(one) for one in written):
        return NearMiss(spoken.said, "an: name@firma.de", spoken.said)
    lines = text.strip().splitlines()
    internal = is_internal(text)
    if internal or (lines and resembles(lines[0], _verbs(()))):
        return NearMiss(spoken.said, internal or "an: name@firma.de", spoken.said)
    return AnswerAlso(spoken.said, tuple(dict.fromkeys(one.lower() for one in written)), text.strip())


def _verbs(spellings: tuple[Spelling, ...]) -> dict[str, Spelling]:
    """Folded spelling → spelling, with umlauts written both ways."""
    both = [(one, form) for one in (*SHIPPED, *spellings) for form in (fold(one.text), fold_bare(one.text))]
    return {bare(form): one for one, form in both}


def _read(line: str, verbs: dict[str, Spelling]) -> _Spoken | None:
    """The verb that stands alone on the line or before its colon, with or without courtesy around it, or None."""
    begun = without_greeting(line)
    numbers = numbers_in(line)
    if numbers:
        return _Spoken("pick", str(numbers[0]), line.strip(), " ".join(map(str, numbers)))
    spoken = _exactly(without_closing(begun), verbs)
    if spoken is not None and spoken.verb in _TAKES_LINES and spoken.argument:
        spoken = _exactly(begun, verbs) or spoken  # `Notiz: sagt danke` is not for us to shorten
    return replace(spoken, said=line.strip()) if spoken else None


def _exactly(line: str, verbs: dict[str, Spelling]) -> _Spoken | None:
    head, _, argument = _COLON.sub(":", line, count=1).partition(":")
    spelling = verbs.get(bare(head))
    if spelling is not None:
        return _Spoken(spelling.verb, spelling.text, line, argument.strip())
    head, dash, argument = line.partition(" – " if " – " in line else " - ")
    spelling = verbs.get(bare(head)) if dash else None
    if spelling is not None and spelling.verb not in _ALONE:
        return _Spoken(spelling.verb, spelling.text, line, argument.strip())
    return _without_colon(line, verbs)


# The verbs that are as clear without their colon, with the most words that may stand behind them. The colon of
# `frist morgen 14:30` is none of the verb's.
_WITHOUT_COLON = {"assign": 3, "follow-up": 6, "away": 16, "external": 1, **dict.fromkeys(_STAGES, 8)}
_ILL = frozenset({"krank", "sick"})


def _absence(spelling: str, argument: str) -> str:
    """What is to be understood: "krank" alone says all there is to say."""
    return f"krank {argument}".strip() if spelling in _ILL else argument


def _without_colon(line: str, verbs: dict[str, Spelling]) -> _Spoken | None:
    """`weiter an Schmidt`, `frist Freitag`."""
    line, comma, words_for_them = line.partition(", ")
    words = line.split()
    if len(words) < 2 or words[-1].endswith(","):
        return None
    for length in (3, 2, 1):
        spelling = verbs.get(bare(" ".join(words[:length])))
        behind = words[length:]
        if spelling is None or not 1 <= len(behind) <= _WITHOUT_COLON.get(spelling.verb, 0):
            continue
        argument = " ".join(behind).rstrip(".!")
        if spelling.verb == "assign" and (":" in line or bare(behind[0]) in GOES_ON):
            continue
        if spelling.verb == "follow-up" and (comma or not means_a_moment(argument)):
            continue
        if comma:
            argument = f"{argument}, {words_for_them}"
        if spelling.verb == "away" and len(behind) > 2 and not says_when(_absence(spelling.text, argument)):
            continue  # `Krank ist leider der Hausmeister.`
        return _Spoken(spelling.verb, spelling.text, line, argument)
    return None
