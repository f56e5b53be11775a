"""Learn what a pack knows from labelled mails: rules/packs/*/meanings.csv, by `tests/quality/together.py`.

Emergencies are learned beside all other matters; what the program asks of them then is what the words say that happen now.
Needs numpy and scipy (`pip install -e .[learn]`); the program never does. `python -m tests.quality.relearn` writes the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from mailroute.admin.matter import read_message
from mailroute.model.ruleset import Ruleset
from mailroute.routing.classify import Classifier, heard_in
from mailroute.routing.counting import counted
from mailroute.routing.vocabulary import Vocabulary
from mailroute.routing.weigh import Scales, Weights
from tests.corpora.places import HELD
from tests.quality.candidates import candidates
from tests.quality.labelled import Labelled, own, situations
from tests.quality.meaning import common_words, meanings
from tests.quality.together import Net, averaged, in_letters, train

NONE = "*"
# What a mail counts for: those of strangers fully, our own half, talk about shares a little.
OWN_SHARE = 0.5
SITUATION_SHARE = 1.0
TALK_SHARE = 0.2
NONE_SHARE = 0.6
TALK_MAILS = 400
TALK_CHARS = 700
# How often the mails are gone through, the first time only to see which words matter.
ROUNDS = 25
FIRST_ROUNDS = 8
# Two nets are heard together, one that goes by what words mean and one that knows words only: they err in other places (decision 15).
NETS = 2
# Of the words that no mail has, the part that says most is kept.
UNSHOWN_KEPT = 0.2


@dataclass(frozen=True, slots=True)
class Lesson:
    """One mail as the learner sees it: what its words are worth, what it is, and how much it counts.

    `now` leaves out what is over, denied or imagined: of that no emergency is made.
    """

    mail: Labelled
    words: dict[str, float]
    now: dict[str, float]
    share: float


def talk(pack: str) -> Iterator[Labelled]:
    """Prose that was written to nobody of ours (../shared/corpora), where it is there."""
    for name in ("other", "insurance", "tenancy") if HELD.is_dir() else ():
        lines = (HELD / "class-codealltag" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        step = max(len(lines) // TALK_MAILS, 1)
        for line in lines[::step]:
            yield Labelled(
                f"talk-{name}", pack, None, frozenset(), False, "", json.loads(line)["text"][:TALK_CHARS]
            )


def mails_to_learn_from(pack: str, tune: Sequence[Labelled]) -> list[tuple[Labelled, float]]:
    """All mails, those of `tune` first, with their shares."""
    mails = [(mail, 1.0) for mail in tune]
    mails += [(mail, SITUATION_SHARE) for mail in situations(pack)]
    mails += [(mail, OWN_SHARE) for mail in own(pack)]
    return mails + [(mail, TALK_SHARE) for mail in talk(pack)]


def words_to_learn(mails: Sequence[tuple[Labelled, float]]) -> list[str]:
    """All words that might matter: those of the mails (but not of talk), and those that people use."""
    told = candidates(mail for mail, share in mails if share > TALK_SHARE)
    return list(dict.fromkeys([*told, *common_words()]))


def lessons(mails: Sequence[tuple[Labelled, float]], words: Sequence[str]) -> list[Lesson]:
    """The mails, heard as the program hears them that knows just these words."""
    scales = Scales({}, Weights((), ()), {}, {}, {}, {})
    classifier = Classifier(Vocabulary(words, ()), scales, {}, frozenset(), frozenset(), (), order=None)
    return [_lesson(classifier, mail, share) for mail, share in mails]


def _lesson(classifier: Classifier, mail: Labelled, share: float) -> Lesson:
    told = heard_in(classifier, read_message(mail.content()), reply=False)
    spoken = counted(told)
    return Lesson(mail, spoken.values, spoken.now, share)


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned, in logits. The columns of `net` are the case types, those of emergencies last, and none of them."""

    words: tuple[str, ...]
    case_types: tuple[str, ...]
    emergencies: tuple[str, ...]
    net: Net


