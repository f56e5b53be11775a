"""Learn from the site's own tickets how to order the candidates of an unclear mail: `mailroute learn`.

A model of counts (naive Bayes, one case type against the rest): anybody can recount why a word weighs what it weighs.
Nothing is copied for it: the mails are read where they lie, so what has been erased is not learned from any more.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log

from mailroute.message.parse import parse
from mailroute.model.ruleset import Ruleset
from mailroute.routing.bag import words_of
from mailroute.routing.learned_order import ORDERED
from mailroute.store.examples import Example

# A word counts if so many different people wrote it: the name of one of them never does.
PEOPLE_LEAST = 3
# A case type with fewer mails is not learned.
MAILS_LEAST = 5
WEIGHT_LEAST = 0.5
WORDS_MOST = 2_000
PARTS = 5
_SMOOTH = 0.5


@dataclass(frozen=True, slots=True)
class Lesson:
    """One mail: its telling words, and what it was about."""

    words: tuple[str, ...]
    case_type: str
    sender: str
    offered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """A model: what each case type has before any word, and what each word weighs for each."""

    before: dict[str, float]
    words: dict[str, dict[str, float]]

    def value(self, case_type: str, words: Iterable[str]) -> float:
        """How much speaks for the case type."""
        return self.before[case_type] + sum(self.words.get(word, {}).get(case_type, 0.0) for word in words)

    def strongest(self, case_type: str, count: int) -> list[tuple[str, float]]:
        """The words that weigh most for it."""
        own = [(word, of[case_type]) for word, of in self.words.items() if of.get(case_type, 0.0) > 0]
        return sorted(own, key=lambda one: (-one[1], one[0]))[:count]


@dataclass(slots=True)
class Learned:
    """A model and how it did on unclear mails that it had not seen: the first of three right, by evidence and by it."""

    weights: Weights
    mails: Counter[str] = field(default_factory=Counter)
    tried: int = 0
    right_before: int = 0
    right_now: int = 0


def lessons(ruleset: Ruleset, found: Iterable[Example]) -> list[Lesson]:
    """What people made of the mails: tickets that are closed, or whose case type somebody has set."""
    known = {one.id for one in ruleset.case_types}
    return [_lesson(one) for one in found if one.case_type in known]


def _lesson(one: Example) -> Lesson:
    classified = one.routing.classified if one.routing else None
    unclear = classified is not None and classified.case_type is None
    # By evidence alone: an earlier model may have ordered them.
    best = sorted(classified.scores[:ORDERED], key=lambda one: -one.score) if classified and unclear else ()
    offered = tuple(one.id for one in best)
    # The same few thousand words stand in all of them.
    words = tuple(map(sys.intern, words_of(parse(one.content))))
    return Lesson(words, one.case_type, one.sender, offered)


def learn(all_lessons: Sequence[Lesson]) -> Learned:
    """Learn from all, and try on each fifth what the others teach."""
    learned = Learned(weights_of(all_lessons), Counter(one.case_type for one in all_lessons))
    for part in range(PARTS):
        unseen = [one for at, one in enumerate(all_lessons) if at % PARTS == part and len(one.offered) > 1]
        if not unseen:
            continue
        weights = weights_of([one for at, one in enumerate(all_lessons) if at % PARTS != part])
        for one in unseen:
            # As `ordered` does it: what is not known is left in its place.
            known = all(name in weights.before for name in one.offered)
            first = (
                max(one.offered, key=lambda name: weights.value(name, one.words)) if known else one.offered[0]
            )
            learned.tried += 1
            learned.right_before += one.offered[0] == one.case_type
            learned.right_now += first == one.case_type
    return learned


def weights_of(given: Sequence[Lesson]) -> Weights:
    """Count: how much more often a word stands in mails of one case type than in all others, as a logarithm."""
    mails = Counter(one.case_type for one in given)
    taught = {name: count for name, count in mails.items() if count >= MAILS_LEAST and count < len(given)}
    senders: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in given:
        for word in one.words:
            senders[word].add(one.sender)
            counts[word][one.case_type] += 1
    words: dict[str, dict[str, float]] = {}
    for word, by_type in counts.items():
        if len(senders[word]) >= PEOPLE_LEAST:
            weighed = _weighed(by_type, taught, len(given))
            if weighed:
                words[word] = weighed
    before = {name: round(log(count / (len(given) - count)), 2) for name, count in taught.items()}
    return Weights(before, _most_telling(words))


def _weighed(by_type: Counter[str], taught: dict[str, int], total: int) -> dict[str, float]:
    everywhere = sum(by_type.values())
    found = {}
    for name, mails in taught.items():
        inside = (by_type[name] + _SMOOTH) / (mails + 2 * _SMOOTH)
        outside = (everywhere - by_type[name] + _SMOOTH) / (total - mails + 2 * _SMOOTH)
        weight = round(log(inside / outside), 2)
        if abs(weight) >= WEIGHT_LEAST:
            found[name] = weight
    return found


def _most_telling(words: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The WORDS_MOST words that tell most; more would make the file long and the order no better."""
    ranked = sorted(words, key=lambda word: (-max(map(abs, words[word].values())), word))
    return {word: words[word] for word in ranked[:WORDS_MOST]}
