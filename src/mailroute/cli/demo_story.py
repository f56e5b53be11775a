"""The story the demo plays: one week of ABC Hausverwaltung, as in the requirements (REQ-E7), told while it happens."""

from __future__ import annotations

import asyncio
import signal
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailroute import shipped
from mailroute.admin.history import history
from mailroute.cli.common import print_json, visible
from mailroute.cli.demo_stage import INBOX, Caught, Stage, reply_to
from mailroute.store.tickets import tickets

_BERLIN = ZoneInfo("Europe/Berlin")
MUELLER = "mueller@mieter.example"
HUBER = "huber@abc-hausverwaltung.example"
SCHMIDT = "schmidt@abc-hausverwaltung.example"
BRANDT = "brandt@abc-hausverwaltung.example"
MUSTER = "klara@muster.example"
MUSTERFIRMA = "buero@musterfirma.example"


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=_BERLIN)


async def play(state: Path, *, as_json: bool, once: bool) -> int:
    """Set up, play, print, strike. Returns the exit code."""
    stage = await Stage.set_up(state, _at(24, 9, 2))
    teller = Teller(stage, quiet=as_json)
    if not as_json:
        print(
            "Three days at ABC Hausverwaltung, as in rules/. Every mail travels over real SMTP on this machine."
        )
    try:
        await _tell(teller)
        _print_tickets(stage, as_json=as_json)
        if not once:
            await _stay(stage)
    finally:
        await stage.strike()
    return 0


async def _tell(teller: Teller) -> None:
    """Every scene: what arrives, then who gets what."""
    await teller.mail("01-rechnung.eml", MUELLER, _at(24, 9, 2), "Herr Müller asks about an invoice.")
    await teller.mail(
        "02-gebaeudeschaden.eml", MUELLER, _at(24, 9, 10), "Herr Müller reports a damage to the building."
    )
    await teller.reply(
        SCHMIDT, "Gebäudeschaden", "annehmen", _at(24, 9, 25), "Herr Schmidt replies: annehmen (I take it)."
    )
    await teller.photo(_at(24, 9, 40))
    await teller.mail(
        "04-ohne-adresse.eml",
        MUELLER,
        _at(24, 11, 20),
        "Another damage: HTML only, and no address in the text.",
    )
    await teller.mail(
        "05-schreibweise.eml",
        "weber@mieter.example",
        _at(24, 12, 5),
        "Frau Weber writes from her phone: maxplanckstr.12.",
    )
    await teller.mail(
        "06-unbekannt.eml",
        "kim@irgendwo.example",
        _at(24, 12, 30),
        "A stranger asks something unclear.",
    )
    await teller.mail("07-newsletter.eml", "news@baustoffe.example", _at(24, 13, 0), "A newsletter.")
    await teller.time(_at(24, 15, 0), "Frau Huber has done nothing yet.")
    await teller.time(_at(26, 12, 0), "Two days later.")
    await teller.reply(
        HUBER,
        "Rechnung",
        "Guten Tag Herr Müller,\n\ndie zweite Zeile ist die Gutschrift vom September, Sie müssen nichts zahlen.\n\n"
        "Mit freundlichen Grüßen\nPetra Huber",
        _at(26, 12, 5),
        "Frau Huber simply replies with her answer. It waits two minutes, so that she could stop it.",
    )
    await teller.time(_at(26, 12, 10), "Five minutes later.")
    await teller.reply(
        SCHMIDT,
        "Gebäudeschaden",
        "erledigt: Dachrinne repariert",
        _at(26, 14, 0),
        "Herr Schmidt replies: erledigt: Dachrinne repariert (done).",
    )
    await teller.mail(
        "08-hausrat.eml",
        MUSTER,
        _at(26, 14, 30),
        "Frau Muster, who has a grant, reports a damage of her own.",
    )
    await teller.mail(
        "09-police.eml",
        MUSTERFIRMA,
        _at(26, 15, 0),
        "Her firm, of the same grant, asks about another contract.",
    )
    await teller.reply(
        BRANDT,
        "HRV-500100",
        "Guten Tag Frau Muster,\n\nschicken Sie uns bitte zwei Fotos und die Rechnung der Spülmaschine.\n\n"
        "Mit freundlichen Grüßen\nSabine Brandt",
        _at(26, 15, 20),
        "Frau Brandt answers her; whoever shares the grant reads along.",
    )
    await teller.time(_at(26, 15, 25), "Five minutes later.")


