"""One staff member at work on one ticket: what every verb and every answer needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailroute.model.decision import Assignment
from mailroute.model.facts import Facts, Offer
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import Accepted, Party, Ticket
from mailroute.routing.because import lines_for_next
from mailroute.routing.offered import pass_list_on
from mailroute.routing.waiting import start_working
from mailroute.routing.work import (
    Mail,
    Work,
    intakes_with_files,
    local_day,
    passed_on,
    place_in_words,
    staff_party,
)


@dataclass(slots=True)
class Desk:
    """One staff member at work on one ticket: what every verb needs. `shown` is the numbered list of the transcript, if any."""

    work: Work
    facts: Facts
    actor: Staff
    intake: int | None
    mail: Mail | None = None
    shown: Offer | None = None

    @property
    def ticket(self) -> Ticket:
        """The ticket as the commands so far leave it."""
        assert self.work.ticket is not None
        return self.work.ticket

    @property
    def is_assignee(self) -> bool:
        """Whether it is theirs to act on (REQ-D1, D3)."""
        return self.ticket.assignee == self.actor.id

    @property
    def open_list(self) -> Offer | None:
        """The list that waits for a number after what has been said so far."""
        return self.shown or self.facts.offer

    def name_of(self, staff_id: str) -> str:
        """How to name a colleague in a transcript."""
        staff = self.work.ruleset.staff_by_id(staff_id)
        return staff.name if staff else staff_id

    def words(self, de: str, en: str) -> str:
        """A sentence of the transcript in the reader's language."""
        return en if self.actor.language == "en" else de

    def tell(
        self,
        template: Template,
        to: Party,
        language: str,
        *,
        reason: str = "",
        text: str = "",
        link: str = "",
    ) -> None:
        """Tell somebody what this one did; `link` is a path of our pages."""
        self.work.tell(replace(self._notice(template, to, language, reason, text), link=link))

    def hand_over(
        self,
        template: Template,
        to: Staff,
        *,
        reason: str = "",
        due: datetime | None = None,
        by: Assignment | None = None,
    ) -> None:
        """Tell a colleague that the ticket is theirs: with the matter, its files, the words that spoke, and the list that waits
        for a number, or they could not work. `by` is what chose them, None if it was a person.
        """
        messages = passed_on(self.facts.messages)
        ruleset, day = self.work.ruleset, local_day(self.work.ruleset, self.work.now)
        notice = self._notice(template, staff_party(to), to.language, reason, "")
        self.work.tell(
            replace(
                notice,
                due=due,
                passes_on=messages,
                attach=intakes_with_files(messages),
                candidates=pass_list_on(self.work, self.open_list, to),
                why=lines_for_next(self.ticket, self.facts, ruleset, to.language, by, day),
            )
        )

    def inform(self, to: Staff, reason: str = "") -> None:
        """Send a colleague the matter for their information."""
        messages = passed_on(self.facts.messages)
        notice = self._notice(Template.INFORMED, staff_party(to), to.language, reason, "")
        self.work.tell(
            replace(
                notice,
                author=self.ticket.reporter,
                passes_on=messages,
                attach=intakes_with_files(messages),
            )
        )

    def _notice(self, template: Template, to: Party, language: str, reason: str, text: str) -> Notice:
        return Notice(
            template=template,
            to=to,
            language=language,
            ticket=self.ticket,
            place=place_in_words(self.facts.place[0], self.facts.place[1]),
            author=staff_party(self.actor),
            reason=reason,
            text=text,
        )


def previous_holder(desk: Desk) -> Staff | None:
    """The colleague to whom it goes back: whoever had it before, if they work here. Who reopened it may be among those."""
    before = [one for one in desk.ticket.holders if one != desk.actor.id]
    previous = desk.work.ruleset.staff_by_id(before[-1]) if before else None
    return previous if previous is not None and previous.active else None


def accept_by_acting(desk: Desk) -> None:
    """Any act of the assignee accepts (design §7)."""
    if desk.is_assignee and desk.work.may(Accepted):
        desk.work.change(Accepted())
        start_working(desk.work, desk.ticket)


def not_mine(desk: Desk, said: str) -> Line:
    """The refusal for somebody who does not have it, with who does (REQ-D3)."""
    name = desk.name_of(desk.ticket.assignee)
    did = desk.words(f"Nicht ausgeführt (zuständig: {name}).", f"Not done: {name} is responsible.")
    return Line(said, f"{did} {how_to_get_it(desk)}", False)


def how_to_get_it(desk: Desk) -> str:
    """What somebody who does not have it can do: who gave it away can only take it back (REQ-D3, D4)."""
    if desk.ticket.assigner == desk.actor.id:
        return desk.words(
            "Mit „widerrufen“ holen Sie den Vorgang zurück.", "Reply “revoke” to get the ticket back."
        )
    return desk.words("Mit „übernehmen“ übernehmen Sie den Vorgang.", "Reply “take” to take the ticket over.")


def is_closed(desk: Desk, said: str) -> Line:
    """The refusal where the matter is done."""
    return Line(
        said,
        desk.words(
            "Nicht ausgeführt: Der Vorgang ist abgeschlossen. Mit „wieder öffnen“ öffnen Sie ihn.",
            "Not done: the ticket is closed. Reply “reopen” to open it again.",
        ),
        False,
    )
