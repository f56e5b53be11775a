"""The links at the head of every page, for each kind of visitor, and where each of them is at home."""

from __future__ import annotations

from dataclasses import dataclass

from mailroute.model.visitor import Visitor, VisitorKind


@dataclass(frozen=True, slots=True)
class Link:
    """A link at the head; `words` is the key of its text. `here`: it leads to the page that is shown."""

    path: str
    words: str
    here: bool = False


_CUSTOMER = (Link("/tickets", "layout.tickets"), Link("/settings", "layout.settings"))
# For whoever has a grant, which alone shows contracts.
_MEMBER = (_CUSTOMER[0], Link("/contracts", "layout.contracts"), _CUSTOMER[1])
_STAFF = (
    Link("/desk", "layout.desk"),
    Link("/desk/triage", "layout.triage"),
    Link("/desk/search", "layout.search"),
)
_ADMINISTRATOR = (
    *_STAFF,
    Link("/desk/grants", "layout.grants"),
    Link("/desk/holes", "layout.holes"),
    Link("/desk/rules", "layout.rules"),
    Link("/desk/queue", "layout.queue"),
)

_LINKS = {
    VisitorKind.CUSTOMER: _CUSTOMER,
    VisitorKind.STAFF: _STAFF,
    VisitorKind.ADMINISTRATOR: _ADMINISTRATOR,
}


def links_for(who: Visitor, path: str) -> tuple[Link, ...]:
    """The links for a visitor, the one of this page marked."""
    links = _MEMBER if who.viewer is not None and who.viewer.grants else _LINKS[who.kind]
    return tuple(Link(one.path, one.words, path == one.path) for one in links)


def home_of(kind: VisitorKind) -> str:
    """Where somebody comes to who only signs in."""
    return _LINKS[kind][0].path
