"""The lines "Warum Sie?" and "In Frage kommen" of a letter: the trace of a decision, told in the reader's language.

It says the same as the trace, from the same values; the exact words of the mail stand in quotes in every `because`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mailroute.model.decision import Assignment, Candidate, Classified, Matched
from mailroute.model.directory import Contract, Property
from mailroute.model.names import oblique
from mailroute.model.ruleset import CaseType, Ruleset
from mailroute.model.ticket import Choice
from mailroute.routing.evidence import MARGIN
from mailroute.routing.work import place_in_words

_QUOTED = re.compile(r'"([^"]{1,80})"')
_WORDS_SHOWN = 4
_PLACES_SHOWN = 5
_MATTERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Why:
    """What a decision was made of. `place` is in words, "" if unknown; `houses` are the properties that were found."""

    ruleset: Ruleset
    place: str
    houses: tuple[Property, ...]
    matched: Matched
    classified: Classified
    assignment: Assignment
    day: date
    contracts: tuple[Contract, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether the one who gets it is asked what it is about, by a numbered list."""
        return self.assignment.triage or self.classified.case_type is None

    def lines(self, language: str) -> tuple[str, ...]:
        """Place, matter, responsibility: one line each, with the words that spoke."""
        home = next((house for house in self.houses if house.id == self.matched.property), None)
        return (
            self._about_place(language == "en"),
            self._about_matter(language),
            about_person(language, self.ruleset, home, self.assignment, self.day),
        )

    def candidates(self, language: str) -> tuple[str, ...]:
        """What it may be about, best first, with the words that spoke: the places, then the matters, where unclear."""
        english = language == "en"
        contracts = (
            f"{'Contract' if english else 'Vertrag'}: {one.number}"
            + (f", {one.line_of_business}" if one.line_of_business else "")
            for one in self.contracts
        )
        return (*self._possible_places(english), *contracts, *self._possible_matters(language))

    def choices(self) -> tuple[Choice, ...]:
        """The same things in the same order, to be picked by their number."""
        titles = self._titles()
        places = [Choice("property", one.id) for one in self._places() if one.id in titles]
        contracts = [Choice("contract", one.id) for one in self.contracts]
        return (*places, *contracts, *(Choice("case-type", one.id) for one, _ in self._matters()))

    def _about_place(self, english: bool) -> str:
        if self.matched.ambiguous:
            line = "Property not clear" if english else "Objekt nicht eindeutig"
            # In a numbered list they stand below each other among the candidates.
            titles = () if self.asks else self._titles().values()
            return f"{line}: {', '.join(titles)}" if titles else line
        if not self.place:
            return "Property not recognised" if english else "Objekt nicht erkannt"
        spoken = self.matched.candidates[0].because if self.matched.candidates else ""
        return f"{'Property' if english else 'Objekt'}: {self.place} – {words_or_sender(english, spoken)}"

    def _about_matter(self, language: str) -> str:
        english = language == "en"
        case_type = self.ruleset.case_type(self.classified.case_type)
        if case_type is None:
            unclear = "Matter not clear" if english else "Anliegen nicht eindeutig"
            feared = self.ruleset.case_type(self.classified.likely) if self.classified.emergency else None
            if feared is None:
                return unclear
            return f"{unclear}, {'maybe' if english else 'vielleicht'} {_with_words(language, feared, self.classified)}"
        return f"{'Matter' if english else 'Anliegen'}: {_with_words(language, case_type, self.classified)}"

    def _possible_places(self, english: bool) -> Iterator[str]:
        titles = self._titles()
        for one in self._places():
            if one.id in titles:
                words = words_or_sender(english, one.because)
                yield f"{'Property' if english else 'Objekt'}: {titles[one.id]} – {words}"

    def _possible_matters(self, language: str) -> Iterator[str]:
        for possible, because in self._matters():
            name, words = possible.name.in_language(language), quotes(language == "en", because)
            yield f"{'Matter' if language == 'en' else 'Anliegen'}: {name}" + (f" – {words}" if words else "")

    def _matters(self) -> list[tuple[CaseType, str]]:
        """The case types it may be, where none is clear, with what spoke for each."""
        if self.classified.case_type is not None:
            return []
        scores = self.classified.scores[:_MATTERS_SHOWN]
        feared = self.classified.likely if self.classified.emergency else None
        # What somebody is called for can be picked, however much is said of other things.
        if feared is not None and all(one.id != feared for one in scores):
            scores = (*scores, *(one for one in self.classified.scores if one.id == feared))
        possible = [(self.ruleset.case_type(score.id), score.because) for score in scores]
        return [(one, because) for one, because in possible if one is not None]

    def _places(self) -> list[Candidate]:
        """The properties of which none speaks louder than the others."""
        if not self.matched.ambiguous:
            return []
        places = [one for one in self.matched.candidates if one.kind == "property"]
        return [one for one in places if one.score >= places[0].score - MARGIN][:_PLACES_SHOWN]

    def _titles(self) -> dict[str, str]:
        """How people call those properties; with the town where two have the same address."""
        houses = {house.id: house for house in self.houses}
        known = [houses[one.id] for one in self._places() if one.id in houses]
        titles = [place_in_words(house, None) for house in known]
        return {
            house.id: f"{title}, {house.postcode} {house.town}" if titles.count(title) > 1 else title
            for house, title in zip(known, titles, strict=True)
        }


def words_or_sender(english: bool, because: str) -> str:
    """The words of the mail in a `because`; where there are none, it was the sender who spoke for it."""
    return quotes(english, because) or ("by the sender" if english else "über die Absenderadresse")


def _with_words(language: str, case_type: CaseType, classified: Classified) -> str:
    name = case_type.name.in_language(language)
    spoken = next((one.because for one in classified.scores if one.id == case_type.id), "")
    spoken += " ".join(step.because for step in classified.steps)
    words = quotes(language == "en", spoken)
    return f"{name} – {words}" if words else f"{name} ({case_type.source})"


def about_person(
    language: str, ruleset: Ruleset, home: Property | None, assignment: Assignment, day: date
) -> str:
    """Which role it is for, where, and for whom somebody stands in."""
    english = language == "en"
    role = next(
        (r.name.in_language(language) for r in ruleset.roles if r.id == assignment.role), assignment.role
    )
    where = f" {'for' if english else 'für'} {home.title}" if home and not assignment.triage else ""
    line = f"{'Responsible' if english else 'Zuständig'}: {role}{where}"
    first = home.staff_for(assignment.role)[:1] if home else ()
    primary = ruleset.staff_by_id(first[0]) if first else None
    if primary is not None and primary.id != assignment.assignee and _is_away(ruleset, primary.id, day):
        line += (
            f", standing in for {primary.name}" if english else f", in Vertretung für {oblique(primary.name)}"
        )
    return line


def _is_away(ruleset: Ruleset, staff_id: str, day: date) -> bool:
    return any(one.staff == staff_id and one.since <= day <= one.until for one in ruleset.absences)


def quotes(english: bool, because: str) -> str:
    """The words of the mail in a `because`, each once, in the quotation marks of the language."""
    words = list(dict.fromkeys(_QUOTED.findall(because)))[:_WORDS_SHOWN]
    return ", ".join(f"“{word}”" if english else f"„{word}“" for word in words)
