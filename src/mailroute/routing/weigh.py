"""Weigh what was heard: the score of each case type, and which one wins, if one clearly does (design §6).

A score is the sum of the weights of the words and phrases that stand in the mail, and it names them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain, repeat
from operator import mul
from typing import NamedTuple

from mailroute.model.decision import CaseTypeScore
from mailroute.model.ruleset import CaseType, Learned, Ruleset
from mailroute.routing.context import NOTHING_SAID, Said
from mailroute.routing.counting import counted, values_now
from mailroute.routing.passages import Speaking, Told, without_old_subject, worth_reading
from mailroute.routing.together import Together, read_together

# An evidence word weighs 1 unless its rule says otherwise: one word in the text is enough where nothing else speaks,
# and one word more than the runner-up decides.
MIN_SCORE = 1.0
MARGIN = 0.75
# Whose it is may be less sure than what it is: who gets it in vain hands it on, as the triage desk would.
ROLE_MARGIN = 0.15
# Two sentences that speak of an emergency beside other matters must say it clearer than a mail as a whole, for a mail has
# many such pairs. They are read by themselves only where their words add so much to it in the whole mail.
MARGIN_ALONE = 2.25
WORTH_READING = 1.7
# An emergency that is feared may be behind so many other case types: behind more of them, it is what all of them share.
AHEAD_OF_FEAR = 1
# So far behind everything else may an emergency be in the text of an answer whose subject speaks of it.
LEAD_BESIDE_OLD = -1.0
# A hint alone decides nothing: it takes half of what the strongest word of the case type weighs, and in a long text,
# where some word of every kind stands, more of it, the longer the text is.
LEAST_PART = 0.5
MOST_PART = 2.5
WORDS_PER_PART = 120
# Of so many case types the words are looked up, and so many words of each are shown.
EXPLAINED = 3
QUOTED = 8
SCORE_DIGITS = 3
# A sentence that alarms is shown as it stands, up to this many words.
QUOTED_WORDS = 15


@dataclass(frozen=True, slots=True)
class Scales:
    """What is made ready of the evidence of a ruleset.

    `pack_of` maps the case types to the pack whose words against all of them count too. `bars` are the scores that are enough in a
    pack, `strongest` the highest weight of all other case types, `alarms` the emergencies of packs with the lead that makes them
    thinkable. `learned` are the packs whose words also say something together.
    """

    case_types: dict[str, CaseType]
    weights: Weights
    pack_of: dict[str, str]
    bars: dict[str, float]
    strongest: dict[str, float]
    alarms: dict[str, float]
    learned: tuple[Learned, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """The scores, best first, and what follows from them; `is_over`: most of what spoke for the winner was said to be over."""

    scores: tuple[CaseTypeScore, ...]
    verdict: Verdict
    is_over: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which case type wins, None if it is unclear. Then `feared` is an emergency that it may well be, and `likely` are the
    best, if all of them are for the same role or chain. `alone`: some sentences say by themselves what is feared.
    """

    winner: CaseType | None = None
    feared: CaseType | None = None
    likely: tuple[CaseType, ...] = ()
    alone: bool = False


def evidence_texts(ruleset: Ruleset) -> Iterator[str]:
    """Every text that is evidence, once: what the rules say, then what packs have learned."""
    own = (evidence.text for case_type in ruleset.case_types for evidence in case_type.evidence)
    yield from dict.fromkeys(chain(own, *(one.all_words() for one in ruleset.learned)))


def scales_of(ruleset: Ruleset) -> Scales:
    """Gather all evidence by its text."""
    bars = {one: bar for learned in ruleset.learned for one, bar in learned.bars}
    return Scales(
        case_types={one.id: one for one in ruleset.case_types},
        weights=Weights(ruleset.case_types, ruleset.learned),
        pack_of={one: learned.pack for learned in ruleset.learned for one, _ in learned.bars},
        bars=bars,
        strongest={
            one.id: max((evidence.weight for evidence in one.evidence), default=0.0)
            for one in ruleset.case_types
            if one.id not in bars
        },
        alarms={one.id: bars[one.id] for one in ruleset.case_types if one.emergency and one.id in bars},
        learned=tuple(one for one in ruleset.learned if one.meanings is not None),
    )


