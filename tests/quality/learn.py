"""Learn what a pack knows from labelled mails: rules/packs/*/meanings.csv (matters) and evidence.csv (emergencies).

Matters are learned by `tests/quality/together.py`. Emergencies are learned for themselves, against everything else, by a
logistic regression over the words that say what happens now; there each word weighs what it weighs. Needs numpy and scipy
(`pip install -e .[learn]`); the program never does. `python -m tests.quality.relearn` writes the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from mailroute.admin.matter import read_message
from mailroute.model.ruleset import Ruleset
from mailroute.routing.classify import Classifier, heard_in
from mailroute.routing.context import NOT_NOW
from mailroute.routing.vocabulary import Vocabulary
from mailroute.routing.weigh import Scales, counted
from tests.corpora.places import HELD
from tests.quality.candidates import candidates
from tests.quality.labelled import Labelled, own, situations
from tests.quality.meaning import common_words, meanings
from tests.quality.together import Net, in_letters, train

NONE = "*"
# How strongly the weights of emergencies are held to nothing, those of words and those of what words mean.
HOLD = 0.2
HOLD_MEANING = 1.5
# What a mail counts for: those of strangers fully, our own half, talk about shares a little.
OWN_SHARE = 0.5
SITUATION_SHARE = 1.0
TALK_SHARE = 0.1
NONE_SHARE = 0.6
TALK_MAILS = 400
TALK_CHARS = 700
# Talk is long, and full of words of every kind: an alarm must not come of their number.
TALK_SHARE_OF_ALARMS = 0.7
# Smaller weights of emergencies change nothing; a word that no mail has must mean much, there are so many of them.
LEAST_ALARM = 0.15
LEAST_ALARM_OF_UNSHOWN = 1.2
STEPS = 120
# How often the mails are gone through, the first time only to see which words matter.
ROUNDS = 25
FIRST_ROUNDS = 8
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
    scales = Scales({}, {word: {} for word in words}, {}, {}, {}, frozenset())
    classifier = Classifier(Vocabulary(words, ()), scales, {}, frozenset(), frozenset(), (), order=None)
    return [_lesson(classifier, mail, share) for mail, share in mails]


def _lesson(classifier: Classifier, mail: Labelled, share: float) -> Lesson:
    told = heard_in(classifier, read_message(mail.content()), reply=False)
    words: dict[str, float] = {}
    now: dict[str, float] = {}
    for one, _, value in counted(classifier.scales, told):
        words[one.pattern] = words.get(one.pattern, 0.0) + value
        if not one.said & NOT_NOW:
            now[one.pattern] = max(now.get(one.pattern, 0.0), min(value, 1.0))
    return Lesson(mail, words, now, share)


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned, in logits. The columns of `net` are the case types and none of them; `alarm`: emergencies."""

    words: tuple[str, ...]
    case_types: tuple[str, ...]
    net: Net
    alarm: np.ndarray
    alarm_bias: float


def learn(ruleset: Ruleset, mails: Sequence[tuple[Labelled, float]]) -> Model:
    """Learn twice: from all words, and then from those that turned out to matter, as the program will hear them."""
    words = words_to_learn(mails)
    model = fit(ruleset, lessons(mails, words), words, FIRST_ROUNDS)
    words = [word for word, kept in zip(words, _that_matter(model, mails), strict=True) if kept]
    return fit(ruleset, lessons(mails, words), words, ROUNDS)


def _that_matter(model: Model, mails: Sequence[tuple[Labelled, float]]) -> np.ndarray:
    shown = set(candidates(mail for mail, share in mails if share > TALK_SHARE))
    is_shown = np.array([word in shown for word in model.words])
    loud = model.net.loudness()
    kept: np.ndarray = is_shown | (loud > np.quantile(loud[~is_shown], 1 - UNSHOWN_KEPT)) | (model.alarm != 0)
    return kept


