"""What organisations of one installation must not share, and what they say of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailroute.errors import Diagnostic
from mailroute.model.ruleset import Partner, Ruleset


def shared_names(one: Ruleset, before: Sequence[Ruleset]) -> Iterator[Diagnostic]:
    """The id and the inboxes, which others `before` it have already."""
    owners = {name: other.organisation.id for other in before for name in _names(other)}
    for name in _names(one):
        if name in owners:
            message = f"{name} belongs to the organisation {owners[name]} already"
            remedy = "Give each organisation of an installation its own id and inboxes."
            yield Diagnostic("MR390", "organisation.yaml", 0, 0, message, remedy)


def partners_here(one: Ruleset, others: Sequence[Ruleset] | None) -> Iterator[Diagnostic]:
    """Partners that are asked in vain, or in a circle. `others` of the installation; None: nobody knows which there are."""
    known = {other.organisation.id: other for other in (one, *(others or ()))}
    inboxes = {inbox.address: org for org, other in known.items() for inbox in other.organisation.inboxes}
    for partner in one.partners:
        if partner.address in inboxes:
            # What we send to an inbox of this installation comes back to us.
            message = f"{partner.address} is an inbox of the organisation {inboxes[partner.address]}"
            yield _mistake(
                "MR390", one, partner, message, "Write the address of the people there who accept or decline."
            )
        if partner.organisation == one.organisation.id:
            # Whoever asked such a partner would wait 48 hours for their own organisation.
            message = f"the partner {partner.id} is this organisation itself"
            remedy = "Name another organisation, or hand tickets to your own colleagues by roles.yaml."
            yield _mistake("MR390", one, partner, message, remedy)
        elif partner.organisation is not None and others is not None:
            yield from _between(partner, one, known)


def _between(partner: Partner, one: Ruleset, known: dict[str, Ruleset]) -> Iterator[Diagnostic]:
    other = known.get(partner.organisation or "")
    if other is None:
        names = ", ".join(sorted(set(known) - {one.organisation.id})) or "none but this one"
        message = f"there is no organisation {partner.organisation} in this installation"
        yield _mistake(
            "MR391", one, partner, message, f"Name one of: {names}; a firm outside has only `email`."
        )
    elif (matters := _circle(partner, one, other)) is not None:
        message = f"{partner.organisation} passes {matters} to this organisation, and this one to it"
        remedy = "Say in both partners.yaml by `case_types` who takes what: no matter in both directions."
        yield _mistake("MR392", one, partner, message, remedy)


def _names(one: Ruleset) -> tuple[str, ...]:
    return one.organisation.id, *(inbox.address for inbox in one.organisation.inboxes)


def _circle(partner: Partner, one: Ruleset, other: Ruleset) -> str | None:
    """The matters that each would ask the other about, in words; None if there are none."""
    for back in other.partners:
        if back.organisation != one.organisation.id:
            continue
        both = set(partner.case_types) & set(back.case_types)
        if both:
            return min(both)
        if not partner.case_types or not back.case_types:
            return "every matter" if partner.case_types == back.case_types else "the same matters"
    return None


def _mistake(code: str, one: Ruleset, partner: Partner, message: str, remedy: str) -> Diagnostic:
    source = partner.source
    text = dict(one.files).get(source.file, "").split("\n")
    line = "".join(text[source.line - 1 : source.line])
    return Diagnostic(code, source.file, source.line, 1, message, remedy, line)
