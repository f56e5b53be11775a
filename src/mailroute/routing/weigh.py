"""Weigh what was heard: the score of each case type, and which one wins, if one clearly does (design §6).

A score is the sum of the weights of the words and phrases that stand in the mail, and it names them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import NamedTuple

from mailroute.model.decision import CaseTypeScore
from mailroute.model.ruleset import CaseType, Learned, Ruleset
from mailroute.routing.context import NOT_NOW, NOTHING_SAID, Said
from mailroute.routing.together import Together, read_together
from mailroute.routing.vocabulary import Heard, Hearing

# An evidence word weighs 1 unless its rule says otherwise: one word in the text is enough where nothing else speaks,
# and one word more than the runner-up decides.
MIN_SCORE = 1.0
MARGIN = 0.75
# A hint alone decides nothing: it takes half of what the strongest word of the case type weighs, and in a long text,
# where some word of every kind stands, more of it, the longer the text is.
LEAST_PART = 0.5
MOST_PART = 2.5
WORDS_PER_PART = 120
# An emergency is told in few words. In more of them small ones add up to much.
WORDS_OF_ALARM = 50
# The surer another matter is, from this score on, the louder an emergency must be: a dead socket has the words of a house
# without power.
SURE_RIVAL = 2.0
RIVAL_OF_ALARM = 0.1
COUNTED_MOST = 2
# What `wurde behoben` says of a defect weighs half.
OVER_FACTOR = 0.5
# A word inside a longer one (Rechnung in Nebenkostenabrechnung) is not quite what is meant.
PART_FACTOR = 0.5
# Of so many case types the words are looked up, and so many words of each are shown.
EXPLAINED = 3
QUOTED = 8


class Told(NamedTuple):
    """What was heard in one text of the mail, what that text is, and how much it counts."""

    hearing: Hearing
    factor: float
    where: str

    def quote(self, one: Heard) -> str:
        """The mail's own words, and where they stand."""
        return f'"{self.hearing.quote(one)}" ({self.where})'


# One pattern that speaks, the text it stands in, and how much it counts there. A bare tuple: there are hundreds.
Speaking = tuple[Heard, Told, float]


