"""Learn what words weigh: general knowledge and labelled mails → rules/packs/*/evidence.csv.

A multinomial logistic regression whose weights are pulled towards general knowledge (tests/quality/knowledge) instead of
towards nothing, so that a word no mail has shows what we know of it, and mails correct the rest. Emergencies are learned
for themselves, against everything else. Needs numpy and scipy (`pip install -e .[learn]`); the program never does.
`python -m tests.quality.relearn` writes the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
from tests.quality.knowledge import Knowledge
from tests.quality.labelled import Labelled, own, situations
from tests.quality.meaning import common_words, meanings

NONE = "*"
# How strongly knowledge speaks (in logits per point of weight), and how strongly weights are held to it.
KNOWN = 0.6
KNOWN_MOST = 3.0
HOLD = 0.2
# How strongly what is learned for all words of like meaning is held to nothing.
HOLD_MEANING = 0.3
HOLD_MEANING_OF_ALARM = 1.5
# What a mail counts for: those of strangers fully, our own half, talk about shares a little.
OWN_SHARE = 0.5
SITUATION_SHARE = 1.0
TALK_SHARE = 0.1
NONE_SHARE = 0.6
TALK_MAILS = 400
TALK_CHARS = 700
# Talk is long, and full of words of every kind: an alarm must not come of their number.
TALK_SHARE_OF_ALARMS = 0.7
# Words that weigh less for every case type change nothing, and smaller weights of the others little.
LEAST_OF_WORD = 0.6
LEAST_OF_UNSHOWN = 1.2
LEAST = 0.3
LEAST_ALARM = 0.15
STEPS = 60


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


def words_to_learn(mails: Sequence[tuple[Labelled, float]], known: Knowledge) -> list[str]:
    """All words that might matter: those we know something of, and those of the mails (but not of talk)."""
    told = candidates(mail for mail, share in mails if share > TALK_SHARE)
    return list(dict.fromkeys([*known, *told, *common_words()]))


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
    """Weights in logits. `of` has a column per case type and one for none of them; `alarm` is that of emergencies."""

    words: tuple[str, ...]
    case_types: tuple[str, ...]
    of: np.ndarray
    none_bias: float
    alarm: np.ndarray
    alarm_bias: float

    def matters(self) -> np.ndarray:
        """Which words have any weight."""
        some: np.ndarray = self.of.any(axis=1) | (self.alarm != 0)
        return some


def learn(ruleset: Ruleset, mails: Sequence[tuple[Labelled, float]], known: Knowledge) -> Model:
    """Learn twice: from all words, and then from those that turned out to matter, as the program will hear them."""
    words = words_to_learn(mails, known)
    for _ in range(2):
        heard = lessons(mails, words)
        model = pruned(fit(ruleset, heard, words, known), heard)
        words = [word for word, kept in zip(words, model.matters(), strict=True) if kept]
    return model


def fit(ruleset: Ruleset, learned_from: Sequence[Lesson], words: Sequence[str], known: Knowledge) -> Model:
    """Learn what these words weigh."""
    emergencies = {one.id for one in ruleset.case_types if one.emergency}
    case_types = tuple(one.id for one in ruleset.case_types if one.id not in emergencies)
    columns = (*case_types, NONE)
    weights, none_bias = _fit_case_types(words, columns, learned_from, known)
    alarm, alarm_bias = np.zeros(len(words)), 0.0
    if emergencies:
        alarm, alarm_bias = _fit_alarm(words, emergencies, learned_from, known)
    return Model(tuple(words), case_types, weights, none_bias, alarm, alarm_bias)


def _fit_case_types(
    words: Sequence[str], columns: Sequence[str], learned_from: Sequence[Lesson], known: Knowledge
) -> tuple[np.ndarray, float]:
    at = {name: index for index, name in enumerate(columns)}
    some = [one for one in learned_from if _targets(one.mail, at)]
    x = _matrix(words, [one.words for one in some])
    y = np.zeros((len(some), len(columns)))
    for row, one in enumerate(some):
        for name, part in _targets(one.mail, at).items():
            y[row, at[name]] = part
    shares = np.array([one.share * (NONE_SHARE if one.mail.case_type is None else 1.0) for one in some])
    prior = _prior(words, columns, known)
    place = meanings(words)
    told = np.flatnonzero(x.getnnz(axis=0))
    x, before = x[:, told], prior[told]
    meant = np.asarray(x @ place[told])
    many, width, deep = len(told), len(columns), place.shape[1]
    cut = many * width

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        away, by_meaning, bias = flat[:cut].reshape(many, width), flat[cut:-1].reshape(deep, width), flat[-1]
        z = x @ (before + away) + meant @ by_meaning
        z[:, -1] += bias
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        value = -(shares[:, None] * y * np.log(p + 1e-12)).sum()
        value += HOLD / 2 * (away * away).sum() + HOLD_MEANING / 2 * (by_meaning * by_meaning).sum()
        error = shares[:, None] * (p - y)
        slope = x.T @ error + HOLD * away
        slope_of_meaning = meant.T @ error + HOLD_MEANING * by_meaning
        return value, np.concatenate([slope.ravel(), slope_of_meaning.ravel(), [error[:, -1].sum()]])

    start = np.zeros(cut + deep * width + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    weights = prior + place @ found.x[cut:-1].reshape(deep, width)
    weights[told] += found.x[:cut].reshape(many, width)
    return weights, float(found.x[-1])


def _targets(mail: Labelled, at: dict[str, int]) -> dict[str, float]:
    """What the mail is, as shares of 1; nothing if it is only an emergency."""
    others = [name for name in sorted(mail.also) if name in at]
    first = NONE if mail.case_type is None else mail.case_type
    if first not in at:
        return {name: 1 / len(others) for name in others}
    if not others:
        return {first: 1.0}
    return {first: 0.8} | {name: 0.2 / len(others) for name in others}


def _fit_alarm(
    words: Sequence[str], emergencies: set[str], learned_from: Sequence[Lesson], known: Knowledge
) -> tuple[np.ndarray, float]:
    x = _matrix(words, [one.now for one in learned_from])
    y = np.array([float(one.mail.emergency) for one in learned_from])
    shares = np.array([max(one.share, TALK_SHARE_OF_ALARMS) for one in learned_from])
    shares = np.where(y > 0, shares * (shares[y == 0].sum() / shares[y > 0].sum()) ** 0.5, shares)
    prior = _prior(words, sorted(emergencies), known).sum(axis=1)
    place = meanings(words)
    told = np.flatnonzero(x.getnnz(axis=0))
    x, before = x[:, told], prior[told]
    meant = np.asarray(x @ place[told])
    many = len(told)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        away, by_meaning, bias = flat[:many], flat[many:-1], flat[-1]
        z = x @ (before + away) + meant @ by_meaning + bias
        value = (shares * (np.logaddexp(0, z) - y * z)).sum()
        value += HOLD / 2 * (away * away).sum() + HOLD_MEANING_OF_ALARM / 2 * (by_meaning * by_meaning).sum()
        error = shares * (1 / (1 + np.exp(-z)) - y)
        slope = np.concatenate(
            [x.T @ error + HOLD * away, meant.T @ error + HOLD_MEANING_OF_ALARM * by_meaning]
        )
        return value, np.append(slope, error.sum())

    start: np.ndarray = np.append(np.zeros(many + place.shape[1]), -3.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 2 * STEPS})
    weights = prior + place @ found.x[many:-1]
    weights[told] += found.x[:many]
    return weights, float(found.x[-1])


def _matrix(words: Sequence[str], rows: Sequence[dict[str, float]]) -> sparse.csr_matrix:
    at = {word: index for index, word in enumerate(words)}
    found = [
        (row, at[word], value) for row, one in enumerate(rows) for word, value in one.items() if word in at
    ]
    row, column, value = zip(*found, strict=True)
    return sparse.csr_matrix((value, (row, column)), shape=(len(rows), len(words)))


def _prior(words: Sequence[str], columns: Sequence[str], known: Knowledge) -> np.ndarray:
    """What knowledge says; a word that means many matters means each of them less."""
    at = {name: index for index, name in enumerate(columns)}
    prior = np.zeros((len(words), len(columns)))
    for row, word in enumerate(words):
        said = known.get(word, {})
        for name, weight in said.items():
            if name in at:
                prior[row, at[name]] = KNOWN * np.clip(weight, -KNOWN_MOST, KNOWN_MOST) / len(said) ** 0.5
    return prior


def logits(model: Model, learned_from: Sequence[Lesson]) -> tuple[np.ndarray, np.ndarray]:
    """What the model makes of mails: per case type (none last), and as emergencies."""
    z = _matrix(model.words, [one.words for one in learned_from]) @ model.of
    z[:, -1] += model.none_bias
    return z, _matrix(model.words, [one.now for one in learned_from]) @ model.alarm + model.alarm_bias


def pruned(model: Model, learned_from: Sequence[Lesson]) -> Model:
    """The model without what hardly matters. A word that no mail has must mean much: there are so many of them."""
    shown = {word for one in learned_from for word in one.words}
    least = np.array([LEAST_OF_WORD if word in shown else LEAST_OF_UNSHOWN for word in model.words])
    # Only differences count: what a word adds to most case types alike is left out.
    of = model.of - np.median(model.of, axis=1, keepdims=True)
    of = np.where(np.abs(of) < LEAST, 0.0, of)
    of[np.abs(model.of).max(axis=1) < least] = 0.0
    alarm = np.where(
        np.abs(model.alarm) < np.where(least == LEAST_OF_WORD, LEAST_ALARM, LEAST_OF_UNSHOWN),
        0.0,
        model.alarm,
    )
    return replace(model, of=of, alarm=alarm)
