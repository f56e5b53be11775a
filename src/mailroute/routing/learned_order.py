"""Put the best case types of an unclear mail into the order that the site's own model gives them, and say why.

Nothing else: it adds none, drops none, decides none, and it is silent about every mail that rules or evidence decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailroute.model.decision import CaseTypeScore, Classified, Station, Step
from mailroute.model.message import Message
from mailroute.model.ruleset import Ruleset, SiteModel
from mailroute.routing.bag import words_of

FEATURE = "learned-order"
# Of so many candidates, which is how many are offered.
ORDERED = 3
_QUOTED = 4


@dataclass(frozen=True, slots=True)
class Order:
    """A model made ready: word → weight by case type, and what each has before any word is read."""

    version: str
    weights: dict[str, dict[str, float]]
    before: dict[str, float]


def compile_order(ruleset: Ruleset) -> Order | None:
    """Make the site's model ready; None if it has none or has not switched it on."""
    model: SiteModel | None = ruleset.site_model
    if model is None or FEATURE not in ruleset.organisation.features:
        return None
    weights: dict[str, dict[str, float]] = {}
    for case_type, words in model.weights:
        for word, weight in words:
            weights.setdefault(word, {})[case_type] = weight
    return Order(model.version, weights, dict(model.before))


def ordered(order: Order | None, found: Classified, message: Message) -> Classified:
    """What classify found, with its best ORDERED in another order where the mail is unclear and the model knows better."""
    if order is None or found.case_type is not None or len(found.scores) < 2:
        return found
    best, rest = found.scores[:ORDERED], found.scores[ORDERED:]
    spoken = [word for word in words_of(message) if word in order.weights]
    values = {one.id: _value(order, one.id, spoken) for one in best if one.id in order.before}
    # What the model has never seen it cannot place.
    if len(values) < len(best) or not spoken:
        return found
    ranked = tuple(sorted(best, key=lambda one: -values[one.id]))
    step = Step(
        Station.CLASSIFY, "ordered", _because(order, ranked, values, spoken), f"model.csv ({order.version})"
    )
    return replace(found, scores=(*ranked, *rest), steps=(*found.steps, step))


def _value(order: Order, case_type: str, spoken: Sequence[str]) -> float:
    return order.before[case_type] + sum(order.weights[word].get(case_type, 0.0) for word in spoken)


def _because(
    order: Order, ranked: Sequence[CaseTypeScore], values: dict[str, float], spoken: Sequence[str]
) -> str:
    said = []
    for one in ranked:
        weighed = [(order.weights[word].get(one.id, 0.0), word) for word in spoken]
        strongest = [
            f"{word} {weight:+.1f}" for weight, word in sorted(weighed, reverse=True)[:_QUOTED] if weight > 0
        ]
        said.append(f"{one.id} {values[one.id]:.1f}" + (f" ({', '.join(strongest)})" if strongest else ""))
    return "as closed tickets of this house were: " + ", then ".join(said)