def learn(ruleset: Ruleset, mails: Sequence[tuple[Labelled, float]]) -> Model:
    """Learn twice: from all words, and then from those that turned out to matter, as the program will hear them."""
    words = words_to_learn(mails)
    model = fit(ruleset, lessons(mails, words), words, FIRST_ROUNDS, 1)
    words = [word for word, kept in zip(words, _that_matter(model, mails), strict=True) if kept]
    return fit(ruleset, lessons(mails, words), words, ROUNDS, NETS)


def _that_matter(model: Model, mails: Sequence[tuple[Labelled, float]]) -> np.ndarray:
    shown = set(candidates(mail for mail, share in mails if share > TALK_SHARE))
    is_shown = np.array([word in shown for word in model.words])
    loud = model.net.loudness()
    kept: np.ndarray = is_shown | (loud > np.quantile(loud[~is_shown], 1 - UNSHOWN_KEPT))
    return kept


def fit(
    ruleset: Ruleset, learned_from: Sequence[Lesson], words: Sequence[str], rounds: int, nets: int
) -> Model:
    """Learn what these words say."""
    ordered = sorted(ruleset.case_types, key=lambda one: one.emergency)
    case_types = tuple(one.id for one in ordered)
    emergencies = tuple(one.id for one in ordered if one.emergency)
    net = in_letters(_fit(words, (*case_types, NONE), emergencies, learned_from, rounds, nets))
    return Model(tuple(words), case_types, emergencies, net)


def _fit(
    words: Sequence[str],
    columns: Sequence[str],
    emergencies: Sequence[str],
    learned_from: Sequence[Lesson],
    rounds: int,
    nets: int,
) -> Net:
    at = {name: index for index, name in enumerate(columns)}
    y = np.zeros((len(learned_from), len(columns)), np.float32)
    for row, one in enumerate(learned_from):
        for name, part in _targets(one.mail, emergencies).items():
            if name in at:
                y[row, at[name]] = part
    shares = np.array(
        [one.share * (NONE_SHARE if one.mail.case_type is None else 1.0) for one in learned_from]
    )
    urgent = np.array([one.mail.emergency for one in learned_from])
    if urgent.any():
        # There are few, and none may be missed.
        shares[urgent] *= (shares[~urgent].sum() / shares[urgent].sum()) ** 0.5
    x = _matrix(words, [one.words for one in learned_from])
    shares, places = shares.astype(np.float32), meanings(words)
    views = (places, places[:, :0])
    return averaged([train(x, y, shares, view, rounds, seed) for seed, view in enumerate(views[:nets])])


def _targets(mail: Labelled, emergencies: Sequence[str]) -> dict[str, float]:
    """What the mail is, as shares of 1."""
    if mail.emergency and emergencies:
        return {emergencies[0]: 1.0}
    first = NONE if mail.case_type is None else mail.case_type
    if not mail.also:
        return {first: 1.0}
    return {first: 0.8} | {name: 0.2 / len(mail.also) for name in sorted(mail.also)}


def _matrix(words: Sequence[str], rows: Sequence[dict[str, float]]) -> sparse.csr_matrix:
    at = {word: index for index, word in enumerate(words)}
    found = [
        (row, at[word], value) for row, one in enumerate(rows) for word, value in one.items() if word in at
    ]
    row, column, value = zip(*found, strict=True)
    return sparse.csr_matrix((value, (row, column)), shape=(len(rows), len(words)))


def logits(model: Model, learned_from: Sequence[Lesson]) -> np.ndarray:
    """What the model makes of mails: per case type, none last."""
    return model.net.logits(_matrix(model.words, [one.words for one in learned_from]))


def fears(model: Model, learned_from: Sequence[Lesson]) -> np.ndarray:
    """How far an emergency is before everything else by what happens now (routing/weigh.py)."""
    if not model.emergencies:
        return np.full(len(learned_from), -np.inf)
    now = model.net.logits(_matrix(model.words, [one.now for one in learned_from]))
    first = len(model.case_types) - len(model.emergencies)
    lead: np.ndarray = now[:, first:-1].max(axis=1) - np.delete(now, np.s_[first:-1], axis=1).max(axis=1)
    return lead
