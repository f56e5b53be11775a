"""What staff say on the command line or a page walks into the books as by mail, and who acts on a page reads it there."""

from collections.abc import Iterator

import pytest

from mailroute.admin.acts import Act, Impossible, carry_out
from mailroute.flow.command import Given, give
from mailroute.model import command as c
from mailroute.model.command import Command
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import Corrected, Status
from mailroute.store.outbox import letters
from mailroute.store.tickets import events, ticket, tickets
from tests.support.house import a_mail
from tests.support.web import Pages, open_pages


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


def _damage(pages: Pages) -> int:
    """Herr Müller's gutter is broken: a ticket for Herr Schmidt."""
    pages.take(
        a_mail("mueller@mieter.example", "Schaden", "In der Max-Planck-Str. 12 ist die Dachrinne kaputt.")
    )
    with pages.store.read() as conn:
        return max(one.number for one in tickets(conn, "abc"))


def _staff(pages: Pages, name: str) -> Staff:
    found = pages.site.offices["abc"].ruleset.staff_by_id(name)
    assert found is not None
    return found


def _give(pages: Pages, number: int, name: str, *commands: Command) -> Given:
    given = give(
        lambda _: commands,
        number,
        _staff(pages, name),
        pages.site.offices["abc"],
        store=pages.store,
        site=pages.site,
        clock=pages.clock,
        way="w",
    )
    assert given is not None
    return given


def _templates(pages: Pages, cause: str) -> list[str]:
    with pages.store.read() as conn:
        return [row.template for row in letters(conn, "abc") if f"-{cause}-" in row.id]


def test_whoever_acts_on_a_page_gets_no_receipt_by_mail_and_the_colleague_their_letter(pages: Pages) -> None:
    number = _damage(pages)
    given = _give(pages, number, "schmidt", c.Assign("weiter", "huber"))
    assert _templates(pages, given.cause) == ["assigned"]
    with pages.store.read() as conn:
        last = events(conn, "abc", number)[-1]
    assert (last.change.kind, last.actor.id, last.cause) == ("assigned", "schmidt", given.cause)


def test_on_the_command_line_the_one_who_is_named_gets_the_receipt(pages: Pages) -> None:
    number = _damage(pages)
    lines = carry_out(
        Act("command", "abc", number, "schmidt", "annehmen"), pages.store, pages.site, pages.clock
    )
    with pages.store.read() as conn:
        cause = events(conn, "abc", number)[-1].cause
    assert lines == ["command: annehmen – Der Vorgang liegt jetzt bei Ihnen."]
    assert _templates(pages, cause) == ["receipt"]


def test_a_property_can_be_set_right_without_a_mail_by_words_and_by_id(pages: Pages) -> None:
    number = _damage(pages)
    carry_out(
        Act("command", "abc", number, "schmidt", "objekt: Lindenweg 5"), pages.store, pages.site, pages.clock
    )
    with pages.store.read() as conn:
        moved = ticket(conn, "abc", number)
    assert moved is not None
    assert moved.place.property == "lindenweg-5"
    given = _give(pages, number, moved.assignee, c.CorrectProperty("zurück", "max-planck-12"))
    assert [one.place.property for one in given.decision.changes if isinstance(one, Corrected)] == [
        "max-planck-12"
    ]


def test_words_that_lead_to_no_property_change_nothing(pages: Pages) -> None:
    number = _damage(pages)
    for words in ("Nirgendweg 99", "", "\x00", "5", "Nirgendweg " * 3000, "' OR 1=1 --"):
        given = _give(pages, number, "schmidt", c.CorrectProperty("objekt", words))
        assert given.decision.ticket is not None
        assert given.decision.ticket.place.property == "max-planck-12"
        assert [line.done for line in given.lines] == [False]


def test_somebody_who_takes_an_unclear_ticket_on_a_page_may_pick_from_its_list(pages: Pages) -> None:
    pages.take(a_mail("wer@unbekannt.example", "Frage", "Es geht um Lindenweg 5 oder Max-Planck-Str. 12."))
    with pages.store.read() as conn:
        (one,) = tickets(conn, "abc", statuses=[Status.TRIAGE])
    given = _give(pages, one.number, "huber", c.Take("übernehmen"), c.Pick("1", 1))
    assert any(isinstance(one, Corrected) for one in given.decision.changes)


def test_a_ticket_that_does_not_exist_is_none(pages: Pages) -> None:
    office = pages.site.offices["abc"]
    found = give(
        lambda _: (c.Accept("x"),),
        99_999,
        _staff(pages, "huber"),
        office,
        store=pages.store,
        site=pages.site,
        clock=pages.clock,
        way="w",
    )
    assert found is None
    with pytest.raises(Impossible, match="no ticket T-99999"):
        carry_out(Act("command", "abc", 99_999, "huber", "annehmen"), pages.store, pages.site, pages.clock)
