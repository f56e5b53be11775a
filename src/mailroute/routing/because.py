"""The lines "Warum Sie?" of a ticket that changes hands: what it was opened by, as far as that still holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mailroute.model.decision import Assignment
from mailroute.model.facts import Facts
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Ticket
from mailroute.routing.why import about_person, quotes, words_or_sender
from mailroute.routing.work import place_in_words


def lines_for_next(
    ticket: Ticket, facts: Facts, ruleset: Ruleset, language: str, to: Assignment | None, day: date
) -> tuple[str, ...]:
    """Place and matter, with the words of the mail that spoke; where the rules chose the reader (`to`), by which role.

    What somebody has corrected since was not spoken of by the mail: of that there is no line.
    """
    lines = [*_about_place(ticket, facts, language == "en"), *_about_matter(ticket, facts, ruleset, language)]
    if to is not None:
        lines.append(about_person(language, ruleset, facts.place[0], to, day))
    return tuple(lines)


def _about_place(ticket: Ticket, facts: Facts, english: bool) -> Iterator[str]:
    words = place_in_words(facts.place[0], facts.place[1])
    for one in facts.spoken:
        if one.kind == "property" and one.id == ticket.place.property and words:
            yield f"{'Property' if english else 'Objekt'}: {words} – {words_or_sender(english, one.because)}"


def _about_matter(ticket: Ticket, facts: Facts, ruleset: Ruleset, language: str) -> Iterator[str]:
    case_type = ruleset.case_type(ticket.case_type)
    for one in facts.spoken:
        said = quotes(language == "en", one.because)
        if one.kind == "case-type" and case_type is not None and one.id == case_type.id and said:
            yield f"{'Matter' if language == 'en' else 'Anliegen'}: {case_type.name.in_language(language)} – {said}"
