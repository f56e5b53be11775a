"""How words are meant: denied (`kein Schaden`), over (`wurde behoben`), long ago, or only imagined (`falls es brennt`).

And whether somebody says of a whole matter that it can wait (`kein Notfall, aber …`).

Closed lists of plain German and English, no grammar: what they do not know counts as meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Flag, auto
from itertools import pairwise


class Said(Flag):
    """What a sentence says about its words. DENIED holds for one word of it, CAN_WAIT for the whole text."""

    DENIED = auto()
    OVER = auto()
    LONG_AGO = auto()
    IMAGINED = auto()
    CAN_WAIT = auto()


NOTHING_SAID = Said(0)
NOT_NOW = Said.DENIED | Said.OVER | Said.LONG_AGO | Said.IMAGINED

_OVER = (
    "behoben", "repariert", "beseitigt", "erledigt", "geklaert", "problem geloest", "problem ist geloest",
    "problem hat sich geloest", "sache geloest", "konnte geloest werden", "alles geloest", "wieder in ordnung",
    "alles in ordnung", "funktioniert wieder", "funktionieren wieder", "funktioniert alles wieder", "geht wieder",
    "gehen wieder", "laeuft wieder", "laufen wieder", "wieder warm", "wieder dicht", "ist dicht", "wieder trocken",
    "fehlalarm", "geruch ist weg", "gasgeruch ist weg", "geruch ist verschwunden", "gasgeruch ist verschwunden",
    "smell is gone", "smell of gas is gone", "strom ist wieder da", "wasser ist wieder da", "power is back",
    "turned out to be", "stellte sich heraus", "hat sich herausgestellt", "kann storniert werden",
    "sorry for the commotion", "abgedichtet", "ausgetauscht", "instandgesetzt", "instand gesetzt", "entwarnung", "fixed",
    "repaired", "works again", "working again", "works fine", "resolved", "all good now", "sorted out", "solved",
)  # fmt: skip
_MONTHS_DE = (
    "januar", "februar", "maerz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember",
)  # fmt: skip
_MONTHS_EN = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "easter", "christmas",
)  # fmt: skip
_LONG_AGO = (
    "letztes jahr", "letzten jahr", "letztem jahr", "letzten jahres", "vergangenes jahr", "vergangenen jahr",
    "letzten monat", "letzten monats", "vom letzten", "letzte woche", "letzter woche", "letzten winter",
    "letzten sommer", "damals", "seinerzeit", "frueher einmal", "vor jahren", "vor einem jahr", "vor zwei jahren",
    "vor drei jahren", "vor einigen jahren", "vor monaten", "vor wochen", "vor einigen wochen", "vor zwei monaten",
    "nach dem brand", "nach dem feuer", "nach dem rohrbruch", "nach dem wasserrohrbruch", "after the fire",
    "last year", "last month", "last week", "years ago", "months ago", "weeks ago", "last spring", "last summer",
    "last autumn", "last winter", "vorigen monat", "vorigen jahr", "voriges jahr", "vorige woche", "vergangenen monat",
    "vergangenen jahres", "vergangener woche", "vergangene woche", "vom fruehjahr", "vom sommer", "vom herbst",
    "vom winter", "im fruehjahr", "im sommer", "im herbst", "im vorjahr", "vor drei monaten", "vor vier monaten", "vor sechs monaten",
    "vor einem monat", "vor zwei wochen", "vor drei wochen", "vor einer woche", "vor ein paar wochen",
    "vor ein paar monaten", "vor ein paar jahren", "vor vier jahren", "vor fuenf jahren",
    # Where money is spoken of, the trouble is an old one.
    "abrechnung", "rechnung", "schadennummer", "invoice", "claim number", "hausratpolice", "nebenkosten",
    *(f"{word} {month}" for month in _MONTHS_DE for word in ("im", "vom", "seit", "anfang", "ende", "mitte")),
    *(f"{word} {month}" for month in _MONTHS_EN for word in ("last", "in", "since", "of last")),
)  # fmt: skip
_IMAGINED = (
    "falls", "fuer den fall", "im falle", "im fall", "im brandfall", "im notfall", "im ernstfall", "was tun bei",
    "was ist wenn", "wenn es mal", "wenn es einmal", "uebung", "probealarm", "in case", "if there", "what if",
    "gegen hochwasser", "versichert", "anekdote", "brandschutzuebung", "raeumungsuebung", "simulieren", "simulation",
    "schulung", "unterweisung", "theoretisch", "merkblatt", "was gilt", "wen ruft man", "wen rufe ich", "wen wir anrufen",
    "interessehalber", "drill", "in the event of", "hypothetical", "jemals", "stimmt es dass", "stimmt es das", "is it true",
    "aus neugier", "reine neugier", "just curious", "only curious", "out of curiosity", "if ever", "is ever", "suppose",
    "supposed to do if", "was mache ich wenn", "was machen wir wenn", "was tun wenn", "wie verhalte", "wie verhalten wir uns",
    "what do i do if", "what to do if",
    # What others have seen, and what is for sale.
    "in der zeitung", "die zeitung schreibt", "zeitung gelesen", "zeitungsbericht", "beim zeitungslesen", "im fernsehen",
    "in den nachrichten", "read in the paper", "in the paper that", "in the paper about", "in the papers", "in the news", "on the news",
    "on tv", "im traum", "getraeumt", "i dreamt", "i dreamed",
    "rabatt", "messerabatt", "jetzt bestellen", "order now", "discount",
)  # fmt: skip
_CAN_WAIT = (
    "kein notfall", "keine notlage", "nicht dringend", "nichts dringendes", "nicht eilig", "nichts eiliges", "keine eile",
    "eilt nicht", "hat zeit", "nicht akut", "nichts akutes", "kein akuter", "not an emergency", "no emergency", "not urgent",
    "nothing urgent", "no hurry", "no rush", "not in a hurry", "keine panik", "kein grund zur panik",
    "nur fuers buch", "einmal in ruhe", "isn t urgent", "isn t an emergency",
)  # fmt: skip
_MEANING = {
    **dict.fromkeys(_OVER, Said.OVER),
    **dict.fromkeys(_LONG_AGO, Said.LONG_AGO),
    **dict.fromkeys(_IMAGINED, Said.IMAGINED),
    **dict.fromkeys(_CAN_WAIT, Said.CAN_WAIT),
}
# What the automaton of the vocabulary listens for besides the words of the rules.
MARKS = tuple(_MEANING)

# With one of these in the sentence nothing is over: `muss repariert werden`, `nicht behoben`.
_NOT_OVER = frozenset(
    "nicht nie noch muss muessen muesste muessten soll sollte sollten sollen bitte wann kann koennen koennten koennte "
    "lassen werden wird wuerde wuerden trotz trotzdem erneut immer angeblich aber aus ueber dringend not never please "
    "when must should needs need still yet could can would but".split()
)
# `repaired, thanks again` and `running again`: all is well, but where it runs again through something.
_WELL_AGAIN = frozenset(
    "thanks thank you running works working on up fine well dry warm normal usable safe open".split()
)
_SOMEWHERE = frozenset("through down out from into along over onto".split())
_NOT_LONG_AGO = frozenset(
    "seit jetzt gerade heute wieder erneut aktuell immer aber eben soeben waehrend since now again still today currently "
    "but while".split()
)
# `falls jemand da ist: hier läuft gerade Wasser durch die Decke`, `was machen wir, wenn es weiter so schießt`,
# `mehr als jemals zuvor`, `we were watching a film on TV when smoke …`.
_NOT_IMAGINED = frozenset(
    "gerade grad soeben momentan derzeit hilfe weiter zuvor now currently keeps watching".split()
)
# Behind `I suppose` stands what somebody takes to be so.
_SUPPOSES = frozenset("i we they".split())
# What turned out is what stands behind it, and nothing if it is `nur angebranntes Essen`.
_TURNED_OUT = frozenset(("turned out to be", "stellte sich heraus", "hat sich herausgestellt"))
_NOTHING_MUCH = frozenset(
    "nur bloss lediglich harmlos nichts kein keine keinen fehlalarm only just merely harmless nothing no false".split()
)
# A clause that begins so tells what is there, whatever the one before it was about: `…, jetzt qualmt es`, `…, bei uns auch`.
_NOW = frozenset("jetzt nun now".split())
_HERE = frozenset("hier wir ich aber obwohl here we i but although".split())
_HERE_IN_TWO = frozenset(
    [("bei", "uns"), ("bei", "mir"), ("there", "is"), ("there", "s"), ("there", "are")]
    + [
        (what, verb)
        for what in ("es", "dort", "da")
        for verb in ("brennt", "riecht", "qualmt", "raucht", "stinkt", "kommt", "laeuft", "steht", "tropft")
    ]
)
# `weil es brennt` tells why somebody asks, also without a comma.
_WHY = frozenset([("because", "there"), ("because", "it"), ("because", "my"), ("because", "our")])
_BEGINS_ANEW = _NOW | _HERE | {first for first, _ in _HERE_IN_TWO | _WHY}
# With one of these in the sentence somebody else says so, and the writer may be of another mind; or it is another matter
# that can wait, and perhaps because this one cannot.
_NOT_WAITING = frozenset(
    "sagt sagte sagten sagen meint meinte meinten hiess heisst angeblich sei waere ob wenn falls bis says said say told "
    "thinks thought if until mehr longer rest andere anderen anderes uebrige uebrigen else other "
    "abrechnung nebenkostenabrechnung rechnung brief schreiben vertrag klingel namensschild briefkasten invoice bill statement letter "
    "doorbell".split()
)
_DENIES = frozenset(
    "kein keine keinen keinem keiner keines keinerlei ohne nicht weder no not t without never nie neither nor".split()
)
# `ohne Vorwarnung ein Rohrbruch`.
_DENIES_THE_NEXT = frozenset(("ohne", "without"))
# `nicht nur Rauch`, `brennt nicht nur`, `riecht nicht stark`, `does not stop leaking`, `can't stand the smell`: nothing is denied.
_MEANT_ALL_THE_SAME = frozenset(
    "nur bloss stark sehr so besonders viel only just much strongly stop stopping stand bear".split()
)
# `das Licht geht nicht und Rauch kommt heraus`.
_ENDS_A_DENIAL = _MEANT_ALL_THE_SAME | frozenset("und aber sondern denn weil and but because".split())
# What may stand between `kein` and what is not there: `kein Geruch nach Gas`, `weder Rauch noch Feuer`, `no sign of a fire`.
_BETWEEN = frozenset(
    "mehr spur anzeichen zeichen geruch hinweis anhalt von vom fuer nach irgendein irgendwelche noch oder sign signs smell "
    "trace hint of or any a the".split()
)
# `kein Fehlalarm, es brennt`, `this is not a drill`: what is told beside it is meant.
_NO_ALARM = frozenset(
    "fehlalarm entwarnung uebung probealarm brandschutzuebung raeumungsuebung simulation drill".split()
)
_REACH = 6
# What can be denied behind the word: `riecht nicht`, `brennt nicht`; the damage that is `nicht behoben` is there.
_DENIED_BEHIND = re.compile(
    r"(?:riech|geroch|rauch|qualm|brenn|gebrann|stink|tropf|leck|kuendig|smell|leak|burn|cancel)[a-z]*$"
)
_DENIES_BEHIND = frozenset(("nicht", "not"))
# `rieche kein Gas`, `riecht niemand`, `smell no gas`: whoever perceives nothing.
_PERCEIVES = re.compile(r"(?:riech|geroch|smell)[a-z]*$")
_PERCEIVES_NOTHING = _DENIES | {"nichts", "niemand", "nobody", "nothing"}
# Only trouble can be denied: `keine Heizung` and `kein Wasser` are trouble themselves.
_TROUBLE = re.compile(
    r"schaden|schaed|defekt|kaputt|rohrbruch|\bgas|geruch|riech|brand|brenn|feuer|rauch|qualm|leck|undicht|schimmel|feucht|"
    r"notfall|maengel|mangel|unfall|einsturz|ueberschwemm|ueberflut|tropf|verstopf|beschwer|einbruch|eingeschlossen|"
    r"gefahr|stink|kuendig|damage|broken|leak|fire|smoke|smell|flood|emergency|trapped|burst|mould|mold|complain|cancel|"
    r"terminat|accident"
)
# Whoever says that there is none of this has looked, and must tell clearly of another emergency; not whoever has no help.
_DANGER = re.compile(
    r"gas|geruch|riech|rauch|qualm|feuer|brand|brenn|notfall|gefahr|fire|smoke|smell|emergency|danger|burn"
)
_HELP = re.compile(r"melder|loesch|wehr|nummer|dienst|detector|alarm|extinguish|brigade|number|service")


def is_trouble(pattern: str) -> bool:
    """Whether a `kein` before this (folded) pattern says that all is well."""
    return bool(_TROUBLE.search(pattern)) and _DENIES.isdisjoint(pattern.split())


def denied_by(pattern: str, sentence: Sequence[str], first: int, last: int) -> int | None:
    """The word of the sentence that denies its words [first:last]: a `kein` close before them or between them, or a `nicht` right
    behind (riecht es nicht mehr); behind what one perceives with, a `kein`, too.
    """
    near = [at for at in range(max(first - _REACH, 0), first) if sentence[at] not in _BETWEEN][-2:]
    if len(near) < 2 or sentence[near[1]] not in _ENDS_A_DENIAL:
        for at in near:
            if sentence[at] in _DENIES and (at == near[-1] or sentence[at] not in _DENIES_THE_NEXT):
                return at
    inside = next((at for at in range(first + 1, last) if sentence[at] in _DENIES), None)
    if inside is not None:
        return inside
    reached = range(last + 1, min(last + 1 + _REACH, len(sentence)))
    behind = [at for at in reached if sentence[at] not in ("es", "auch", "mehr")]
    if not behind or (len(behind) > 1 and sentence[behind[1]] in _MEANT_ALL_THE_SAME):
        return None
    if _PERCEIVES.search(pattern):
        return behind[0] if sentence[behind[0]] in _PERCEIVES_NOTHING else None
    denies = _DENIED_BEHIND.search(pattern) and sentence[behind[0]] in _DENIES_BEHIND
    return behind[0] if denies else None


def rules_out_danger(pattern: str) -> bool:
    """Whether this (folded) pattern, if it is denied, says that nobody is in danger."""
    return bool(_DANGER.search(pattern)) and not _HELP.search(pattern)


def begins_anew(how: Said, sentence: Sequence[str]) -> Iterator[tuple[int, bool]]:
    """The words behind the first that may begin to tell what is there, and no longer what `how` says of those before; with
    each whether it does so even where no clause begins: `just curious who is on duty because there is smoke`.
    """
    if (_NOW if how is Said.OVER else _BEGINS_ANEW).isdisjoint(sentence):
        return
    for at, word in enumerate(sentence[1:], 1):
        two = tuple(sentence[at : at + 2])
        if word in _NOW or (how is Said.IMAGINED and (word in _HERE or two in _HERE_IN_TWO)):
            yield at, False
        elif how is Said.IMAGINED and two in _WHY:
            yield at, True


def is_of_what_stands_before(mark: str, sentence: Sequence[str]) -> bool:
    """Whether a mark says nothing of what follows it: `the smell turned out to be a gas leak`."""
    return mark in _TURNED_OUT and _NOTHING_MUCH.isdisjoint(sentence)


def _begins_again(mark: str, sentence: Sequence[str]) -> bool:
    """Whether the trouble is back: `repariert, und es tropft schon wieder`, `repaired and leaking again`."""
    if any(pair == ("schon", "wieder") for pair in pairwise(sentence)):
        return True
    if "again" in mark:
        return False
    return any(
        word == "again"
        and (sentence[at] not in _WELL_AGAIN or not _SOMEWHERE.isdisjoint(sentence[at + 2 : at + 3]))
        for at, word in enumerate(sentence[1:])
    )


def _is_open(mark: str, sentence: Sequence[str]) -> bool:
    """Whether it is not over yet: `muss repariert werden`, not `konnte gelöst werden`, where the mark itself says `werden`."""
    if _NOT_OVER.isdisjoint(sentence):
        return False
    own = mark.split()
    return any(word in _NOT_OVER and word not in own for word in sentence)


def said_by(mark: str, sentence: Sequence[str]) -> Said:
    """What a mark means in its sentence."""
    meaning = _MEANING[mark]
    if meaning is Said.OVER and (_is_open(mark, sentence) or _begins_again(mark, sentence)):
        return NOTHING_SAID
    if meaning is Said.LONG_AGO and not _NOT_LONG_AGO.isdisjoint(sentence):
        return NOTHING_SAID
    if meaning is Said.IMAGINED and not _NOT_IMAGINED.isdisjoint(sentence):
        return NOTHING_SAID
    if mark == "suppose" and any(who in _SUPPOSES and word == mark for who, word in pairwise(sentence)):
        return NOTHING_SAID
    if meaning is Said.CAN_WAIT and not _NOT_WAITING.isdisjoint(sentence):
        return NOTHING_SAID
    if mark in _NO_ALARM and any(
        word == mark and denied_by(mark, sentence, at, at) is not None for at, word in enumerate(sentence)
    ):
        return NOTHING_SAID
    return meaning
