"""Learn the evidence of the packs anew, and say how sure it is on mails it did not learn from.

    python -m tests.quality.relearn [--write]

With --write the files rules/packs/*/evidence.csv, meanings.csv and the cross-validated figures (tests/golden/quality) are written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from mailroute.rules import load_pack
from tests.quality.books import PACKS, SHIPPED, crossed, digest_of, digest_of_inputs
from tests.quality.labelled import Labelled, labelled
from tests.quality.learn import Model, fears, learn, lessons, logits, mails_to_learn_from
from tests.quality.measure import measured_with
from tests.quality.pack_files import Bars, files

FOLDS = 3
# Each takes two gigabytes.
AT_ONCE = 2
# How often a wrong answer may be given on mails that were not learned from, and how often an emergency be feared for nothing.
# The goals are 3 and 5 in a hundred. Of all everyday mails half of that is enough: of those about taps and sockets it is more.
MOST_WRONG = 0.026
MOST_ALARMS = 0.03
# Before `none of these`: less, and every letter about shares is taken for something.
LEAST_LEAD = -0.5


@dataclass(frozen=True, slots=True)
class Fold:
    """A model and the mails that it has not seen."""

    model: Model
    unseen: Sequence[tuple[Labelled, float]]


def _learned_without(pack: str, part: int | None) -> Fold:
    """Learn from all mails but that part of `tune`."""
    tune = labelled("tune", pack)
    mails = mails_to_learn_from(pack, tune)
    left_out = {at for at, mail in enumerate(tune) if _fold_of(mail) == part}
    seen = [one for at, one in enumerate(mails) if at not in left_out]
    return Fold(learn(load_pack(pack).ruleset, seen), [mails[at] for at in sorted(left_out)])


def _fold_of(mail: Labelled) -> int:
    return hashlib.sha256(f"{mail.id}{mail.text}".encode()).digest()[0] % FOLDS


@dataclass(frozen=True, slots=True)
class _Heard:
    """A mail that was not learned from: the best case type and how far it is before the next one and before none of them;
    `fear` is how far an emergency is before everything else (decision 17).
    """

    mail: Labelled
    top: str
    margin: float
    lead: float
    fear: float


def bars_from(tried: Sequence[Fold]) -> Bars:
    """The bars with most right answers among those with few wrong ones."""
    heard = [one for fold in tried for one in _hear(fold)]
    calm = [one.fear for one in heard if not one.mail.emergency]
    alarm = float(np.quantile(calm, 1 - MOST_ALARMS)) if tried[0].model.emergencies else np.inf
    return Bars(*_most_right(heard, alarm), alarm)


def _hear(fold: Fold) -> Iterator[_Heard]:
    unseen, model = lessons(fold.unseen, fold.model.words), fold.model
    calm = len(model.case_types) - len(model.emergencies)
    for row, fear, one in zip(logits(model, unseen), fears(model, unseen), unseen, strict=True):
        first, second = np.sort(row[:calm])[:-3:-1]
        top = model.case_types[int(row[:calm].argmax())]
        yield _Heard(one.mail, top, first - second, first - row[-1], fear)


def _most_right(heard: Sequence[_Heard], alarm: float) -> tuple[float, float]:
    """The margin, and the lead before none of them."""
    right = np.array([one.mail.accepts(one.top) for one in heard])
    urgent = np.array([one.mail.emergency for one in heard])
    nothing = np.array([one.mail.accepts(None) for one in heard])
    margins, leads, feared = (
        np.array([getattr(one, name) for one in heard]) for name in ("margin", "lead", "fear")
    )
    best = (-1.0, 1.0, 0.0)
    for margin in np.arange(0.5, 6, 0.1):
        loud, calm = feared >= margin, feared < min(alarm, margin)
        for none in np.arange(LEAST_LEAD, 4, 0.25):
            taken = calm & (margins >= margin) & (leads >= none)
            if ((taken & ~right) | (loud & ~urgent)).mean() <= MOST_WRONG:
                good = ((taken & right) | (loud & urgent) | (~taken & ~loud & nothing)).mean()
                best = max(best, (float(good), float(margin), float(none)))
    return best[1], best[2]


def relearn(pack: str, *, write: bool) -> None:
    """Learn one pack and print how it does."""
    parts = (*range(FOLDS), *([None] if write else []))
    with ProcessPoolExecutor(AT_ONCE) as pool:
        learned = list(pool.map(_learned_without, [pack] * len(parts), parts))
    tried = learned[:FOLDS]
    bars = bars_from(tried)
    print(f"{pack}: {sum(len(fold.unseen) for fold in tried)} mails, {bars}")
    figures = measured_with(
        pack,
        ((files(fold.model, bars), [mail for mail, _ in fold.unseen]) for fold in tried),
    )
    print(figures)
    if write:
        texts = files(learned[-1].model, bars)
        for name, text in texts.items():
            (SHIPPED / pack / name).write_text(text, encoding="utf-8")
        book = figures.as_json() | {
            "inputs": digest_of_inputs(pack),
            "learned": digest_of("".join(texts.values())),
        }
        crossed(pack).write_text(json.dumps(book, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Learn all packs."""
    parser = argparse.ArgumentParser(description="Learn the evidence of the packs anew.")
    parser.add_argument("--write", action="store_true", help="write the files and the figures")
    parser.add_argument("packs", nargs="*", default=PACKS, metavar="PACK", help="all if none is named")
    arguments = parser.parse_args()
    for pack in arguments.packs:
        relearn(pack, write=arguments.write)


if __name__ == "__main__":
    main()
