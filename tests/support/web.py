"""The pages over a real store: the firm of `rules/`, visitors who are signed in, mails that are really decided.

    with open_pages() as pages:
        klara = pages.visit("klara@muster.example")      # signed in, by a link as it stands in a mail
        pages.take(a_mail("klara@muster.example", "Schaden", "…"))   # received, decided, written
        assert klara.get("/tickets").status_code == 200
        klara.post("/tickets/10001/message", text="Danke")           # with the token of the session

Nothing listens and nothing sleeps: requests go straight into the ASGI application, the clock only moves when told to.
"""

from __future__ import annotations

import email
import email.policy
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from mailroute import shipped
from mailroute.clock import StoppedClock
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.command import give
from mailroute.flow.process import claim, prepare, process_batch
from mailroute.flow.receive import receive
from mailroute.flow.sign_in import Chance, answer_requests, hashed
from mailroute.flow.site import Recipe, Site
from mailroute.flow.unwritten import Unwritten
from mailroute.model.command import Answer
from mailroute.model.mail import Delivery, Door
from mailroute.model.ticket import Ticket
from mailroute.settings import Settings, Web
from mailroute.store import outbox
from mailroute.store.engine import Store, open_store
from mailroute.store.mails import Claimed
from mailroute.store.outbox import letters, mark_attempting
from mailroute.store.signing_in import LinkOffer, offer_link
from mailroute.web.app import application
from mailroute.web.backroom import Backroom
from tests.support.house import INBOX, TUESDAY, Letter

URL = "http://mailroute.example"
KLARA = "klara@muster.example"
OFFICE = "buero@musterfirma.example"
SCHMIDT = "schmidt@abc-hausverwaltung.example"
BRANDT = "brandt@abc-hausverwaltung.example"  # the administrator
STAY = timedelta(minutes=15)

_HIDDEN = re.compile(r'name="csrf" value="([0-9a-f]*)"')


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> Response:
        """Look at a page; redirects are shown, not followed."""
        return self.client.get(path, **more)

    def post(
        self, path: str, files: Sequence[tuple[str, tuple[str, bytes, str]]] = (), **fields: object
    ) -> Response:
        """Send a form as one of our pages does, with the token of the session."""
        return self.client.post(path, data={"csrf": self.csrf, **fields}, files=list(files) or None)

    @property
    def csrf(self) -> str:
        """The token that our forms carry for this browser, read from a page as a person's browser does."""
        found = _HIDDEN.search(self.get("/sign-in").text)
        assert found is not None
        return found[1]


