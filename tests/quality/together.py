"""Learn what words say together: a small network between the words and the case types (model/meanings.py says how it is read).

One layer of traits. What a word says for a trait is learned for the word itself and for the place that its meaning has
(tests/quality/meaning.py), so that words which no mail has shown speak too. Trained by Adam with words and traits left out at
random, which is what keeps it from learning mails by heart. The same seed gives the same file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from mailroute.model.meanings import SILENT

TRAITS = 48
# Mails of length 1 move too little in the beginning; the factor is put into the leans in the end.
LOUD = 4.0
RATE = 2e-3
AT_ONCE = 256
WORDS_LEFT_OUT = 0.15
TRAITS_LEFT_OUT = 0.3
# Beyond the loudest of a thousand the letters end: one word must not make the steps of all others coarse.
QUANTILE = 0.999


@dataclass(frozen=True, slots=True)
class Net:
    """What was learned: levels (words × traits), thresholds, leans (traits × columns) and what columns have before any word."""

    levels: np.ndarray
    thresholds: np.ndarray
    leans: np.ndarray
    before: np.ndarray

    def logits(self, x: sparse.csr_matrix) -> np.ndarray:
        """Columns of the mails; as the program reads them."""
        found: np.ndarray = np.maximum(_of_length(x, 1.0) @ self.levels - self.thresholds, 0) @ self.leans
        return np.where(x.getnnz(axis=1)[:, None] > 0, found + self.before, 0.0)

    def loudness(self) -> np.ndarray:
        """How much each word says at most."""
        loudest: np.ndarray = np.abs(self.levels).max(axis=1)
        return loudest


def _of_length(x: sparse.csr_matrix, length: float) -> sparse.csr_matrix:
    lengths = np.sqrt(np.asarray(x.multiply(x).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(length / np.maximum(lengths, 1e-6)) @ x, dtype=np.float32)


def train(
    x: sparse.csr_matrix, y: np.ndarray, shares: np.ndarray, places: np.ndarray, rounds: int, seed: int = 0
) -> Net:
    """Learn from mails (rows of words), what they are (shares of the columns), and what they count."""
    dice = np.random.default_rng(seed)
    told = np.flatnonzero(x.getnnz(axis=0))
    x = _of_length(x, LOUD)[:, told].tocsr()
    meant = np.asarray(x @ places[told], dtype=np.float32)
    width, deep = y.shape[1], places.shape[1]
    learned = {
        "word": _small(dice, 0.05, len(told), TRAITS),
        "place": _small(dice, 0.05, deep, TRAITS),
        "ready": np.zeros(TRAITS, np.float32),
        "lean": _small(dice, 0.1, TRAITS, width),
        "before": np.zeros(width, np.float32),
    }
    steps = _Adam(learned)
    for one in range(rounds):
        order = dice.permutation(x.shape[0])
        for first in range(0, len(order), AT_ONCE):
            some = order[first : first + AT_ONCE]
            mails = x[some]
            spoken = np.unique(mails.indices)
            slopes = _slopes(learned, mails[:, spoken], spoken, meant[some], y[some], shares[some], dice)
            steps.take(slopes, spoken, RATE * (1 - one / rounds) + RATE / 200)
    full = places @ learned["place"]
    full[told] += learned["word"]
    return Net(LOUD * full, -learned["ready"], learned["lean"], learned["before"])


def _small(dice: np.random.Generator, size: float, rows: int, columns: int) -> np.ndarray:
    found: np.ndarray = (dice.standard_normal((rows, columns)) * size).astype(np.float32)
    return found


def _slopes(
    learned: dict[str, np.ndarray],
    x: sparse.csr_matrix,
    spoken: np.ndarray,
    meant: np.ndarray,
    y: np.ndarray,
    shares: np.ndarray,
    dice: np.random.Generator,
) -> dict[str, np.ndarray]:
    """How the loss rises with each number, with some words and traits left out. `spoken` are the words that x has."""
    x = x.copy()
    x.data = x.data * ((dice.random(len(x.data)) >= WORDS_LEFT_OUT) / (1 - WORDS_LEFT_OUT)).astype(np.float32)
    loud = x @ learned["word"][spoken] + meant @ learned["place"] + learned["ready"]
    kept = ((dice.random(loud.shape) >= TRAITS_LEFT_OUT) / (1 - TRAITS_LEFT_OUT)).astype(np.float32)
    awake = np.maximum(loud, 0) * kept
    z = awake @ learned["lean"] + learned["before"]
    z -= z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    error = ((p - y) * shares[:, None] / len(y)).astype(np.float32)
    back = (error @ learned["lean"].T) * kept * (loud > 0)
    return {
        "word": x.T @ back,
        "place": meant.T @ back,
        "ready": back.sum(axis=0),
        "lean": awake.T @ error,
        "before": error.sum(axis=0),
    }


class _Adam:
    """Kingma and Ba, 2015, with the constants of the paper. Nothing is made anew in a step: the words are millions of numbers."""

    def __init__(self, learned: dict[str, np.ndarray]) -> None:
        self._learned = learned
        self._mean = {name: np.zeros_like(one) for name, one in learned.items()}
        self._square = {name: np.zeros_like(one) for name, one in learned.items()}
        self._step = {name: np.zeros_like(one) for name, one in learned.items()}
        self._taken = 0

    def take(self, slopes: dict[str, np.ndarray], told: np.ndarray, rate: float) -> None:
        """One step down. The slope of words is that of the rows `told`, and 0 in all others."""
        self._taken += 1
        rate *= (1 - 0.999**self._taken) ** 0.5 / (1 - 0.9**self._taken)
        for name, slope in slopes.items():
            mean, square, step = self._mean[name], self._square[name], self._step[name]
            rows = told if name == "word" else slice(None)
            mean *= 0.9
            mean[rows] += 0.1 * slope
            square *= 0.999
            square[rows] += 0.001 * (slope * slope)
            np.sqrt(square, out=step)
            step += 1e-8
            np.divide(mean, step, out=step)
            step *= rate
            self._learned[name] -= step


def averaged(nets: Sequence[Net]) -> Net:
    """One net that says the mean of what these say: their traits side by side."""
    return Net(
        np.hstack([one.levels for one in nets]),
        np.concatenate([one.thresholds for one in nets]),
        np.vstack([one.leans for one in nets]) / len(nets),
        np.mean([one.before for one in nets], axis=0),
    )


def in_letters(net: Net) -> Net:
    """The same with whole levels that one letter can tell, and leans whose columns but the last (none) have the mean 0."""
    step = float(np.quantile(np.abs(net.levels), QUANTILE)) / (SILENT - 1)
    levels = np.clip(np.round(net.levels / step), -SILENT, SILENT - 1)
    middle = net.leans[:, :-1].mean(axis=1, keepdims=True)
    return Net(
        levels,
        np.round(net.thresholds / step, 3),
        (net.leans - middle) * step,
        net.before - net.before[:-1].mean(),
    )
