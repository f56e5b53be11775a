"""What somebody types and encloses on our pages, read within bounds, with every fault tied to its field; then sent."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from mailroute.flow.web import opens, write_message
from mailroute.intake.web import Written
from mailroute.model import limits
from mailroute.model.address import Address
from mailroute.model.directory import Contract
from mailroute.model.grant import Right
from mailroute.model.letter import AttachedFile
from mailroute.model.ticket import Ticket
from mailroute.model.visitor import Visitor
from mailroute.web.backroom import Backroom, backroom, office
from mailroute.web.pages import language
from mailroute.web.words import say

_SERIAL = re.compile(r"[0-9a-f]{32}")
_FILLED_IN = ("subject", "text", "about", "when", "phone", "number", "insurer")
_LINE_CHARS = 200
_SUBJECT_CHARS = 80


@dataclass(frozen=True, slots=True)
class Draft:
    """One form as it was filled in. `serial` names it with what stands in it: sent twice it is one message. `errors` are keys by field."""

    subject: str = ""
    text: str = ""
    about: str = ""
    when: str = ""
    phone: str = ""
    number: str = ""
    insurer: str = ""
    serial: str = ""
    files: tuple[AttachedFile, ...] = ()
    files_fault: str = ""
    had_files: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    def faults(self, *, needs_text: bool = True) -> dict[str, str]:
        """What is wrong with what every form has: the words and the files."""
        found = {}
        if needs_text and not self.text.strip():
            found["text"] = "write.no-text"
        if len(self.text) > limits.MESSAGE_CHARS:
            found["text"] = "write.long-text"
        if self.files_fault:
            found["files"] = self.files_fault
        return found

    def with_faults(self, faults: Mapping[str, str]) -> Draft:
        """The form to be shown again, with what is to be put right; the browser has forgotten the files."""
        had_files = bool(self.files or self.files_fault)
        return replace(self, errors=faults, files=(), had_files=had_files)


EMPTY = Draft()


def new_draft(about: str = "") -> Draft:
    """An empty form with a serial of its own; `about` is chosen already."""
    return Draft(serial=new_serial(), about=about)


def new_serial() -> str:
    """128 bits of chance: nobody else names the same form."""
    return secrets.token_hex(16)


async def draft_of(request: Request) -> Draft:
    """What was sent. Files beyond the bounds are not read, and said to be too much."""
    form = await request.form()
    uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    fault = _fault(uploads)
    files = () if fault else tuple([await _file(one) for one in uploads])
    return Draft(
        subject=_line(form, "subject"),
        text=str(form.get("text", "")).strip(),
        about=_line(form, "about"),
        when=_line(form, "when"),
        phone=_line(form, "phone"),
        number=_line(form, "number"),
        insurer=_line(form, "insurer"),
        serial=_serial_of(form, files),
        files=files,
        files_fault=fault,
    )


def _serial_of(form: FormData, files: tuple[AttachedFile, ...]) -> str:
    """The form's serial mixed with what was filled in: a form sent twice is one message, but whoever goes back and
    sends other words has written a second one.
    """
    serial = str(form.get("serial", ""))
    if not _SERIAL.fullmatch(serial):
        return new_serial()
    mixed = hashlib.sha256(serial.encode())
    for name in _FILLED_IN:
        mixed.update(f"\0{name}={form.get(name, '')}".encode("utf-8", "surrogatepass"))
    for file in files:
        mixed.update(b"\0" + hashlib.sha256(file.content).digest())
    return mixed.hexdigest()[:32]


def _line(form: FormData, name: str) -> str:
    return " ".join(str(form.get(name, "")).split())[:_LINE_CHARS]


def _fault(uploads: list[UploadFile]) -> str:
    if len(uploads) > limits.FILES_PER_MESSAGE:
        return "write.many-files"
    too_much = sum(one.size or 0 for one in uploads) > limits.FILES_SIZE_BYTES
    return "write.big-files" if too_much else ""


async def _file(upload: UploadFile) -> AttachedFile:
    return AttachedFile(upload.filename or "", upload.content_type or "", await upload.read())


# --- sending --------------------------------------------------------------------------------------------------


async def send(request: Request, who: Visitor, written: Written) -> None:
    """Keep it on disk and let it be decided. Raises TryLater if the database is gone: nothing was sent then."""
    room = backroom(request)
    peer = request.client.host if request.client else ""
    await run_in_threadpool(_write, written, room, peer)
    room.wake("work")


def _write(written: Written, room: Backroom, peer: str) -> None:
    write_message(written, room.store, room.site(), room.clock, peer)


async def send_new(
    request: Request,
    who: Visitor,
    draft: Draft,
    subject: str,
    lines: list[str],
    form: Right | None = None,
) -> None:
    """A new matter, to the first inbox. `lines` say what it is about, above the words; `form` what form it is, if it is one
    of its own.
    """
    inbox = office(request, who.organisation).ruleset.organisation.inboxes[0].address
    text = "\n".join([*lines, "", draft.text] if lines else [draft.text])
    await send(request, who, replace(_written(who, draft, inbox, subject, text), form=form))


async def send_answer(
    request: Request, who: Visitor, ticket: Ticket, draft: Draft, named: Contract | None
) -> None:
    """A message in a ticket. Where it names a contract, that stands first."""
    t, keyring = say(language(request)), backroom(request).site().keyring
    lines = [t("write.line-contract", what=contract_words(named))] if named is not None else []
    text = "\n\n".join(part for part in (*lines, draft.text) if part)
    subject = f"Re: {ticket.subject} [{ticket.label}]"
    written = _written(who, draft, ticket.inbox, subject, text)
    key = opens(ticket, who.address, keyring, draft.serial)
    await send(request, who, replace(written, answers=key))


def contract_words(one: Contract) -> str:
    """How a contract is named, for people and for the program that reads the mail."""
    return f"{one.line_of_business} {one.number}".strip()


def short(text: str) -> str:
    """The beginning of a text, for a subject."""
    line = " ".join(text.split())
    return line if len(line) <= _SUBJECT_CHARS else line[: _SUBJECT_CHARS - 1].rsplit(" ", 1)[0] + "…"


def _written(who: Visitor, draft: Draft, inbox: str, subject: str, text: str) -> Written:
    return Written(
        author=Address(who.party.name, who.address),
        inbox=inbox,
        subject=subject,
        text=text,
        serial=draft.serial,
        files=draft.files,
    )
