"""Plain text of the assignee is the answer to the customer. It fails closed (design §7).

What resembles a verb, repeats something internal or comes from somebody who is not responsible is never sent; its
author sees it as a preview and can confirm with `senden`.
"""

from __future__ import annotations

from mailroute.model import command as c
from mailroute.model.decision import Station
from mailroute.model.facts import Draft
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.names import oblique
from mailroute.model.reply_tag import without_reply_tags
from mailroute.model.ticket import Answered, Drafted, Noted, Status
from mailroute.routing.answer_also import goes_also, tell_also, why_not_also, without_text
from mailroute.routing.colleagues import names_a_colleague
from mailroute.routing.copies import as_customers_see_it, tell_members
from mailroute.routing.deadlines import length
from mailroute.routing.desk import Desk, accept_by_acting, how_to_get_it
from mailroute.routing.internal_words import repeats_something_internal
from mailroute.routing.parent import answer_for_parent, internal_texts, reporter_of_matter
from mailroute.routing.work import place_in_words, staff_party


def answer(desk: Desk, text: str, *, held_back: str | None, also: tuple[str, ...] = ()) -> Line | None:
    """Send the text to the customer, or say why not. `held_back` is the verb that it resembles, if it does.

    `also` are further addresses that it goes to.
    """
    reporter = reporter_of_matter(desk)
    if not desk.is_assignee:
        return _not_responsible(desk, text, held_back)
    if desk.ticket.status is Status.CLOSED:
        return _closed(desk, text)
    if not reporter.address:
        return _nobody_to_answer(desk, text)
    accept_by_acting(desk)
    if held_back is not None:
        _preview(desk, text, f"it resembles the command {held_back}", held_back, also)
    elif (named := names_a_colleague(text, desk.work.ruleset, desk.actor)) is not None:
        _preview(desk, text, f"it says hardly more than {named.name}", f"weiter an: {named.id}", also)
    elif repeats_something_internal(text, internal_texts(desk)):
        _preview(desk, text, "it repeats an internal note", "", also)
    else:
        _send(desk, text, desk.intake, also)
    return None


def answer_also(desk: Desk, command: c.AnswerAlso) -> Line | None:
    """`an: x@y`: the text below it goes to the customer and to these (REQ-B7)."""
    if refused := why_not_also(desk, command):
        return refused
    if not command.text:
        return without_text(desk, command)
    refused = answer(desk, command.text, held_back=None, also=command.addresses)
    return refused or goes_also(desk, command)


def send_draft(desk: Desk, command: c.Send) -> Line:
    """`senden`: the last preview goes out after all."""
    draft, reporter = _draft_of(desk), reporter_of_matter(desk)
    if draft is None or not reporter.address or not desk.work.may(Answered) or not desk.is_assignee:
        did = desk.words(
            "Nicht ausgeführt: Es wartet keine Antwort auf „senden“.", "Not done: no answer is waiting."
        )
        return Line(command.said, did, False)
    accept_by_acting(desk)
    _send(desk, draft.text, draft.intake, draft.also)
    to = reporter.name or reporter.address
    return Line(
        command.said, desk.words(f"Die Antwort geht an {oblique(to)}.", f"The answer goes to {to}."), True
    )


def _draft_of(desk: Desk) -> Draft | None:
    """The draft that waits, if this one has seen it as a preview: nobody else knows what `senden` would send."""
    draft, actor = desk.facts.draft, desk.actor
    if draft is None or draft.author not in (actor.address, *actor.also):
        return None
    sent_by_this_mail = any(isinstance(one, Answered) for one in desk.work.changes)
    return None if sent_by_this_mail else draft


def _send(desk: Desk, text: str, intake: int | None, also: tuple[str, ...]) -> None:
    if desk.ticket.parent is not None:
        return answer_for_parent(desk, text, intake)
    ticket, work = desk.ticket, desk.work
    hold = work.ruleset.organisation.answer_hold
    words = without_reply_tags(text)  # also of a draft that was confirmed
    ticket = work.change(Answered(ticket.reporter.address, intake, text=words, also=also))
    work.explain(Station.COMMAND, "answer", f"goes to {ticket.reporter.address} after {length(hold)}")
    notice = Notice(
        template=Template.ANSWER,
        to=ticket.reporter,
        language=ticket.language,
        ticket=ticket,
        place=place_in_words(desk.facts.place[0], desk.facts.place[1]),
        text=words,
        author=staff_party(desk.actor),
        attach=() if intake is None else (intake,),
        in_reply_to=ticket.last_message_id,
        references=(ticket.last_message_id,) if ticket.last_message_id else (),
        not_before=work.now + hold if hold else None,
    )
    shown = as_customers_see_it(notice, desk.facts.access)
    work.tell(shown)
    tell_also(desk, shown, also)
    return tell_members(work, desk.facts, notice, but=also)


def _preview(desk: Desk, text: str, why: str, resembles: str, also: tuple[str, ...]) -> None:
    desk.work.change(Drafted(text, desk.intake, why, also=also))
    desk.work.explain(Station.COMMAND, "not sent", why)
    desk.tell(Template.PREVIEW, staff_party(desk.actor), desk.actor.language, text=text, reason=resembles)


def _not_responsible(desk: Desk, text: str, held_back: str | None) -> Line:
    desk.work.change(Noted(text, desk.intake, why="answer of somebody who is not responsible"))
    name = desk.name_of(desk.ticket.assignee)
    did = desk.words(
        f"Nicht nach außen gesendet (zuständig: {name}). Ihr Text ist als Notiz gespeichert.",
        f"Not sent to the customer: {name} is responsible. Your text is kept as a note.",
    )
    meant = desk.words(f" Meinten Sie „{held_back}“?", f" Did you mean “{held_back}”?") if held_back else ""
    return Line(_first_words(text), f"{did}{meant} {how_to_get_it(desk)}", False)


def _closed(desk: Desk, text: str) -> Line:
    desk.work.change(Noted(text, desk.intake, why="answer in a closed ticket"))
    did = desk.words(
        "Nicht gesendet: Der Vorgang ist abgeschlossen. Ihr Text ist als Notiz gespeichert. "
        "Mit „wieder öffnen“ öffnen Sie den Vorgang.",
        "Not sent: the ticket is closed. Your text is kept as a note. Reply “reopen” to open the ticket.",
    )
    return Line(_first_words(text), did, False)


def _nobody_to_answer(desk: Desk, text: str) -> Line:
    desk.work.change(Noted(text, desk.intake, why="nobody to answer"))
    did = desk.words(
        "Nicht gesendet: Zu diesem Vorgang gibt es keine Adresse, an die geantwortet werden kann. "
        "Ihr Text ist als Notiz gespeichert.",
        "Not sent: this ticket has no address to answer to. Your text is kept as a note.",
    )
    return Line(_first_words(text), did, False)


def _first_words(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else ""
    return line if len(line) <= 60 else line[:57] + "…"