class Teller:
    """Plays scenes on a stage and prints what people would see."""

    def __init__(self, stage: Stage, *, quiet: bool) -> None:
        self._stage = stage
        self._quiet = quiet

    async def mail(self, file: str, sender: str, at: datetime, what: str) -> None:
        """A shipped example mail arrives at the inbox."""
        self._stage.turn_to(at)
        await self._stage.send(sender, INBOX, (shipped.path("rules") / "examples" / file).read_bytes())
        await self._show(at, what)

    async def photo(self, at: datetime) -> None:
        """Herr Müller answers the acknowledgement with a photo."""
        letter = self._stage.letter_to(MUELLER)
        template = (shipped.path("rules") / "examples" / "03-foto.eml").read_bytes()
        recipient = letter.header("Reply-To").split("<")[-1].rstrip(">")
        content = template.replace(b"{reply_to}", recipient.encode()).replace(
            b"{message_id}", letter.header("Message-ID").encode()
        )
        self._stage.turn_to(at)
        await self._stage.send(MUELLER, recipient, content)
        await self._show(at, "Herr Müller answers the acknowledgement with a photo.")

    async def reply(self, sender: str, subject: str, text: str, at: datetime, what: str) -> None:
        """Somebody of staff answers a letter they got."""
        letter = self._stage.letter_to(sender, subject)
        recipient, content = reply_to(letter, sender, text, at)
        self._stage.turn_to(at)
        await self._stage.send(sender, recipient, content)
        await self._show(at, what)

    async def time(self, at: datetime, what: str) -> None:
        """Time passes."""
        self._stage.turn_to(at)
        await self._show(at, what)

    async def _show(self, at: datetime, what: str) -> None:
        letters = await self._stage.settle()
        if self._quiet:
            return
        print(f"\n{at:%a %d.%m. %H:%M}  {what}")
        for letter in letters:
            print(visible(f"                → {letter.to}: {letter.header('Subject')}"))
        if not letters:
            print("                → nobody needs to be told")


def _print_tickets(stage: Stage, *, as_json: bool) -> None:
    with stage.daemon.store.read() as conn:
        views = []
        for ticket in reversed(tickets(conn)):
            told = history(conn, ticket.organisation, ticket.number)
            first = told[0]
            views.append(
                {
                    **first,
                    "subject": ticket.subject,
                    "status": ticket.status.value,
                    "assignee": ticket.assignee,
                    "letters": [letter for one in told for letter in one["letters"]],
                }
            )
    if as_json:
        for view in views:
            print_json(view)
        return
    print("\nThe tickets, and why each is where it is:")
    for view in views:
        print(visible(f"\n{view['ticket']}  {view['subject']}  ({view['status']})"))
        print(
            visible(
                f"  {view['case_type'] or 'unclear'} → {view['role']} → {view['assignee']}, {view['property'] or '?'}"
            )
        )
        for step in view["trace"]:
            rule = f"  [{step['rule']}]" if step["rule"] else ""
            print(visible(f"  · {step['station']}: {step['verdict']} – {step['because']}{rule}"))


async def _stay(stage: Stage) -> None:
    """Route whatever else is sent, until Ctrl-C."""
    stage.on_letter.append(_announce)
    print(
        f"\nThe router stays up. Send it a mail of your own, for example:\n"
        f"  swaks --server 127.0.0.1:{stage.port} --from {MUELLER} --to {INBOX} \\\n"
        f"        --header 'Subject: Heizung' --body 'In der Max-Planck-Str. 12 ist die Heizung kalt.'\n"
        f"\nThe pages: {stage.url}\n"
        f"These links let somebody in, once, within a quarter of an hour:\n"
        f"  Frau Muster, a customer     {stage.link_for(MUSTER)}\n"
        f"  Herr Schmidt of staff       {stage.link_for(SCHMIDT)}\n"
        f"  Frau Brandt, administrator  {stage.link_for(BRANDT)}\n"
        f"Later, ask for a link on the page as any of them: the letter is shown here.\n"
        f"Ctrl-C ends it."
    )
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()


def _announce(letter: Caught) -> None:
    print(visible(f"→ {letter.to}: {letter.header('Subject')}"))
    print(visible(f"    Reply-To: {letter.header('Reply-To')}   (answer it as {letter.to}, e.g. `annehmen`)"))
    for line in letter.text.splitlines():
        print("    " + visible(line))
