"""The stored mails behind the letters of one decision: their files and their words, each mail read once."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailroute import log
from mailroute.errors import Broken
from mailroute.message.attached import files_of
from mailroute.message.parse import parse
from mailroute.model.letter import AttachedFile, Written
from mailroute.model.readable import Readable, readable
from mailroute.store.engine import Connection
from mailroute.store.mails import content_of_intake


@dataclass(slots=True)
class StoredMails:
    """Reads from one snapshot. A mail that cannot be read is empty: a reminder without its words beats none.

    `organisations` are those of the decision: what it passes on to another one is given to that by the same transaction.
    """

    conn: Connection
    organisations: tuple[str, ...]
    _contents: dict[int, bytes] = field(default_factory=dict)

    def files(self, intake: int) -> tuple[AttachedFile, ...]:
        """The attachments of a mail."""
        return files_of(self._content(intake))

    def text(self, written: Written) -> str:
        """The words of a mail: all of the one that began the ticket, of a later one only what is new in it."""
        message = parse(self._content(written.intake))
        return message.text if written.nth == 1 else message.new_text or message.text

    def readable(self, intake: int, *, first: bool) -> Readable:
        """The words and files of a mail for staff, where its event holds none; `first`: it began the ticket."""
        return readable(parse(self._content(intake)), first=first)

    def _content(self, intake: int) -> bytes:
        if intake not in self._contents:
            self._contents[intake] = self._read(intake)
        return self._contents[intake]

    def _read(self, intake: int) -> bytes:
        missing = ""
        for organisation in self.organisations:
            try:
                return content_of_intake(self.conn, organisation, intake)
            except Broken as error:
                missing = missing or str(error)
        log.emit("mail-missing", error=missing)
        return b""