def fit(ruleset: Ruleset, learned_from: Sequence[Lesson], words: Sequence[str], rounds: int) -> Model:
    """Learn what these words say."""
    emergencies = {one.id for one in ruleset.case_types if one.emergency}
    case_types = tuple(one.id for one in ruleset.case_types if one.id not in emergencies)
    net = in_letters(_fit_case_types(words, (*case_types, NONE), learned_from, rounds))
    alarm, alarm_bias = np.zeros(len(words)), 0.0
    if emergencies:
        alarm, alarm_bias = _fit_alarm(words, learned_from)
    return Model(tuple(words), case_types, net, alarm, alarm_bias)


def _fit_case_types(
    words: Sequence[str], columns: Sequence[str], learned_from: Sequence[Lesson], rounds: int
) -> Net:
    at = {name: index for index, name in enumerate(columns)}
    some = [one for one in learned_from if _targets(one.mail, at)]
    y = np.zeros((len(some), len(columns)), np.float32)
    for row, one in enumerate(some):
        for name, part in _targets(one.mail, at).items():
            y[row, at[name]] = part
    shares = [one.share * (NONE_SHARE if one.mail.case_type is None else 1.0) for one in some]
    x = _matrix(words, [one.words for one in some])
    return train(x, y, np.array(shares, np.float32), meanings(words), rounds)


def _targets(mail: Labelled, at: dict[str, int]) -> dict[str, float]:
    """What the mail is, as shares of 1; nothing if it is only an emergency."""
    others = [name for name in sorted(mail.also) if name in at]
    first = NONE if mail.case_type is None else mail.case_type
    if first not in at:
        return {name: 1 / len(others) for name in others}
    if not others:
        return {first: 1.0}
    return {first: 0.8} | {name: 0.2 / len(others) for name in others}


def _fit_alarm(words: Sequence[str], learned_from: Sequence[Lesson]) -> tuple[np.ndarray, float]:
    x = _matrix(words, [one.now for one in learned_from])
    y = np.array([float(one.mail.emergency) for one in learned_from])
    shares = np.array([max(one.share, TALK_SHARE_OF_ALARMS) for one in learned_from])
    shares = np.where(y > 0, shares * (shares[y == 0].sum() / shares[y > 0].sum()) ** 0.5, shares)
    place = meanings(words)
    told = np.flatnonzero(x.getnnz(axis=0))
    x = x[:, told]
    meant = np.asarray(x @ place[told])
    many = len(told)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        alone, by_meaning, bias = flat[:many], flat[many:-1], flat[-1]
        z = x @ alone + meant @ by_meaning + bias
        value = (shares * (np.logaddexp(0, z) - y * z)).sum()
        value += HOLD / 2 * (alone * alone).sum() + HOLD_MEANING / 2 * (by_meaning * by_meaning).sum()
        error = shares * (1 / (1 + np.exp(-z)) - y)
        slope = np.concatenate([x.T @ error + HOLD * alone, meant.T @ error + HOLD_MEANING * by_meaning])
        return value, np.append(slope, error.sum())

    start: np.ndarray = np.append(np.zeros(many + place.shape[1]), -3.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    weights = place @ found.x[many:-1]
    weights[told] += found.x[:many]
    least = np.full(len(words), LEAST_ALARM_OF_UNSHOWN)
    least[told] = LEAST_ALARM
    return np.where(np.abs(weights) < least, 0.0, weights), float(found.x[-1])


def _matrix(words: Sequence[str], rows: Sequence[dict[str, float]]) -> sparse.csr_matrix:
    at = {word: index for index, word in enumerate(words)}
    found = [
        (row, at[word], value) for row, one in enumerate(rows) for word, value in one.items() if word in at
    ]
    row, column, value = zip(*found, strict=True)
    return sparse.csr_matrix((value, (row, column)), shape=(len(rows), len(words)))


def logits(model: Model, learned_from: Sequence[Lesson]) -> tuple[np.ndarray, np.ndarray]:
    """What the model makes of mails: per case type (none last), and as emergencies."""
    z = model.net.logits(_matrix(model.words, [one.words for one in learned_from]))
    return z, _matrix(model.words, [one.now for one in learned_from]) @ model.alarm + model.alarm_bias