class Weights(dict[str, dict[str, float]]):
    """What each text weighs that weighs something by itself, by the id of a case type or of a pack: what the rules say, and
    what packs have learned of a word. It is gathered when a mail first brings it; `texts` are all of them.
    """

    def __init__(self, case_types: Iterable[CaseType], learned: Sequence[Learned]) -> None:
        super().__init__()
        self._learned = learned
        # A pack has 200,000 weights and a few hundred numbers.
        self._numbers: dict[float, float] = {}
        self._own: dict[str, dict[str, float]] = {}
        for case_type in case_types:
            for evidence in case_type.evidence:
                own = self._own.setdefault(evidence.text, {})
                own[case_type.id] = own.get(case_type.id, 0.0) + evidence.weight
        self.texts = frozenset(chain(self._own, *(one.words.cells for one in learned)))

    def __missing__(self, text: str) -> dict[str, float]:
        # What the rules say themselves goes before what a pack has learned for the same case type.
        own = self._own.get(text, {})
        found = dict(own)
        for learned in self._learned:
            for target, weight in learned.said_by(text).items():
                if target not in own:
                    found[target] = found.get(target, 0.0) + weight
        found = {target: self._numbers.setdefault(weight, weight) for target, weight in found.items()}
        self[text] = found
        return found


def weigh(scales: Scales, told: Sequence[Told]) -> Tally:
    """Add up, and find the winner. For an emergency counts only what happens now, and each word once."""
    return _tally(scales, told, _weighed(scales, told))


def weigh_clear(scales: Scales, told: Sequence[Told], least: float) -> Tally | None:
    """The same, but None where no case type scores so much: its words are then asked in vain, which is half of the work."""
    weighed = _weighed(scales, told)
    best = max((heard.scores[one] for one, heard in weighed.heard.items()), default=None)
    return None if best is None or round(best, SCORE_DIGITS) < least else _tally(scales, told, weighed)


def _weighed(scales: Scales, told: Sequence[Told]) -> _Weighed:
    spoken = counted(told)
    own = {word: scales.weights[word] for word in spoken.values.keys() & scales.weights.texts}
    every = _heard(scales, own, spoken.values)
    now = _heard(scales, own, spoken.now, every.together) if scales.alarms else every
    said_now: Sequence[Speaking] = spoken.evidence
    if scales.alarms and without_old_subject(told) is not None:
        said_now, now = _beside_old_subject(scales, said_now, now, every)
    alarm = _alarm(scales, now.scores, can_wait=any(one.hearing.can_wait for one in told if not one.is_old))
    alone = _alone(scales, told, said_now, now) if alarm is None else {}
    alarm = alarm or next((Verdict(feared=scales.case_types[one], alone=True) for one in alone), None)
    heard = {one: every for one in every.scores if one not in scales.alarms}
    heard |= {one: now for one in now.scores if one in scales.alarms}
    heard |= {one: passage.sum for one, passage in alone.items()}
    return _Weighed(spoken.evidence, heard, alone, alarm)


def _tally(scales: Scales, told: Sequence[Told], weighed: _Weighed) -> Tally:
    evidence, heard, alone, alarm = weighed
    ranked = sorted(heard, key=lambda one: (-heard[one].scores[one], one))
    explained = {one: heard[one] for at, one in enumerate(ranked) if at < EXPLAINED or one in scales.alarms}
    because = _explained(evidence, explained) | {one: alone[one].quote(one) for one in alone}
    scores = tuple(
        CaseTypeScore(one, round(heard[one].scores[one], SCORE_DIGITS), because.get(one, ""))
        for one in ranked
    )
    verdict = alarm or _verdict(scales, scores, sum(text.hearing.words for text in told))
    return Tally(scores, verdict, _is_over(verdict.winner, evidence, heard))


def _beside_old_subject(
    scales: Scales, evidence: Sequence[Speaking], now: _Sum, every: _Sum
) -> tuple[Sequence[Speaking], _Sum]:
    """What happens now in an answer: the subject of the older mail counts only beside a text that alarms nearly by itself.

    Whoever thanks for help under `AW: Gasgeruch` smells none.
    """
    new = [one for one in evidence if not one[3].is_old]
    if _alarm(scales, now.scores, can_wait=False) is None:
        return new, now
    alone = _heard(scales, every.own, values_now(new), every.together)
    speaks = any(lead >= LEAD_BESIDE_OLD for lead in _leads(scales, alone.scores).values())
    return new, now if speaks else alone


