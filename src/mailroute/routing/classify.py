"""What kind of matter is it? Ordered conditions first, then weighted evidence; unsure is a result (design §6).

Subject counts twice, the new text once, quotes never. Every score names the words that spoke and every verdict the
line of the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import re2

from mailroute.model import limits
from mailroute.model.condition import Phrase, Regex, Words
from mailroute.model.decision import CaseTypeScore, Classified, Sender, Station, Step
from mailroute.model.mail import Envelope
from mailroute.model.message import Message
from mailroute.model.ruleset import CaseType, Ruleset
from mailroute.model.text import Folded, folded
from mailroute.routing.conditions import Asked, parts_of, reason_for
from mailroute.routing.context import NOT_NOW, NOTHING_SAID, Said
from mailroute.routing.vocabulary import Heard, Hearing, Vocabulary, outermost

# An evidence word weighs 1 unless its rule says otherwise: one word in the text is enough where nothing else speaks,
# and one word more than the runner-up decides.
MIN_SCORE = 1.0
MARGIN = 0.75
# A hint alone decides nothing: it takes half of what the strongest word of the case type weighs, and in a long text,
# where some word of every kind stands, more of it, the longer the text is.
LEAST_PART = 0.5
MOST_PART = 2.5
WORDS_PER_PART = 120
COUNTED_MOST = 2
SUBJECT_FACTOR = 2.0
# The subject of a reply is that of an older mail, and must not outvote what its writer says now.
OLD_SUBJECT_FACTOR = 0.5
# What `wurde behoben` says of a defect weighs half, and makes the matter less urgent.
OVER_FACTOR = 0.5
LEAST_URGENT = 4
# A word inside a longer word of another case type (Rechnung in Nebenkostenabrechnung) means that other one.
OVERHEARD_FACTOR = 0.5
# With so little text of their own, whoever forwards a mail means the forwarded text.
SHORT_TEXT_CHARS = 300
UNCLEAR_URGENCY = 3
OFFERED = 3
# Of so many the words are looked up.
EXPLAINED = 5

_REGEX_MEMORY_BYTES = 8 * 1024 * 1024
_OLD_SUBJECT = re.compile(r"\s*(?:\[[^\]]{1,20}\]\s*)?(?:re|aw|antw|antwort)(?:\[\d{1,3}\])?\s?:", re.I)


@dataclass(frozen=True, slots=True)
class Classifier:
    """What is compiled of a ruleset once. `weights` maps an evidence text to (case type, weight) pairs.

    `words` and `phrases` are those of conditions, `owners` the case types of an evidence text, `speaks_for` those
    texts that speak for one of them, `by_urgency` the order
    in which conditions are tried, `strongest` the highest weight of a case type.
    """

    case_types: tuple[CaseType, ...]
    vocabulary: Vocabulary
    weights: dict[str, tuple[tuple[str, float], ...]]
    patterns: dict[str, Any]  # re2 has no types
    words: frozenset[str]
    phrases: frozenset[str]
    owners: dict[str, frozenset[str]]
    speaks_for: frozenset[str]
    by_urgency: tuple[CaseType, ...]
    strongest: dict[str, float]


class _Said(NamedTuple):
    """One pattern in the mail, with where it stood and how much that counts."""

    heard: Heard
    hearing: Hearing
    factor: float
    where: str

    def quote(self) -> str:
        """The mail's own words."""
        return self.hearing.quote(self.heard)


def compile_classifier(ruleset: Ruleset) -> Classifier:
    """Make ready what `classify` needs; milliseconds for hundreds of case types."""
    weights: dict[str, list[tuple[str, float]]] = {}
    words: list[str] = []
    phrases: list[str] = []
    patterns: dict[str, Any] = {}
    for case_type in ruleset.case_types:
        for evidence in case_type.evidence:
            weights.setdefault(evidence.text, []).append((case_type.id, evidence.weight))
        for condition in parts_of(case_type.when):
            match condition:
                case Words():
                    words.extend(condition.words)
                case Phrase():
                    phrases.extend(condition.phrases)
                case Regex():
                    patterns[condition.pattern] = _compile(condition.pattern)
                case _:
                    continue
    vocabulary = Vocabulary([*weights, *words], phrases)
    return Classifier(
        case_types=ruleset.case_types,
        vocabulary=vocabulary,
        weights={text: tuple(pairs) for text, pairs in weights.items()},
        patterns=patterns,
        words=frozenset(words),
        phrases=frozenset(phrases),
        owners={text: frozenset(one for one, _ in pairs) for text, pairs in weights.items()},
        speaks_for=frozenset(
            text for text, pairs in weights.items() if any(weight > 0 for _, weight in pairs)
        ),
        by_urgency=tuple(sorted(ruleset.case_types, key=lambda one: not one.emergency)),
        strongest={
            one.id: max((evidence.weight for evidence in one.evidence), default=0.0)
            for one in ruleset.case_types
        },
    )


