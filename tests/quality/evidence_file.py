"""What was learned, as the file of a pack: weights scaled so that the margin of the program is the one that is sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mailroute.model.ruleset import Ruleset
from mailroute.model.text import fold
from mailroute.routing.weigh import MARGIN
from tests.quality.learn import NONE, Model


@dataclass(frozen=True, slots=True)
class Bars:
    """Where an answer is sure enough, in logits: before the runner-up, before `none of these`, and as an emergency."""

    margin: float
    none: float
    alarm: float


def evidence_file(ruleset: Ruleset, model: Model, bars: Bars) -> str:
    """The text of evidence.csv."""
    scale = MARGIN / bars.margin
    emergencies = [one.id for one in ruleset.case_types if one.emergency]
    enough = [f"{NONE} {scale * (bars.none + model.none_bias):.2f}"]
    enough += [f"{one} {scale * (bars.alarm - model.alarm_bias):.2f}" for one in emergencies]
    rows = ["word;weights", f";{' | '.join(enough)}"]
    for index in np.argsort([fold(word) for word in model.words], kind="stable"):
        parts = [f"{name} {weight * scale:.2f}" for name, weight in _weights(model, index, emergencies)]
        if parts:
            rows.append(f"{model.words[index]};{' | '.join(parts)}")
    return "\n".join(rows) + "\n"


def _weights(model: Model, index: int, emergencies: list[str]) -> Iterator[tuple[str, float]]:
    """What a word weighs. What speaks for none of them speaks against all."""
    for name, weight in zip(model.case_types, model.of[index], strict=False):
        if weight:
            yield name, float(weight)
    if model.of[index, -1]:
        yield NONE, -float(model.of[index, -1])
    if model.alarm[index]:
        yield from ((one, float(model.alarm[index])) for one in emergencies)