def _is_over(winner: CaseType | None, evidence: Sequence[Speaking], heard: Mapping[str, _Sum]) -> bool:
    """Whether most of what spoke for it was said to be over."""
    if winner is None:
        return False
    # Asking a flag is dear, and of nearly all words nothing is said.
    over = [
        (word, value)
        for word, value, one, _ in evidence
        if one.said is not NOTHING_SAID and Said.OVER in one.said
    ]
    if not over:
        return False
    shares = heard[winner.id].shares(winner.id)
    spoken = sum(value * shares.get(word, 0.0) for word, value in over)
    return 2 * spoken > heard[winner.id].totals[winner.id]


@dataclass(frozen=True, slots=True)
class _Sum:
    """What these words of the mail say for each case type: `totals` of themselves, `scores` with what they say against all.

    `own` are the words of the mail that weigh something by themselves, `values` those that it says this with.
    """

    values: dict[str, float]
    own: dict[str, dict[str, float]]
    together: tuple[Together, ...]
    totals: dict[str, float]
    scores: dict[str, float]
    _shares: dict[str, dict[str, float]] = field(default_factory=dict)

    def shares(self, case_type: str) -> dict[str, float]:
        """What each word says for it, alone and beside the others, if it counts 1. (Of several packs one knows it.)"""
        if case_type not in self._shares:
            shares = next((found for one in self.together if (found := one.shares(case_type))), {})
            for word, weights in self.own.items():
                if case_type in weights:
                    shares[word] = shares.get(word, 0.0) + weights[case_type]
            self._shares[case_type] = shares
        return self._shares[case_type]


class _Passage(NamedTuple):
    """What speaks in words of one text that follow each other, and what it says by itself."""

    sum: _Sum
    text: Told
    spoken: list[Speaking]

    def quote(self, case_type: str) -> str:
        """The mail's own words, from the first to the last that speaks for it."""
        shares = self.sum.shares(case_type)
        loud = [heard for pattern, _, heard, _ in self.spoken if shares.get(pattern, 0.0) > 0]
        first, last = min(one.first_word for one in loud), max(one.last_word for one in loud)
        return self.text.quoted(first, min(last, first + QUOTED_WORDS))


class _Weighed(NamedTuple):
    """What speaks in a mail, whose words each case type is heard from, the passages that are feared by themselves, and the
    verdict if it is about an emergency.
    """

    evidence: list[Speaking]
    heard: dict[str, _Sum]
    alone: dict[str, _Passage]
    alarm: Verdict | None


def _heard(
    scales: Scales,
    own: dict[str, dict[str, float]],
    values: dict[str, float],
    mail: Sequence[Together] = (),
) -> _Sum:
    together = read_together(scales.learned, values, mail)
    totals: defaultdict[str, float] = defaultdict(float)
    for one in together:
        totals |= one.points()
    for word in filter(own.__contains__, values):
        for target, weight in own[word].items():
            totals[target] += values[word] * weight
    # What more speaks against than for is nothing to offer to anybody.
    spoken = [one for one, total in totals.items() if total > 0 and one in scales.case_types]
    scores = {one: totals[one] + totals.get(scales.pack_of.get(one, ""), 0.0) for one in spoken}
    return _Sum(values, own, together, totals, scores)


def _explained(evidence: Sequence[Speaking], case_types: Mapping[str, _Sum]) -> dict[str, str]:
    """The words that spoke loudest for each of these case types, in the order of the mail."""
    patterns, values = [one[0] for one in evidence], [one[1] for one in evidence]
    loudest: dict[str, list[int]] = {}
    for name, heard in case_types.items():
        loud = [*map(mul, values, map(heard.shares(name).get, patterns, repeat(0.0)))]
        bar = max(nlargest(QUOTED, loud)[-1:], default=0.0)
        # Between equals the first in the mail.
        louder = sorted(
            (at for at, one in enumerate(loud) if one >= bar and one > 0), key=lambda at: -loud[at]
        )
        loudest[name] = sorted(louder[:QUOTED])
    # The same words speak for several of them.
    quoted = {at: evidence[at][3].quote(evidence[at][2]) for at in set(chain.from_iterable(loudest.values()))}
    return {name: ", ".join(dict.fromkeys(quoted[at] for at in found)) for name, found in loudest.items()}


