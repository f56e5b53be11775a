"""What comes by the clock: one that fails stops no other one, and is done once nothing is in its way any more."""

import pytest

from mailroute.errors import Broken, TryLater
from mailroute.flow.one_by_one import one_by_one
from mailroute.flow.sign_in import Chance, answer_requests
from mailroute.store.signing_in import note_request
from tests.support.stores import write
from tests.support.web import KLARA, SCHMIDT, open_pages


def test_one_that_fails_stops_no_other_one() -> None:
    def do(one: int) -> int:
        if one == 2:
            raise Broken("a bug")
        return one

    assert one_by_one([1, 2, 3], do, lambda one: ("remind", f"T-{one}")) == 4


def test_a_store_that_is_gone_is_gone_for_all() -> None:
    tried: list[int] = []

    def do(one: int) -> int:
        tried.append(one)
        raise TryLater("locked")

    with pytest.raises(TryLater):
        one_by_one([1, 2], do, lambda one: ("remind", f"T-{one}"))
    assert tried == [1]


def test_a_link_that_cannot_be_made_keeps_nobody_else_from_theirs() -> None:
    """It stood first at every tick: nobody could sign in any more."""
    asked: list[Chance] = []

    def chance() -> Chance:
        asked.append(Chance(f"secret-{len(asked)}", "123456"))
        if len(asked) == 1:
            raise ValueError("no chance")
        return asked[-1]

    with open_pages() as pages:
        for address in (KLARA, SCHMIDT):
            write(pages.store, lambda tx, a=address: note_request(tx, a, "browser", "/", pages.clock()))  # type: ignore[misc]  # a lambda with a default
        assert answer_requests(pages.store, pages.site, pages.clock, chance) == 1
        assert answer_requests(pages.store, pages.site, pages.clock, chance) == 1
        assert answer_requests(pages.store, pages.site, pages.clock, chance) == 0
