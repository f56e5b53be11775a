"""What goes along with a letter: the words of stored mails, and their files, each encoded once for all letters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mailroute.model import limits
from mailroute.model.letter import AttachedFile, Notice, Written
from mailroute.model.moment import date_and_time
from mailroute.model.reply_tag import is_letter_of_ours, without_reply_tags
from mailroute.notify import words
from mailroute.notify.parts import ATTACHMENTS_BYTES, Encoded, encode_file, file_name
from mailroute.notify.persons import person
from mailroute.notify.values import File, Passage, body_text

Attachments = Callable[[int], tuple[AttachedFile, ...]]
Texts = Callable[[Written], str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of a stored mail; `encoded` is None where it is too large to go along with any letter."""

    name: str
    size_bytes: int
    encoded: Encoded | None


@dataclass(slots=True)
class Enclosures:
    """The stored mails that the letters of one decision need, each read once."""

    read_files: Attachments
    read_text: Texts
    _files: dict[tuple[int, bool], tuple[_Found, ...]] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)

    def files(self, notice: Notice, language: str) -> tuple[tuple[Encoded, ...], tuple[File, ...]]:
        """Those that go along, and all of them as the letter names them; the first ones have their place first.

        A letter of ours goes to nobody outside: mail programs attach what is answered, unasked.
        """
        room = ATTACHMENTS_BYTES
        parts: list[Encoded] = []
        named: list[File] = []
        for intake in _intakes(notice):
            wanted = intake in notice.attach
            for file in self._files_of(intake, outside=not notice.to.is_staff):
                enclosed = wanted and file.encoded is not None and file.size_bytes <= room
                if enclosed and file.encoded is not None:
                    room -= file.size_bytes
                    parts.append(file.encoded)
                too_large = wanted and not enclosed
                named.append(File(file.name, words.size(file.size_bytes, language), enclosed, too_large))
        return tuple(parts), tuple(named)

    def passages(self, notice: Notice, zone: str, language: str) -> tuple[Passage, ...]:
        """The words that are passed on, where the notice has none of its own; all of them together stay bounded."""
        if notice.text:
            return ()
        passages: list[Passage] = []
        before = 0
        for one in notice.passes_on:
            words = self._text_of(one)[: limits.TEXT_CHARS // len(notice.passes_on)]
            # Whoever reads a tag in somebody's quote could write in that person's name with it.
            text = body_text(without_reply_tags(words))
            at = date_and_time(one.at, zone, language)
            passages.append(Passage(person(one.author, language), at, text, skipped=one.nth - before - 1))
            before = one.nth
        return tuple(passages)

    def _files_of(self, intake: int, *, outside: bool) -> tuple[_Found, ...]:
        if (intake, outside) not in self._files:
            files = self.read_files(intake)
            self._files[intake, outside] = tuple(
                _found(file) for file in files if not (outside and is_letter_of_ours(file.content))
            )
        return self._files[intake, outside]

    def _text_of(self, written: Written) -> str:
        if written.intake not in self._texts:
            self._texts[written.intake] = self.read_text(written)
        return self._texts[written.intake]


def _intakes(notice: Notice) -> tuple[int, ...]:
    """The mails whose files the letter names: those that go along, and those of words that are passed on."""
    named = (one.intake for one in notice.passes_on if one.files)
    return tuple(dict.fromkeys((*notice.attach, *named)))


def _found(file: AttachedFile) -> _Found:
    size_bytes = len(file.content)
    encoded = encode_file(file) if size_bytes <= ATTACHMENTS_BYTES else None
    return _Found(file_name(file.name), size_bytes, encoded)