def _leads(scales: Scales, now: Mapping[str, float]) -> dict[str, float]:
    """How far each emergency of a pack is before everything else that is said to happen now."""
    beside = max((score for one, score in now.items() if one not in scales.alarms), default=0.0)
    return {one: now[one] - max(beside, 0.0) for one in scales.alarms if one in now}


def _alarm(scales: Scales, now: Mapping[str, float], *, can_wait: bool) -> Verdict | None:
    """The emergency of a pack that is clearly before everything else that is said to happen now, or that is feared: not
    far enough behind it. Unclear if it is the best and neither. None: there is none, ask what else it may be.

    Where somebody says that it can wait, nothing is feared; what is clear remains so.
    """
    leads = _leads(scales, now)
    for one, lead in sorted(leads.items(), key=lambda item: -item[1]):
        if lead >= MARGIN:
            return Verdict(winner=scales.case_types[one])
        if lead >= scales.alarms[one] and not can_wait and _is_near(scales, now, one):
            return Verdict(feared=scales.case_types[one])
    return Verdict() if any(lead > 0 for lead in leads.values()) and not can_wait else None


def _is_near(scales: Scales, now: Mapping[str, float], alarm: str) -> bool:
    """Whether more speaks for this emergency than for none of all, and not several everyday matters are before it."""
    ahead = sum(score > now[alarm] for one, score in now.items() if one not in scales.alarms)
    return now[alarm] > 0 and ahead <= AHEAD_OF_FEAR


def _alone(
    scales: Scales, told: Sequence[Told], evidence: Sequence[Speaking], now: _Sum
) -> dict[str, _Passage]:
    """The passages that speak most clearly of an emergency by themselves, whatever else the mail is about."""
    found: dict[str, _Passage] = {}
    for alarm in scales.alarms:
        most = MARGIN_ALONE
        adds = now.shares(alarm)
        for text, spoken in worth_reading(told, evidence, adds, WORTH_READING):
            values = values_now(spoken)
            if values == now.values:
                continue  # read already
            if sum(adds.get(word, 0.0) for word in values) < WORTH_READING:
                continue
            alone = _heard(scales, now.own, values)
            lead = _leads(scales, alone.scores).get(alarm, 0.0)
            if lead >= most:
                most, found[alarm] = lead, _Passage(alone, text, spoken)
    return found


def _verdict(scales: Scales, scores: Sequence[CaseTypeScore], words: int) -> Verdict:
    """The case type with enough and clearly the most evidence; between equals an emergency, for it cannot wait."""
    near = _near(scales, [one for one in scores if one.id not in scales.alarms], words)
    best = [scales.case_types[one.id] for one in near]
    urgent = [one for one in best if one.emergency]
    if len(best) == 1 or urgent:
        return Verdict(winner=(urgent or best)[0])
    nearer = tuple(scales.case_types[one.id] for one in near if one.score > near[0].score - ROLE_MARGIN)
    return Verdict(likely=nearer if len({(one.target, one.right) for one in nearer}) == 1 else ())


def _near(scales: Scales, scores: Sequence[CaseTypeScore], words: int) -> list[CaseTypeScore]:
    """The best, and those that are not clearly behind it; none if the best has not enough.

    Enough is the bar of the pack, or a part of what its strongest word weighs (who has less is no rival).
    """

    def enough(one: CaseTypeScore) -> bool:
        bar = scales.bars.get(one.id)
        if bar is not None:
            return one.score >= bar
        part = min(max(words / WORDS_PER_PART, LEAST_PART), MOST_PART)
        return one.score >= max(MIN_SCORE, part * scales.strongest[one.id])

    if not scores or not enough(scores[0]):
        return []
    near = [one for one in scores if one.score > scores[0].score - MARGIN]
    return [one for one in near if one.id in scales.bars or enough(one)]
