"""What was learned, as the files of a pack: scaled so that the margin of the program is the one that is sure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mailroute.model.meanings import LETTERS, SILENT
from mailroute.model.text import fold
from mailroute.routing.weigh import MARGIN
from tests.quality.learn import NONE, Model


@dataclass(frozen=True, slots=True)
class Bars:
    """Where an answer is sure enough, in logits: before the runner-up and before `none of these`; `alarm` is how far an
    emergency must be before everything else, or may be behind it, to be feared.
    """

    margin: float
    none: float
    alarm: float


def files(model: Model, bars: Bars) -> dict[str, str]:
    """The texts of evidence.csv and meanings.csv."""
    return {
        "evidence.csv": "\n".join(_evidence(model, bars)) + "\n",
        "meanings.csv": "\n".join(_meanings(model, MARGIN / bars.margin)) + "\n",
    }


def _evidence(model: Model, bars: Bars) -> Iterator[str]:
    """What is enough."""
    scale = MARGIN / bars.margin
    enough = [
        f"{NONE} {scale * bars.none:.2f}",
        *(f"{one} {scale * bars.alarm:.2f}" for one in model.emergencies),
    ]
    yield "word;weights"
    yield f";{' | '.join(enough)}"


def _meanings(model: Model, scale: float) -> Iterator[str]:
    """The traits, the case types and the words."""
    net = model.net
    yield "word;meaning"
    yield f";{_numbers(net.thresholds)}"
    for column, name in enumerate((*model.case_types, NONE)):
        yield f"={name};{_numbers((scale * net.before[column], *(scale * net.leans[:, column])))}"
    for index in _in_order(model):
        letters = "".join(LETTERS[int(level) + SILENT] for level in net.levels[index])
        yield f"{model.words[index]};{letters}"


def _in_order(model: Model) -> Iterable[int]:
    return (int(one) for one in np.argsort([fold(word) for word in model.words], kind="stable"))


def _numbers(numbers: Iterable[float]) -> str:
    return " ".join(f"{one:.4f}" for one in numbers)
