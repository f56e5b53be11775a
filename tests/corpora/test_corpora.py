"""How well real mails are read. The floors are what is reached, so that no figure falls unseen.

`make bench-parse` prints the figures; `python -m tests.corpora.score -v` names each mail that is missed.
"""

from collections.abc import Callable
from functools import cache

import pytest

from tests.corpora import contents, machines, replies
from tests.corpora.places import ABSENT, HELD, Figure, disagreements
from tests.corpora.score import percentile, speed

if not HELD.is_dir():
    pytest.skip(ABSENT, allow_module_level=True)

# All of the rest is explained in disagreements.toml; one reply holds a quoted line that lost its mark.
FLOORS = dict.fromkeys(
    (
        "sender",
        "subject",
        "attachments",
        "text",
        "part bodies",
        "winmail.dat",
        "automatic seen",
        "kind of automatic",
        "bounced recipient",
        "human kept",
        "reply, German",
        "forward sender",
        "forward subject",
        "forward, German",
    ),
    1.0,
) | {"reply": 0.99}


@cache
def figures_of(module: Callable[[], list[Figure]]) -> dict[str, Figure]:
    return {figure.name: figure for figure in module()}


@cache
def all_figures() -> dict[str, Figure]:
    return {
        name: one
        for source in (contents, machines, replies)
        for name, one in figures_of(source.figures).items()
    }


@pytest.mark.parametrize("name", FLOORS)
def test_figure_holds_its_floor(name: str) -> None:
    figure = all_figures()[name]
    assert figure.total > 0
    assert figure.share >= FLOORS[name], f"{figure.hits} of {figure.total}:\n" + "\n".join(figure.misses)


def test_every_figure_has_a_floor() -> None:
    assert set(all_figures()) == set(FLOORS)


def test_every_known_disagreement_is_still_one() -> None:
    """A reason that no longer excuses anything hides the next fall."""
    assert sum(one.agreed for one in all_figures().values()) == len(disagreements())


def test_all_mails_are_read_in_time() -> None:
    read, took_ms = speed()
    assert not read.misses
    assert percentile(took_ms, 0.95) < 5
