"""REQ-D11: a yes and the end of the time meet in one transaction, and exactly one of them happens, on every database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mailroute.errors import Conflict
from mailroute.model.decision import Decision
from mailroute.model.outside import PartnerAccepted, PartnerAsked, PartnerTimedOut
from mailroute.model.ticket import Status
from mailroute.store.engine import Store
from tests.support.factories import NOW
from tests.support.stores import SCHMIDT, a_decision, open_case, put, ticket_of

DUE = NOW + timedelta(days=2)


def asked(store: Store, name: str = "1") -> int:
    """A ticket about which the roofer has been asked."""
    number = open_case(store, name).number
    put(store, a_decision(number, 2, PartnerAsked("sturm", DUE), actor=SCHMIDT), cause=f"m{number}")
    return number


def yes_and_end(number: int) -> tuple[Decision, Decision]:
    """Both decided from what was written then."""
    version = 3
    return (
        a_decision(number, version, PartnerAccepted("sturm")),
        a_decision(number, version, PartnerTimedOut("sturm")),
    )


@pytest.mark.parametrize("first", [0, 1], ids=["yes first", "end first"])
def test_whichever_is_written_first_the_other_is_decided_anew(store: Store, first: int) -> None:
    number = asked(store)
    both = yes_and_end(number)

    put(store, both[first], cause="m10")
    with pytest.raises(Conflict):
        put(store, both[1 - first], cause="t3")
    wanted = (Status.WITH_PARTNER, Status.OFFERED)[first]
    assert (ticket_of(store, number).status, ticket_of(store, number).version) == (wanted, 4)


def test_at_the_same_moment_exactly_one_happens(store: Store) -> None:
    for nth in range(10):
        number = asked(store, f"mail {nth}")

        def happens(one: Decision, cause: str) -> bool:
            try:
                put(store, one, cause=cause)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            yes, end = (
                pool.submit(happens, one, f"{what}{number}")
                for one, what in zip(yes_and_end(number), "mt", strict=True)
            )
        assert yes.result() is not end.result()
        assert ticket_of(store, number).status is (Status.WITH_PARTNER if yes.result() else Status.OFFERED)