def _compile(pattern: str) -> Any:
    """RE2, for linear time. The reader has refused what does not compile; here it then never matches."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _REGEX_MEMORY_BYTES
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def classify(
    classifier: Classifier, message: Message, sender: Sender, envelope: Envelope, *, reply: bool
) -> Classified:
    """Say what kind of matter the mail is. `reply`: it answers an older mail, whose subject it bears."""
    hearings = [
        (classifier.vocabulary.hear(text), factor, where)
        for text, factor, where in _texts(message, reply or bool(_OLD_SUBJECT.match(message.subject)))
    ]
    said = [
        _Said(heard, hearing, factor, where) for hearing, factor, where in hearings for heard in hearing.heard
    ]
    tally = _tally(classifier, said)
    asked = _asked(classifier, message, sender, envelope, said)
    happening = [one for one in said if one.heard.said is NOTHING_SAID or not one.heard.said & NOT_NOW]
    now = asked if len(happening) == len(said) else _asked(classifier, message, sender, envelope, happening)
    by_rule = _by_condition(classifier, asked, now)
    if by_rule is not None:
        case_type, reason = by_rule
        step = Step(Station.CLASSIFY, case_type.id, f"rule: {reason}", str(case_type.source))
        return Classified(case_type.id, case_type.urgency, case_type.emergency, tally.scores, (step,))
    words = sum(hearing.words for hearing, _, _ in hearings)
    return _by_evidence(classifier, tally, min(max(words / WORDS_PER_PART, LEAST_PART), MOST_PART))


def _texts(message: Message, old_subject: bool) -> Iterator[tuple[Folded, float, str]]:
    yield folded(message.subject), OLD_SUBJECT_FACTOR if old_subject else SUBJECT_FACTOR, "subject"
    yield folded(message.new_text[: limits.TEXT_CHARS]), 1.0, "text"
    if message.forwarded is not None and len(message.new_text) < SHORT_TEXT_CHARS:
        yield folded(message.forwarded.subject), 1.0, "forwarded mail"
        yield folded(message.forwarded.text[: limits.TEXT_CHARS]), 1.0, "forwarded mail"


# --- conditions ----------------------------------------------------------------------------------------------


def _asked(
    classifier: Classifier, message: Message, sender: Sender, envelope: Envelope, said: Iterable[_Said]
) -> Asked:
    words: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for one in said:
        heard, known = (phrases, classifier.phrases) if one.heard.is_phrase else (words, classifier.words)
        if one.heard.pattern in known and one.heard.pattern not in heard:
            heard[one.heard.pattern] = f'"{one.quote()}" in the {one.where}'
    text = (
        f"{folded(message.subject).text}\n{folded(message.new_text[: limits.TEXT_CHARS]).text}"
        if classifier.patterns
        else ""
    )
    return Asked(message, sender, envelope, text, words, phrases, classifier.patterns)


def _by_condition(classifier: Classifier, asked: Asked, now: Asked) -> tuple[CaseType, str] | None:
    """The first case type whose condition holds: emergencies first, then in the order of the files.

    `now` is the same without what is over, long ago, imagined or denied: nobody is called at night for that.
    """
    for case_type in classifier.by_urgency:
        if case_type.when is not None:
            reason = reason_for(case_type.when, now if case_type.emergency else asked)
            if reason is not None:
                return case_type, reason
    return None


# --- evidence ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tally:
    """The scores, best first, and the case types of which most was said to be over."""

    scores: tuple[CaseTypeScore, ...]
    over: frozenset[str]


def _by_evidence(classifier: Classifier, tally: _Tally, part: float) -> Classified:
    scores = tally.scores
    best = _winner(classifier, scores, part)
    if best is None:
        offered = "; ".join(f"{one.id} {one.score:g} ({one.because})" for one in scores[:OFFERED])
        step = Step(Station.CLASSIFY, "unclear", offered or "no word of any case type stands in the mail")
        return Classified(None, UNCLEAR_URGENCY, False, scores, (step,))
    case_type, score = best
    because = f"{score.because}, score {score.score:g}"
    runner_up = next((one for one in scores if one.id != case_type.id and one.score > 0), None)
    if runner_up is not None:
        because += f"; next {runner_up.id} {runner_up.score:g}"
    urgency = case_type.urgency
    if case_type.id in tally.over:
        urgency = min(urgency + 1, LEAST_URGENT)
        because += "; said to be over, so less urgent"
    step = Step(Station.CLASSIFY, case_type.id, because, str(case_type.source))
    return Classified(case_type.id, urgency, case_type.emergency, scores, (step,))


def _winner(
    classifier: Classifier, scores: tuple[CaseTypeScore, ...], part: float
) -> tuple[CaseType, CaseTypeScore] | None:
    """The case type with enough and clearly the most evidence; between equals an emergency, for it cannot wait.

    Enough is `part` of what its strongest word weighs.
    """

    def enough(one: CaseTypeScore) -> bool:
        return one.score >= max(MIN_SCORE, part * classifier.strongest[one.id])

    if not scores or not enough(scores[0]):
        return None
    known = {case_type.id: case_type for case_type in classifier.case_types}
    best = [one for one in scores if one.score > scores[0].score - MARGIN and enough(one)]
    urgent = [one for one in best if known[one.id].emergency]
    chosen = best if len(best) == 1 else urgent
    return (known[chosen[0].id], chosen[0]) if chosen else None


def _tally(classifier: Classifier, said: Sequence[_Said]) -> _Tally:
    """The sum per case type; each evidence text counts twice at most."""
    evidence = [
        one
        for one in said
        if not one.heard.is_phrase
        and one.heard.pattern in classifier.weights
        and Said.DENIED not in one.heard.said
    ]
    totals: dict[str, float] = {}
    over: dict[str, float] = {}
    spoke: dict[str, list[_Said]] = {}
    counted: dict[str, int] = {}
    for one, inside in _by_place(evidence):
        text = one.heard.pattern
        counted[text] = counted.get(text, 0) + 1
        if counted[text] > COUNTED_MOST:
            continue
        is_over = Said.OVER in one.heard.said
        for case_type, weight in classifier.weights[text]:
            value = weight * one.factor * (OVER_FACTOR if is_over else 1.0)
            if inside:
                if any(case_type in classifier.owners[other] for other in inside):
                    continue
                if any(other in classifier.speaks_for for other in inside):
                    value *= OVERHEARD_FACTOR
            totals[case_type] = totals.get(case_type, 0.0) + value
            spoke.setdefault(case_type, []).append(one)
            if is_over and value > 0:
                over[case_type] = over.get(case_type, 0.0) + value
    # What more speaks against than for is nothing to offer to anybody.
    heard = [(one, total) for one, total in totals.items() if total > 0]
    ranked = sorted(heard, key=lambda item: (-item[1], item[0]))
    scores = tuple(
        CaseTypeScore(one, round(score, 3), _because(spoke[one]) if rank < EXPLAINED else "")
        for rank, (one, score) in enumerate(ranked)
    )
    return _Tally(scores, frozenset(one for one, value in over.items() if 2 * value > totals[one]))


def _because(spoke: Sequence[_Said]) -> str:
    return ", ".join(dict.fromkeys(f'"{one.quote()}" ({one.where})' for one in spoke))


def _by_place(evidence: Sequence[_Said]) -> Iterator[tuple[_Said, tuple[str, ...]]]:
    """Each piece of evidence with the longer ones that it lies inside of."""
    for where in dict.fromkeys(one.where for one in evidence):
        here = [one for one in evidence if one.where == where]
        outer = list(outermost(one.heard for one in here))
        own = {id(heard) for heard in outer}
        for one in here:
            if id(one.heard) in own:
                yield one, ()
            else:
                yield one, tuple(_around(one.heard, here))


def _around(inner: Heard, here: Sequence[_Said]) -> Iterator[str]:
    """The evidence texts that hold this one and are longer."""
    for other in here:
        outer = other.heard
        if (
            outer.first <= inner.first
            and inner.last <= outer.last
            and len(outer.pattern) > len(inner.pattern)
        ):
            yield outer.pattern
