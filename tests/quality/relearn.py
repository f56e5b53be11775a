"""Learn the evidence of the packs anew, and say how sure it is on mails it did not learn from.

    python -m tests.quality.relearn [--write]

With --write the files rules/packs/*/evidence.csv, meanings.csv and the cross-validated figures (tests/golden/quality) are written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mailroute.model.ruleset import Ruleset
from mailroute.routing.weigh import MARGIN, RIVAL_OF_ALARM, SURE_RIVAL
from mailroute.rules import load_pack
from tests.quality.books import PACKS, SHIPPED, crossed, digest_of, digest_of_inputs
from tests.quality.labelled import Labelled, labelled
from tests.quality.learn import Model, learn, lessons, logits, mails_to_learn_from
from tests.quality.measure import measured_with
from tests.quality.pack_files import Bars, files

FOLDS = 3
# How often a wrong answer may be given on mails that were not learned from, and an alarm for nothing.
MOST_WRONG = 0.03
MOST_ALARMS = 0.02
# Before `none of these`: less, and every letter about shares is taken for something.
LEAST_LEAD = -0.5


Mails = Sequence[tuple[Labelled, float]]


@dataclass(frozen=True, slots=True)
class Fold:
    """A model and the mails that it has not seen."""

    model: Model
    unseen: Mails


def folds(ruleset: Ruleset, mails: Mails, tune: int) -> Iterator[Fold]:
    """Learn from the first `tune` mails but one part (and all others), for each part."""
    for part in range(FOLDS):
        unseen = [one for one in mails[:tune] if _fold_of(one[0]) == part]
        seen = [one for at, one in enumerate(mails) if at >= tune or _fold_of(one[0]) != part]
        yield Fold(learn(ruleset, seen), unseen)


def _fold_of(mail: Labelled) -> int:
    return hashlib.sha256(f"{mail.id}{mail.text}".encode()).digest()[0] % FOLDS


def bars_from(tried: Sequence[Fold]) -> Bars:
    """The bars with most right answers among those with few wrong ones."""
    mails, tops, margins, leads, alarms, rivals, emergencies = [], [], [], [], [], [], []
    for fold in tried:
        unseen = lessons(fold.unseen, fold.model.words)
        scores, alarm = logits(fold.model, unseen)
        rivals += list(scores[:, :-1].max(axis=1) - scores[:, -1])
        alarms += list(alarm)
        emergencies += [one.mail.emergency for one in unseen]
        for row, one in zip(scores, unseen, strict=True):
            if not one.mail.emergency:
                ranked = np.sort(row[:-1])
                mails.append(one.mail)
                tops.append(fold.model.case_types[int(row[:-1].argmax())])
                margins.append(ranked[-1] - ranked[-2])
                leads.append(ranked[-1] - row[-1])
    margin, none = _most_right(mails, tops, np.array(margins), np.array(leads))
    sure = SURE_RIVAL * margin / MARGIN
    loud = np.array(alarms) - RIVAL_OF_ALARM * np.maximum(np.array(rivals) - sure, 0.0)
    return Bars(margin, none, _alarm_bar(loud, np.array(emergencies)))


def _most_right(
    mails: Sequence[Labelled], tops: Sequence[str], margins: np.ndarray, leads: np.ndarray
) -> tuple[float, float]:
    right = np.array([mail.accepts(top) for mail, top in zip(mails, tops, strict=True)])
    nothing = np.array([mail.accepts(None) for mail in mails])
    best = (-1.0, 1.0, 0.0)
    for margin in np.arange(0.5, 6, 0.1):
        for none in np.arange(LEAST_LEAD, 4, 0.25):
            taken = (margins >= margin) & (leads >= none)
            if (taken & ~right).mean() <= MOST_WRONG:
                good = ((taken & right) | (~taken & nothing)).mean()
                best = max(best, (float(good), float(margin), float(none)))
    return best[1], best[2]


def _alarm_bar(alarms: np.ndarray, emergencies: np.ndarray) -> float:
    if not emergencies.any():
        return 0.0
    return float(np.quantile(alarms[~emergencies], 1 - MOST_ALARMS))


def relearn(pack: str, *, write: bool) -> None:
    """Learn one pack and print how it does."""
    ruleset, tune = load_pack(pack).ruleset, labelled("tune", pack)
    mails = mails_to_learn_from(pack, tune)
    tried = list(folds(ruleset, mails, len(tune)))
    bars = bars_from(tried)
    print(f"{pack}: {len(tune)} mails, {bars}")
    figures = measured_with(
        pack,
        ((files(ruleset, fold.model, bars), [mail for mail, _ in fold.unseen]) for fold in tried),
    )
    print(figures)
    if write:
        learned = files(ruleset, learn(ruleset, mails), bars)
        for name, text in learned.items():
            (SHIPPED / pack / name).write_text(text, encoding="utf-8")
        book = figures.as_json() | {
            "inputs": digest_of_inputs(pack),
            "learned": digest_of("".join(learned.values())),
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