@dataclass(frozen=True, slots=True)
class Scales:
    """What is made ready of the evidence of a ruleset.

    `pack_of` maps the case types to the pack whose words against all of them count too. `bars` are the scores that are enough in a
    pack, `strongest` the highest weight of all other case types, `alarms` the emergencies of packs. `learned` are the packs whose
    words also say something together.
    """

    case_types: dict[str, CaseType]
    weights: dict[str, dict[str, float]]
    pack_of: dict[str, str]
    bars: dict[str, float]
    strongest: dict[str, float]
    alarms: frozenset[str]
    learned: tuple[Learned, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """The scores, best first; the case type that wins, None if it is unclear; `is_over`: most of what spoke for it
    was said to be over. `likely` are those that might win, best first, if none does but all are for the same role or chain.
    """

    scores: tuple[CaseTypeScore, ...]
    winner: CaseType | None
    likely: tuple[CaseType, ...]
    is_over: bool


def evidence_texts(ruleset: Ruleset) -> Iterator[str]:
    """Every text that is evidence, once: what the rules say, then what packs have learned."""
    own = (evidence.text for case_type in ruleset.case_types for evidence in case_type.evidence)
    yield from dict.fromkeys(chain(own, *(one.all_words() for one in ruleset.learned)))


def scales_of(ruleset: Ruleset) -> Scales:
    """Gather all evidence by its text."""
    bars = {one: bar for learned in ruleset.learned for one, bar in learned.bars}
    alarms = frozenset(one.id for one in ruleset.case_types if one.emergency and one.id in bars)
    return Scales(
        case_types={one.id: one for one in ruleset.case_types},
        weights=_Weights(ruleset),
        pack_of={
            one: learned.pack for learned in ruleset.learned for one, _ in learned.bars if one not in alarms
        },
        bars=bars,
        strongest={
            one.id: max((evidence.weight for evidence in one.evidence), default=0.0)
            for one in ruleset.case_types
            if one.id not in bars
        },
        alarms=alarms,
        learned=tuple(one for one in ruleset.learned if one.meanings is not None),
    )


# What weighs a text that is no evidence at all, and one that only says something together with others.
_NO_EVIDENCE: dict[str, float] = {}
_ONLY_TOGETHER: dict[str, float] = {}


class _Weights(dict[str, dict[str, float]]):
    """What each evidence text weighs, by the id of a case type or of a pack: what the rules say, and what packs have
    learned of a word. It is gathered when a mail first brings it.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        super().__init__()
        self._learned = ruleset.learned
        # A pack has 200,000 weights and a few hundred numbers.
        self._numbers: dict[float, float] = {}
        self._own: dict[str, dict[str, float]] = {}
        for case_type in ruleset.case_types:
            for evidence in case_type.evidence:
                own = self._own.setdefault(evidence.text, {})
                own[case_type.id] = own.get(case_type.id, 0.0) + evidence.weight

    def __missing__(self, text: str) -> dict[str, float]:
        # What the rules say themselves goes before what a pack has learned for the same case type.
        own = self._own.get(text, {})
        found = dict(own)
        for learned in self._learned:
            for target, weight in learned.said_by(text).items():
                if target not in own:
                    found[target] = found.get(target, 0.0) + weight
        found = {target: self._numbers.setdefault(weight, weight) for target, weight in found.items()}
        if not found:
            found = _ONLY_TOGETHER if any(one.knows(text) for one in self._learned) else _NO_EVIDENCE
        self[text] = found
        return found


def counted(scales: Scales, told: Iterable[Told]) -> Iterator[Speaking]:
    """The evidence in the mail and how much each counts: twice at most, not at all if it is denied."""
    times: dict[str, int] = {}
    weights = scales.weights
    for text in told:
        factor = text.factor
        for one in text.hearing.heard:
            pattern, is_phrase, _, _, is_part, said = one
            if is_phrase or weights[pattern] is _NO_EVIDENCE:
                continue
            value = factor * PART_FACTOR if is_part else factor
            if said is not NOTHING_SAID:
                if Said.DENIED in said:
                    continue
                if Said.OVER in said:
                    value *= OVER_FACTOR
            many = times.get(pattern, 0)
            if many < COUNTED_MOST:
                times[pattern] = many + 1
                yield one, text, value


def weigh(scales: Scales, told: Sequence[Told]) -> Tally:
    """Add up, and find the winner."""
    evidence = list(counted(scales, told))
    values = _values(evidence)
    together = read_together(scales.learned, values)
    totals = _totals(scales, values, together)
    said = [one for one in evidence if one[0].said is not NOTHING_SAID]
    over = _values(one for one in said if Said.OVER in one[0].said)
    if scales.alarms:
        happening = _once(one for one in evidence if one[0].said is NOTHING_SAID or not one[0].said & NOT_NOW)
        totals |= {alarm: _total_of(scales, alarm, happening) for alarm in scales.alarms & totals.keys()}
    # What more speaks against than for is nothing to offer to anybody.
    heard = [one for one, total in totals.items() if total > 0 and one in scales.case_types]
    scored = [(one, totals[one] + totals.get(scales.pack_of.get(one, ""), 0.0)) for one in heard]
    ranked = sorted(scored, key=lambda item: (-item[1], item[0]))
    explained = {one for at, (one, _) in enumerate(ranked) if at < EXPLAINED or one in scales.alarms}
    because = _explained(scales, together, evidence, explained)
    scores = tuple(CaseTypeScore(one, round(score, 3), because.get(one, "")) for one, score in ranked)
    winner, likely = _winner(scales, scores, sum(text.hearing.words for text in told))
    is_over = winner is not None and 2 * _said_of(scales, together, winner.id, over) > totals[winner.id]
    return Tally(scores, winner, likely, is_over)


def _values(evidence: Iterable[Speaking]) -> dict[str, float]:
    """How much each pattern counts in all places together."""
    values: dict[str, float] = {}
    for one, _, value in evidence:
        pattern = one.pattern
        values[pattern] = values.get(pattern, 0.0) + value
    return values


def _once(evidence: Iterable[Speaking]) -> dict[str, float]:
    """As `_values`, but each pattern once: who repeats the thing does not make it an emergency."""
    values: dict[str, float] = {}
    for one, _, value in evidence:
        if value > values.get(one.pattern, 0.0):
            values[one.pattern] = min(1.0, value)
    return values


def _totals(scales: Scales, values: dict[str, float], together: Sequence[Together]) -> dict[str, float]:
    totals: defaultdict[str, float] = defaultdict(float)
    for one in together:
        totals |= one.points()
    weights = scales.weights
    for text, value in values.items():
        for target, weight in weights[text].items():
            totals[target] += value * weight
    return dict(totals)


def _total_of(scales: Scales, case_type: str, values: dict[str, float]) -> float:
    weights = scales.weights
    return sum(value * weights[text].get(case_type, 0.0) for text, value in values.items())


def _said_of(scales: Scales, together: Sequence[Together], case_type: str, values: dict[str, float]) -> float:
    """What these words of the mail have said for the case type, alone and beside the others."""
    if not values:
        return 0.0
    shares = _shares(together, case_type)
    beside = sum(shares.get(word, 0.0) * value for word, value in values.items())
    return _total_of(scales, case_type, values) + beside


def _shares(together: Sequence[Together], case_type: str) -> dict[str, float]:
    """What each word says for the case type beside the others, if it counts 1. (Of several packs one knows it.)"""
    return next((found for one in together if (found := one.shares(case_type))), {})


def _explained(
    scales: Scales, together: Sequence[Together], evidence: Sequence[Speaking], case_types: set[str]
) -> dict[str, str]:
    """The words that spoke loudest for each of these case types, in the order of the mail."""
    said = [(one.pattern, scales.weights[one.pattern], value) for one, _, value in evidence]
    loudest: dict[str, list[tuple[float, int]]] = {}
    for name in case_types:
        beside = _shares(together, name)
        shares = [
            (-value * (of.get(name, 0.0) + beside.get(word, 0.0)), at)
            for at, (word, of, value) in enumerate(said)
        ]
        loudest[name] = nsmallest(QUOTED, [one for one in shares if one[0] < 0])
    # The same words speak for several of them.
    quoted = {
        at: evidence[at][1].quote(evidence[at][0]) for at in {at for one in loudest.values() for _, at in one}
    }
    return {
        name: ", ".join(dict.fromkeys(quoted[at] for at in sorted(at for _, at in found)))
        for name, found in loudest.items()
    }


def _winner(
    scales: Scales, scores: Sequence[CaseTypeScore], words: int
) -> tuple[CaseType | None, tuple[CaseType, ...]]:
    """The case type with enough and clearly the most evidence; between equals an emergency, for it cannot wait. Without
    one, those that might win, if they have the same role or chain.

    Enough is the bar of the pack, or a part of what its strongest word weighs (who has less is no rival). An emergency
    of a pack needs no lead: enough is enough, only a little more of it beside a clear other matter; but not many small words.
    """

    def enough(one: CaseTypeScore) -> bool:
        bar = scales.bars.get(one.id)
        if bar is None:
            part = min(max(words / WORDS_PER_PART, LEAST_PART), MOST_PART)
            return one.score >= max(MIN_SCORE, part * scales.strongest[one.id])
        return one.score >= (loud(bar) if one.id in scales.alarms else bar)

    def loud(bar: float) -> float:
        rival = next((one.score for one in scores if one.id not in scales.alarms), 0.0)
        return bar * max(words / WORDS_OF_ALARM, 1.0) + RIVAL_OF_ALARM * max(rival - SURE_RIVAL, 0.0)

    alarm = next((one for one in scores if one.id in scales.alarms and enough(one)), None)
    if alarm is not None:
        return scales.case_types[alarm.id], ()
    scores = [one for one in scores if one.id not in scales.alarms]
    if not scores or not enough(scores[0]):
        return None, ()
    near = [one for one in scores if one.score > scores[0].score - MARGIN]
    best = [scales.case_types[one.id] for one in near if one.id in scales.bars or enough(one)]
    urgent = [one for one in best if one.emergency]
    if len(best) == 1 or urgent:
        return (urgent or best)[0], ()
    return None, tuple(best) if len({one.target for one in best}) == 1 else ()