@dataclass
class Pages:
    """What is open."""

    installation: Installation
    clock: StoppedClock
    backroom: Backroom
    _links: int = 0
    woken: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """The books."""
        return self.installation.store

    @property
    def site(self) -> Site:
        """The rules in force."""
        return self.installation.site

    def stranger(self, headers: Mapping[str, str] | None = None) -> Person:
        """Somebody who is not signed in; their browser says that forms come from our pages."""
        app = application(self.backroom)
        told = {"Sec-Fetch-Site": "same-origin", "Origin": self.backroom.url, "Accept-Language": "de"}
        client = TestClient(
            app,
            base_url=self.backroom.url,
            headers={**told, **(headers or {})},
            follow_redirects=False,
        )
        return Person(client)

    def visit(self, address: str, organisation: str = "abc") -> Person:
        """Somebody who has signed in by a link."""
        person = self.stranger()
        answer = person.post(self.link_for(address, organisation))
        assert answer.status_code == 303, answer.text
        return person

    def link_for(self, address: str, organisation: str = "abc", *, code: str = "", next_: str = "/") -> str:
        """The path of a good link for an address; `code` has to be typed with it unless it is ""."""
        self._links += 1
        secret = f"link-{self._links}"
        token = hashed("link", secret)
        offer = LinkOffer(
            token=token,
            organisation=organisation,
            address=address,
            browser=hashed("asking", "somebody else"),
            code=hashed("code", token, code) if code else "",
            destination=next_,
            expires_at=self.clock() + STAY,
        )
        self.store.write(lambda tx: offer_link(tx, offer)).result()
        return f"/sign-in/{secret}"

    def letters_to(self, address: str) -> list[Letter]:
        """The letters to an address that are in the outbox, oldest first; links are answered before."""
        self.answer_links()
        with self.store.read() as conn:
            rows = [one for one in outbox.letters(conn) if one.to_address == address]
            found = [
                (one.to_address, outbox.letter_content(conn, one.id) or b"") for one in sorted(rows, key=_age)
            ]
        return [Letter("", to, content) for to, content in found]

    def answer_links(self) -> int:
        """Write to everybody who has asked for a link; returns how many letters that were."""

        def chance() -> Chance:
            self._links += 1
            return Chance(f"asked-{self._links}", f"{self._links:06d}")

        return answer_requests(self.store, self.site, self.clock, chance)

    def take(self, mail: bytes, *, to: str | None = None) -> None:
        """Have a mail received and decided, with everything that is waiting."""
        parsed = email.message_from_bytes(mail, policy=email.policy.default)
        sender = str(parsed["From"]).split("<")[-1].rstrip(">")
        recipient = to or str(parsed["To"] or INBOX).split("<")[-1].rstrip(">")
        delivery = Delivery(Door.SMTP, sender, (recipient,), mail, self.clock(), "192.0.2.7")
        receive(delivery, self.store, self.site.inboxes).result()
        self.decide()

    def answer(self, ticket: Ticket, text: str) -> None:
        """Have the assignee answer on their page, and the answer leave."""
        office = self.site.offices[ticket.organisation]
        staff = office.ruleset.staff_by_id(ticket.assignee)
        assert staff is not None
        said = (Answer(text),)
        give(
            lambda _: said, ticket.number, staff, office,
            store=self.store, site=self.site, clock=self.clock, way="w",
        )  # fmt: skip
        with self.store.read() as conn:
            waiting = [one.id for one in letters(conn, number=ticket.number) if one.template == "answer"]
        self.store.write(lambda tx: mark_attempting(tx, waiting, self.clock())).result()

    def decide(self) -> None:
        """Have everything decided that is received, as a worker does."""

        def one(claimed: Claimed, following: Claimed | None = None) -> Any:
            with self.store.read() as conn:
                return prepare(conn, claimed, self.site, self.clock())

        unwritten = Unwritten(self.store)
        while claimed := claim(self.store, "test", self.clock()):
            process_batch(self.store, claimed, one, self.clock, unwritten)


def _age(row: outbox.OutboxRow) -> datetime:
    return row.created_at


@dataclass(frozen=True, slots=True)
class _Opened:
    """An installation that was opened and closed again: what is frozen of it, and the files of its state."""

    site: Site
    recipe: Recipe
    files: Mapping[str, bytes]

    def installed(self, settings: Settings) -> Installation:
        """Put the files where the settings say, and open the books."""
        for name, content in self.files.items():
            (settings.state / name).touch(mode=0o600)
            (settings.state / name).write_bytes(content)
        return Installation(open_store(settings.database_url), self.site, self.recipe)


@cache
def _demo_firm(url: str) -> _Opened:
    """The firm of `rules/` on its first day. Opened once: reading it takes longer than most tests do."""
    with tempfile.TemporaryDirectory(prefix="mailroute-web-") as state:
        settings = Settings(state=Path(state), rules=(shipped.path("rules"),), web=Web(url=url))
        opened = open_installation(settings, clock=StoppedClock(TUESDAY))
        opened.store.close()
        files = {file.name: file.read_bytes() for file in Path(state).iterdir()}
        return _Opened(opened.site, opened.recipe, files)


@contextmanager
def open_pages(
    rules: Path | Sequence[Path] | None = None, *, url: str = URL, **settings: object
) -> Iterator[Pages]:
    """Open the pages of a firm, by default that of `rules/`, on a Tuesday in November at nine.

    `settings` are further ones of mailroute.toml.
    """
    with tempfile.TemporaryDirectory(prefix="mailroute-web-") as state:
        directories = (rules,) if isinstance(rules, Path) else tuple(rules or (shipped.path("rules"),))
        chosen = Settings(state=Path(state), rules=directories, web=Web(url=url)).model_copy(update=settings)
        clock = StoppedClock(TUESDAY)
        if rules is None and not settings:
            installation = _demo_firm(url).installed(chosen)
        else:
            installation = open_installation(chosen, clock=clock)
        woken: list[str] = []
        backroom = Backroom(
            store=installation.store,
            site=lambda: installation.site,
            url=url,
            clock=clock,
            wake=lambda *names: woken.extend(names),
        )
        try:
            yield Pages(installation, clock, backroom, woken=woken)
        finally:
            installation.store.close()
