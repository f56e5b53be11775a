"""What is new in a reply, and who wrote a forwarded mail."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from mailroute.message.language import language_of
from mailroute.message.parse import parse
from tests.corpora.places import HELD, Figure, as_mail, files_below, fold, short

_FORWARDED = "john.doe@acme.com"


def figures() -> list[Figure]:
    """Replies (all, German) and forwards."""
    replies, german = Figure("reply"), Figure("reply, German")
    _trimmer(replies, german)
    _marked(replies, german)
    _talon(replies, german)
    return [replies, german, *_forwards()]


def _trimmer(replies: Figure, german: Figure) -> None:
    """Discourse's fixtures: the text that remains."""
    for path in files_below("reply-trimmer/emails"):
        trimmed = HELD / "reply-trimmer" / "trimmed" / path.name
        if not trimmed.exists():
            continue
        raw = path.read_bytes()
        have = parse(as_mail(raw)).new_text
        wanted = trimmed.read_text(encoding="utf-8", errors="replace")
        _count(replies, german, path, raw.decode("utf-8", "replace"), fold(have) == fold(wanted), have)


def _count(replies: Figure, german: Figure, path: Path, text: str, good: bool, have: str) -> None:
    replies.count(short(path), good, repr(have[-90:]))
    if "german" in path.name or language_of(text) == "de":
        german.count(short(path), good, repr(have[-90:]))


def _marked(replies: Figure, german: Figure) -> None:
    """Fixtures without an expectation of their own: which of their lines are new was marked by hand."""
    marks = tomllib.loads(Path(__file__).with_name("replies.toml").read_text(encoding="utf-8"))
    for name, spans in marks.items():
        path = HELD / name
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
        lines = text.split("\n")
        wanted = (
            "\n".join(
                line
                for span in spans.split(",")
                for line in lines[int(span.split("-")[0]) - 1 : int(span.split("-")[-1])]
            )
            if spans
            else ""
        )
        have = parse(as_mail(text.encode())).new_text
        _count(replies, german, path, text, fold(have) == fold(wanted), have)


def _talon(replies: Figure, german: Figure) -> None:
    """Talon's replies: every mail says the one thing, every HTML page the other."""
    for path in files_below("reply-talon/standard_replies", lambda one: one.suffix == ".eml"):
        have = parse(path.read_bytes()).new_text
        _count(replies, german, path, "", fold(have) in ("hello", "hi"), have)
    for path in files_below("reply-talon/html_replies"):
        mail = as_mail(path.read_bytes()).replace(b"text/plain", b"text/html")
        have = parse(mail).new_text
        _count(replies, german, path, "", fold(have).startswith("hiiamfine"), have)


def _forwards() -> list[Figure]:
    sender, subject, german = Figure("forward sender"), Figure("forward subject"), Figure("forward, German")
    for path in files_below("forward-crisp", lambda one: "_body" in one.name):
        name = path.name
        own_subject = path.with_name(re.sub(r"_body.*", "_subject.txt", name))
        title = own_subject.read_text(encoding="utf-8").strip() if own_subject.exists() else "Fwd: x"
        content = path.read_bytes()
        forwarded = parse(as_mail(content, title)).forwarded
        good = forwarded is not None and (
            forwarded.from_.address == _FORWARDED
            or (_FORWARDED.encode() not in content and forwarded.from_.name == "John Doe")
        )
        sender.count(short(path), good, title)
        if "_de_" in name:
            german.count(short(path), good, title)
        if forwarded is not None and own_subject.exists():
            wanted = fold("Integer consequat non purus")
            subject.count(short(path), fold(forwarded.subject) in (wanted, ""), forwarded.subject)
    return [sender, subject, german]
