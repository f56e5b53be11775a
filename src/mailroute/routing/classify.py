"""What kind of matter is it? Ordered conditions first, then weighted evidence; unsure is a result (design §6).

Subject counts twice, the new text once, quotes never. Every score names the words that spoke and every verdict the
line of the rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import re2

from mailroute.model import limits
from mailroute.model.decision import CaseTypeScore, Classified, Sender, Station, Step
from mailroute.model.mail import Envelope
from mailroute.model.message import Message
from mailroute.model.ruleset import CaseType, Phrase, Regex, Ruleset, Words
from mailroute.model.text import Folded, folded
from mailroute.routing.conditions import Case, parts_of, reason_for
from mailroute.routing.vocabulary import Heard, Vocabulary, outermost

# An evidence word weighs 1 unless its rule says otherwise: one word in the text is enough where nothing else speaks,
# and one word more than the runner-up decides.
MIN_SCORE = 1.0
MARGIN = 0.75
COUNTED_MOST = 2
SUBJECT_FACTOR = 2.0
# A word inside a longer word of another case type (Rechnung in Nebenkostenabrechnung) means that other one.
OVERHEARD_FACTOR = 0.5
# With so little text of their own, whoever forwards a mail means the forwarded text.
SHORT_TEXT_CHARS = 300
UNCLEAR_URGENCY = 3
OFFERED = 3

_REGEX_MEMORY_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Classifier:
    """What is compiled of a ruleset once. `weights` maps an evidence text to (case type, weight) pairs."""

    case_types: tuple[CaseType, ...]
    vocabulary: Vocabulary
    weights: dict[str, tuple[tuple[str, float], ...]]
    patterns: dict[str, Any]  # re2 has no types


@dataclass(frozen=True, slots=True)
class _Said:
    """One evidence text in the mail, with where it stood and how much that counts."""

    heard: Heard
    factor: float
    where: str


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
        ruleset.case_types, vocabulary, {text: tuple(w) for text, w in weights.items()}, patterns
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
    """Say what kind of matter the mail is. `reply`: its subject is that of an older mail and speaks only once."""
    said = list(_hear(classifier, message, reply))
    scores = _scores(classifier, said)
    by_rule = _by_condition(classifier, _case(classifier, message, sender, envelope, said))
    if by_rule is not None:
        case_type, reason = by_rule
        step = Step(Station.CLASSIFY, case_type.id, f"rule: {reason}", str(case_type.source))
        return Classified(case_type.id, case_type.urgency, case_type.emergency, scores, (step,))
    return _by_evidence(classifier, scores)


def _by_evidence(classifier: Classifier, scores: tuple[CaseTypeScore, ...]) -> Classified:
    best = _winner(classifier, scores)
    if best is None:
        offered = "; ".join(f"{one.id} {one.score:g} ({one.because})" for one in scores[:OFFERED])
        step = Step(Station.CLASSIFY, "unclear", offered or "no word of any case type stands in the mail")
        return Classified(None, UNCLEAR_URGENCY, False, scores, (step,))
    case_type, score = best
    because = f"{score.because}, score {score.score:g}"
    runner_up = next((one for one in scores if one.id != case_type.id and one.score > 0), None)
    if runner_up is not None:
        because += f"; next {runner_up.id} {runner_up.score:g}"
    step = Step(Station.CLASSIFY, case_type.id, because, str(case_type.source))
    return Classified(case_type.id, case_type.urgency, case_type.emergency, scores, (step,))


def _winner(
    classifier: Classifier, scores: tuple[CaseTypeScore, ...]
) -> tuple[CaseType, CaseTypeScore] | None:
    """The case type with enough and clearly the most evidence; between equals an emergency, for it cannot wait."""
    if not scores or scores[0].score < MIN_SCORE:
        return None
    known = {case_type.id: case_type for case_type in classifier.case_types}
    best = [one for one in scores if one.score > scores[0].score - MARGIN and one.score >= MIN_SCORE]
    urgent = [one for one in best if known[one.id].emergency]
    chosen = best if len(best) == 1 else urgent
    return (known[chosen[0].id], chosen[0]) if chosen else None


def _hear(classifier: Classifier, message: Message, reply: bool) -> Iterator[_Said]:
    for text, factor, where in _texts(message, reply):
        for heard in classifier.vocabulary.hear(text):
            yield _Said(heard, factor, where)


def _texts(message: Message, reply: bool) -> Iterator[tuple[Folded, float, str]]:
    yield folded(message.subject), 1.0 if reply else SUBJECT_FACTOR, "subject"
    yield folded(message.new_text[: limits.TEXT_CHARS]), 1.0, "text"
    if message.forwarded is not None and len(message.new_text) < SHORT_TEXT_CHARS:
        yield folded(message.forwarded.subject), 1.0, "forwarded mail"
        yield folded(message.forwarded.text[: limits.TEXT_CHARS]), 1.0, "forwarded mail"


def _scores(classifier: Classifier, said: list[_Said]) -> tuple[CaseTypeScore, ...]:
    """The sum per case type, best first; each evidence text counts twice at most."""
    evidence = [one for one in said if not one.heard.is_phrase and one.heard.pattern in classifier.weights]
    totals: dict[str, float] = {}
    words: dict[str, dict[str, None]] = {}
    counted: dict[str, int] = {}
    for where in dict.fromkeys(one.where for one in evidence):
        here = [one for one in evidence if one.where == where]
        outer = {id(heard) for heard in outermost(one.heard for one in here)}
        for one in here:
            text = one.heard.pattern
            counted[text] = counted.get(text, 0) + 1
            if counted[text] > COUNTED_MOST:
                continue
            for case_type, weight in classifier.weights[text]:
                value = weight * one.factor
                if id(one.heard) not in outer:
                    if _longer_speaks(classifier, one, here, case_type):
                        continue
                    value *= OVERHEARD_FACTOR
                totals[case_type] = totals.get(case_type, 0.0) + value
                words.setdefault(case_type, {})[f'"{one.heard.words}" ({where})'] = None
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return tuple(CaseTypeScore(one, round(score, 3), ", ".join(words[one])) for one, score in ranked)


def _longer_speaks(classifier: Classifier, one: _Said, here: list[_Said], case_type: str) -> bool:
    """Whether a longer evidence text of the same case type holds this one: then it has spoken already."""
    for other in here:
        outside = other.heard.first <= one.heard.first and one.heard.last <= other.heard.last
        longer = len(other.heard.pattern) > len(one.heard.pattern)
        if (
            outside
            and longer
            and any(owner == case_type for owner, _ in classifier.weights[other.heard.pattern])
        ):
            return True
    return False


def _case(
    classifier: Classifier, message: Message, sender: Sender, envelope: Envelope, said: list[_Said]
) -> Case:
    words: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for one in said:
        heard = phrases if one.heard.is_phrase else words
        heard.setdefault(one.heard.pattern, f'"{one.heard.words}" in the {one.where}')
    text = (
        f"{folded(message.subject).text}\n{folded(message.new_text[: limits.TEXT_CHARS]).text}"
        if classifier.patterns
        else ""
    )
    return Case(message, sender, envelope, text, words, phrases, classifier.patterns)


def _by_condition(classifier: Classifier, case: Case) -> tuple[CaseType, str] | None:
    """The first case type, in the order of the files, whose condition holds."""
    for case_type in classifier.case_types:
        if case_type.when is not None:
            reason = reason_for(case_type.when, case)
            if reason is not None:
                return case_type, reason
    return None
