"""What kind of matter is it? Ordered conditions first, then weighted evidence; unsure is a result (design §6).

Subject counts twice, the new text once, quotes never. Every score names the words that spoke and every verdict the
line of the rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import re2

from mailroute.model import limits
from mailroute.model.condition import Condition, Phrase, Regex, Words
from mailroute.model.decision import CaseTypeScore, Classified, Sender, Station, Step, rule_of
from mailroute.model.mail import Envelope
from mailroute.model.message import Message
from mailroute.model.ruleset import CaseType, Ruleset
from mailroute.model.text import Folded, folded
from mailroute.routing.conditions import Asked, parts_of, reason_for
from mailroute.routing.context import NOT_NOW
from mailroute.routing.learned_order import Order, compile_order, ordered
from mailroute.routing.passages import Told, without_old_subject
from mailroute.routing.vocabulary import Vocabulary
from mailroute.routing.weigh import Scales, Tally, evidence_texts, scales_of, weigh

SUBJECT_FACTOR = 2.0
# The subject of a reply is that of an older mail, and must not outvote what its writer says now.
OLD_SUBJECT_FACTOR = 0.5
# What is said to be over makes the matter less urgent.
LEAST_URGENT = 4
# With so little text of their own, whoever forwards a mail means the forwarded text.
SHORT_TEXT_CHARS = 300
UNCLEAR_URGENCY = 3
_OF_ITS_WRITER = ("subject", "text")
OFFERED = 3

_REGEX_MEMORY_BYTES = 8 * 1024 * 1024
_OLD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,20}\]\s*)?(?:(?:wg|fw|fwd|wtr)\s?:\s*){0,9}(?:re|aw|antw|antwort|sv|odp)(?:\[\d{1,3}\])?\s?:",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Classifier:
    """What is compiled of a ruleset once. `words` and `phrases` are those of conditions, `by_urgency` those
    case types that have one, in the order in which they are tried, `order` the site's own model where it is switched on.
    """

    vocabulary: Vocabulary
    scales: Scales
    patterns: dict[str, Any]  # re2 has no types
    words: frozenset[str]
    phrases: frozenset[str]
    by_urgency: tuple[CaseType, ...]
    order: Order | None


def compile_classifier(ruleset: Ruleset) -> Classifier:
    """Make ready what `classify` needs; milliseconds for hundreds of case types."""
    words: list[str] = []
    phrases: list[str] = []
    patterns: dict[str, Any] = {}
    for case_type in ruleset.case_types:
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
    scales = scales_of(ruleset)
    return Classifier(
        vocabulary=Vocabulary([*evidence_texts(ruleset), *words], phrases),
        scales=scales,
        patterns=patterns,
        words=frozenset(words),
        phrases=frozenset(phrases),
        by_urgency=tuple(
            sorted((one for one in ruleset.case_types if one.when), key=lambda one: not one.emergency)
        ),
        order=compile_order(ruleset),
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
    told = heard_in(classifier, message, reply=reply)
    return judge(classifier, message, sender, envelope, told, weigh(classifier.scales, told))


def judge(
    classifier: Classifier,
    message: Message,
    sender: Sender,
    envelope: Envelope,
    told: Sequence[Told],
    tally: Tally,
) -> Classified:
    """The same for what was heard and weighed already."""
    asked = _asked(classifier, message, sender, envelope, told, now=False)
    now = _asked(classifier, message, sender, envelope, told, now=True)
    new = without_old_subject(told)
    apart = None
    if new is not None:
        old = [one for one in told if one.is_old]
        apart = (
            _asked(classifier, message, sender, envelope, old, now=True),
            _asked(classifier, message, sender, envelope, new, now=True),
        )
    by_rule = _by_condition(classifier, asked, now, apart)
    if by_rule is not None:
        case_type, reason = by_rule
        step = Step(Station.CLASSIFY, case_type.id, f"rule: {reason}", str(case_type.source))
        return Classified(case_type.id, case_type.urgency, case_type.emergency, tally.scores, (step,))
    return ordered(classifier.order, _by_evidence(classifier.scales, tally), message)


def heard_in(classifier: Classifier, message: Message, *, reply: bool) -> list[Told]:
    """Every pattern of the rules in the texts of the mail, with how much each text counts."""
    old = reply or is_old_subject(message.subject)
    subject = classifier.vocabulary.hear(folded(message.subject))
    return [
        Told(subject, OLD_SUBJECT_FACTOR if old else SUBJECT_FACTOR, "subject", old),
        *(Told(classifier.vocabulary.hear(text), 1.0, where) for text, where in _texts(message)),
    ]


def is_old_subject(subject: str) -> bool:
    """Whether it is the subject of the mail that this one answers, as far as it says so itself."""
    return _OLD_SUBJECT.match(subject) is not None


def _texts(message: Message) -> Iterator[tuple[Folded, str]]:
    yield folded(message.new_text[: limits.TEXT_CHARS]), "text"
    if message.forwarded is not None and len(message.new_text) < SHORT_TEXT_CHARS:
        yield folded(message.forwarded.subject), "forwarded mail"
        yield folded(message.forwarded.text[: limits.TEXT_CHARS]), "forwarded mail"


# --- conditions ----------------------------------------------------------------------------------------------


def _asked(
    classifier: Classifier,
    message: Message,
    sender: Sender,
    envelope: Envelope,
    told: Sequence[Told],
    *,
    now: bool,
) -> Asked:
    """What conditions may ask. `now`: without what is over, long ago, imagined or denied."""
    words: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for text in told:
        for one in text.hearing.heard:
            heard, known = (phrases, classifier.phrases) if one.is_phrase else (words, classifier.words)
            if one.pattern not in known or one.pattern in heard:
                continue
            if not (now and one.said & NOT_NOW):
                heard[one.pattern] = f'"{text.hearing.quote(one)}" in the {text.where}'
    spoken = (one.hearing.text.text for one in told if one.where in _OF_ITS_WRITER)
    folded_text = "\n".join(spoken) if classifier.patterns else ""
    return Asked(message, sender, envelope, folded_text, words, phrases, classifier.patterns)


def _by_condition(
    classifier: Classifier, asked: Asked, now: Asked, apart: tuple[Asked, Asked] | None
) -> tuple[CaseType, str] | None:
    """The first case type whose condition holds: emergencies first, then in the order of the files.

    `now` is the same without what is over, long ago, imagined or denied: nobody is called at night for that. `apart` are
    the subject of the older mail that is answered, and what stands below it.
    """
    for case_type in classifier.by_urgency:
        if case_type.when is not None:
            alarms = case_type.emergency
            reason = _reason_now(case_type.when, now, apart) if alarms else reason_for(case_type.when, asked)
            if reason is not None:
                return case_type, reason
    return None


def _reason_now(condition: Condition, now: Asked, apart: tuple[Asked, Asked] | None) -> str | None:
    """Why an emergency holds. The subject of an older mail alone is no reason where something stands below it."""
    reason = reason_for(condition, now)
    if reason is None or apart is None:
        return reason
    old, new = apart
    return reason if reason_for(condition, old) is None else reason_for(condition, new)


# --- evidence ------------------------------------------------------------------------------------------------


def _by_evidence(scales: Scales, tally: Tally) -> Classified:
    scores = tally.scores
    verdict = tally.verdict
    if verdict.winner is None:
        if verdict.feared is not None:
            return _feared(verdict.feared, scores, alone=verdict.alone)
        offered = "; ".join(f"{one.id} {one.score:g} ({one.because})" for one in scores[:OFFERED])
        rule = rule_of(*(scales.case_types[one.id].source for one in scores[:OFFERED]))
        because = offered or "no word of any case type stands in the mail"
        step = Step(Station.CLASSIFY, "unclear", because, rule)
        if not verdict.likely:
            return Classified(None, UNCLEAR_URGENCY, False, scores, (step,))
        likely = verdict.likely[0]
        whose = Step(
            Station.CLASSIFY,
            "clear enough whose it is",
            f"the best of them are for the same role or chain: {', '.join(one.id for one in verdict.likely)}",
            str(likely.source),
        )
        return Classified(None, UNCLEAR_URGENCY, False, scores, (step, whose), likely.id)
    case_type = verdict.winner
    because = _spoken_for(case_type, scores)
    urgency = case_type.urgency
    if tally.is_over:
        urgency = min(urgency + 1, LEAST_URGENT)
        because += "; said to be over, so less urgent"
    step = Step(Station.CLASSIFY, case_type.id, because, str(case_type.source))
    return Classified(case_type.id, urgency, case_type.emergency, scores, (step,))


def _feared(case_type: CaseType, scores: tuple[CaseTypeScore, ...], *, alone: bool) -> Classified:
    """Unclear, and treated as the emergency that it may be until somebody says what it is."""
    because = _spoken_for(case_type, scores)
    if alone:
        because += "; said in a sentence or two, whatever the rest of the mail is about"
    step = Step(Station.CLASSIFY, "may be an emergency", because, str(case_type.source))
    return Classified(None, case_type.urgency, True, scores, (step,), case_type.id)


def _spoken_for(case_type: CaseType, scores: Sequence[CaseTypeScore]) -> str:
    score = next(one for one in scores if one.id == case_type.id)
    because = f"{score.because}, score {score.score:g}"
    runner_up = next((one for one in scores if one.id != case_type.id and one.score > 0), None)
    return because if runner_up is None else f"{because}; next {runner_up.id} {runner_up.score:g}"
