"""The lines "Warum Sie?" of a notification: the trace of a decision, told in the reader's language.

It says the same as the trace, from the same values; the exact words of the mail stand in quotes in every `because`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from mailroute.model.decision import Assignment, Classified, Matched
from mailroute.model.directory import Property
from mailroute.model.ruleset import CaseType, Ruleset

_QUOTED = re.compile(r'"([^"]{1,80})"')
_WORDS_SHOWN = 4


def why_lines(
    language: str,
    ruleset: Ruleset,
    *,
    place: str,
    home: Property | None,
    matched: Matched,
    classified: Classified,
    assignment: Assignment,
    day: date,
) -> tuple[str, ...]:
    """Place, matter, responsibility: one line each, with the words that spoke. `place` is in words, "" if unknown."""
    english = language == "en"
    lines = [
        *_about_place(english, place, matched),
        *_about_matter(language, ruleset, classified),
        *_about_person(language, ruleset, home, assignment, day),
    ]
    return tuple(lines)


def _about_place(english: bool, place: str, matched: Matched) -> Iterator[str]:
    if matched.ambiguous:
        titles = ", ".join(one.id for one in matched.candidates[:3])
        yield f"Property not clear: {titles}" if english else f"Objekt nicht eindeutig: {titles}"
    elif not place:
        yield "Property not recognised" if english else "Objekt nicht erkannt"
    else:
        words = _quotes(english, matched.candidates[0].because if matched.candidates else "")
        by_sender = "by the sender" if english else "über die Absenderadresse"
        yield f"{'Property' if english else 'Objekt'}: {place} – {words or by_sender}"


def _about_matter(language: str, ruleset: Ruleset, classified: Classified) -> Iterator[str]:
    english = language == "en"
    case_type = ruleset.case_type(classified.case_type)
    if case_type is None:
        yield "Matter not clear" if english else "Anliegen nicht eindeutig"
        for score in classified.scores[:3]:
            possible = ruleset.case_type(score.id)
            if possible is not None:
                words = _quotes(english, score.because)
                yield f"{'Perhaps' if english else 'Vielleicht'} {possible.name.in_language(language)}: {words}"
        return
    yield f"{'Matter' if english else 'Anliegen'}: {_with_words(language, case_type, classified)}"


def _with_words(language: str, case_type: CaseType, classified: Classified) -> str:
    name = case_type.name.in_language(language)
    spoken = next((one.because for one in classified.scores if one.id == case_type.id), "")
    spoken += " ".join(step.because for step in classified.steps)
    words = _quotes(language == "en", spoken)
    return f"{name} – {words}" if words else f"{name} ({case_type.source})"


def _about_person(
    language: str, ruleset: Ruleset, home: Property | None, assignment: Assignment, day: date
) -> Iterator[str]:
    english = language == "en"
    role = next(
        (r.name.in_language(language) for r in ruleset.roles if r.id == assignment.role), assignment.role
    )
    where = f" {'for' if english else 'für'} {home.title}" if home and not assignment.triage else ""
    line = f"{'Responsible' if english else 'Zuständig'}: {role}{where}"
    first = home.staff_for(assignment.role)[:1] if home else ()
    primary = ruleset.staff_by_id(first[0]) if first else None
    if primary is not None and primary.id != assignment.assignee and _is_away(ruleset, primary.id, day):
        line += f", {'standing in for' if english else 'in Vertretung für'} {primary.name}"
    yield line


def _is_away(ruleset: Ruleset, staff_id: str, day: date) -> bool:
    return any(one.staff == staff_id and one.since <= day <= one.until for one in ruleset.absences)


def _quotes(english: bool, because: str) -> str:
    """The words of the mail in a `because`, each once, in the quotation marks of the language."""
    words = list(dict.fromkeys(_QUOTED.findall(because)))[:_WORDS_SHOWN]
    return ", ".join(f"“{word}”" if english else f"„{word}“" for word in words)
