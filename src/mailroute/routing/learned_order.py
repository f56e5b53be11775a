"""Put the best case types of an unclear mail into the order that the site's own model gives them, and say why.

Nothing else: it adds none, drops none, decides none, and it is silent about every mail that rules or evidence decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailroute.model.decision import CaseTypeScore, Classified, Station, Step
from mailroute.model.message import Message
from mailroute.model.ruleset import Ruleset, SiteModel
from mailroute.model.weights import WordWeights
from mailroute.routing.bag import words_of

FEATURE = "learned-order"
# Of so many candidates, which is how many are offered.
ORDERED = 3
_QUOTED = 4


# What each word that the model knows weighs for each case type.
_Spoken = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Order:
    """A model made ready: words with their weights, and what each case type has before any word is read."""

    version: str
    words: WordWeights
    before: dict[str, float]


def compile_order(ruleset: Ruleset) -> Order | None:
    """Make the site's model ready; None if it has none or has not switched it on."""
    model: SiteModel | None = ruleset.site_model
    if model is None or FEATURE not in ruleset.organisation.features:
        return None
    return Order(model.version, model.words, dict(model.before))


def ordered(order: Order | None, found: Classified, message: Message) -> Classified:
    """What classify found, with its best ORDERED in another order where the mail is unclear and the model knows better."""
    if order is None or found.case_type is not None or len(found.scores) < 2:
        return found
    best, rest = found.scores[:ORDERED], found.scores[ORDERED:]
    spoken = {word: order.words.of(word) for word in words_of(message) if word in order.words}
    values = {one.id: _value(order, one.id, spoken) for one in best if one.id in order.before}
    # What the model has never seen it cannot place.
    if len(values) < len(best) or not spoken:
        return found
    ranked = tuple(sorted(best, key=lambda one: -values[one.id]))
    step = Step(Station.CLASSIFY, "ordered", _because(ranked, values, spoken), f"model.csv ({order.version})")
    return replace(found, scores=(*ranked, *rest), steps=(*found.steps, step))


def _value(order: Order, case_type: str, spoken: _Spoken) -> float:
    return order.before[case_type] + sum(weights.get(case_type, 0.0) for weights in spoken.values())


def _because(ranked: Sequence[CaseTypeScore], values: dict[str, float], spoken: _Spoken) -> str:
    said = []
    for one in ranked:
        weighed = [(weights.get(one.id, 0.0), word) for word, weights in spoken.items()]
        strongest = [
            f"{word} {weight:+.1f}" for weight, word in sorted(weighed, reverse=True)[:_QUOTED] if weight > 0
        ]
        said.append(f"{one.id} {values[one.id]:.1f}" + (f" ({', '.join(strongest)})" if strongest else ""))
    return "as closed tickets of this house were: " + ", then ".join(said)
