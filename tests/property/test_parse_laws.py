"""Laws of reading: any bytes give a Message, always the same one, whose strings can be kept and shown."""

import dataclasses
import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailroute.message.files import attachment_bytes
from mailroute.message.fingerprint import fingerprint
from mailroute.message.parse import parse
from mailroute.message.quotes import new_text
from mailroute.message.view import as_json
from mailroute.model import limits
from mailroute.model.message import Message
from tests.support.effort import is_quick

TESTS = Path(__file__).parents[1]
MAILS = [path.read_bytes() for path in sorted((TESTS / "golden" / "mail").glob("*/in.eml"))]
# Real mails too, where they are at hand; large ones say nothing new and cost time.
CORPORA = TESTS.parents[1] / "shared" / "corpora"
MUTATED = int(os.environ.get("MAILROUTE_MUTATED_MAILS", "5000"))
MUTATED_BYTES = 60_000
BORDERS = ("mx.abc-hausverwaltung.example",)

# What breaks parsers: words of the grammar, half of them cut off.
TOKENS = [
    b"\r\n", b"\n", b"\r", b"\0", b" ", b"\t", b":", b";", b'"', b"<", b">", b"(", b")", b"=?", b"?=", b"=?utf-8?q?=FF?=",
    b"=?utf-8?b?////?=", b"--", b"\r\n\r\n", b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Content-Type: ",
    b"multipart/mixed; boundary=b", b"\r\n--b\r\n", b"\r\n--b--\r\n", b"text/html", b"message/rfc822", b"charset=",
    b"utf-7", b"hex", b"idna", b"punycode", b"Content-Transfer-Encoding: base64\r\n", b"quoted-printable", b"x-uuencode",
    b"name*0*=utf-8''%", b"filename=", b"\xff", b"\xc3", b"\xe2\x80\xae", b"a@b.example", b"<[x]>", b"Received: by ",
    b"Authentication-Results: mx.abc-hausverwaltung.example; dmarc=pass", b"format=flowed", b"> ", b"-- ", b"Von: ",
    b"Am 1.1.2025 um 10:10 schrieb a@b:", b"-----Weitergeleitete Nachricht-----", b"<blockquote type=cite>", b"</div>",
]  # fmt: skip
PIECES = st.lists(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=12)), max_size=60).map(b"".join)


@st.composite
def mangled_mails(draw: st.DrawFn) -> bytes:
    """A golden mail with pieces cut out, doubled or replaced by tokens."""
    mail = draw(st.sampled_from(MAILS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(mail)))
        end = min(len(mail), start + draw(st.integers(0, 40)))
        middle = draw(st.one_of(st.sampled_from([b"", mail[start:end] * 2]), PIECES))
        mail = mail[:start] + middle + mail[end:]
    return mail


def strings_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Enum):
        return
    elif isinstance(value, tuple):
        for one in value:
            yield from strings_of(one)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings_of(getattr(value, field.name))


def assert_is_sound(message: Message) -> None:
    for text in strings_of(message):
        assert "\0" not in text
        text.encode("utf-8")
    json.dumps(as_json(message, "x"))
    assert len(message.text) <= limits.TEXT_CHARS
    assert len(message.new_text) <= len(message.text)
    assert len(message.subject) <= limits.SUBJECT_CHARS
    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert message.author is None or (message.author.address and message.author.address.isascii())
    assert message.date is None or message.date.utcoffset() is not None
    assert not message.auth.aligned or message.auth.border in BORDERS


@settings(max_examples=400)
@given(st.one_of(st.binary(max_size=400), PIECES))
@example(b"")
@example(b"\n")
@example(b"From:")
def test_parse_returns_for_any_bytes_and_twice_the_same(content: bytes) -> None:
    message = parse(content, borders=BORDERS)
    assert_is_sound(message)
    assert parse(content, borders=BORDERS) == message


@settings(max_examples=600)
@given(mangled_mails())
def test_parse_returns_for_mangled_mails_and_twice_the_same(content: bytes) -> None:
    message = parse(content, borders=BORDERS)
    assert_is_sound(message)
    assert parse(content, borders=BORDERS) == message


@settings(max_examples=100)
@given(mangled_mails())
def test_every_attachment_of_a_mail_can_be_read_again(content: bytes) -> None:
    for one in parse(content).attachments:
        data = attachment_bytes(content, one.part)
        assert data is not None
        assert len(data) == one.size


def real_mails() -> list[bytes]:
    folders = (
        "zammad",
        "stalwart",
        "sisimai",
        "flufl-bounce",
        "mimekit",
        "mime4j",
        "comm-central",
        "php-mime",
        "otobo",
    )
    paths = sorted(path for folder in folders for path in (CORPORA / folder).rglob("*") if path.is_file())
    mails = [path.read_bytes() for path in paths if 0 < path.stat().st_size < MUTATED_BYTES]
    return MAILS + [mail for mail in mails if b":" in mail[:200]]


def mutated(mails: list[bytes], chance: random.Random) -> bytes:
    """A mail with a few changes of the kinds that storage, gateways and attackers make."""
    mail = chance.choice(mails)
    for _ in range(chance.randint(1, 5)):
        start = chance.randint(0, len(mail))
        end = min(len(mail), start + int(chance.expovariate(1 / 40)))
        match chance.randrange(7):
            case 0:
                mail = mail[:start]
            case 1:
                mail = mail[:start] + mail[end:]
            case 2:
                mail = mail[:start] + mail[start:end] * chance.randint(2, 50) + mail[end:]
            case 3:
                mail = mail[:start] + bytes([chance.randrange(256)]) + mail[start + 1 :]
            case 4:
                mail = mail[:start] + chance.choice(TOKENS) * chance.randint(1, 30) + mail[end:]
            case 5:
                other = chance.choice(mails)
                mail = mail[:start] + other[chance.randint(0, len(other)) :][:MUTATED_BYTES]
            case _:
                mail = mail.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n"]), chance.randint(1, 200))
    return mail


def test_parse_returns_in_time_for_thousands_of_mutated_mails() -> None:
    """MAILROUTE_MUTATED_MAILS says how many; the seed is the number of the mail, so each can be made again."""
    mails = real_mails()
    for seed in range(MUTATED):
        content = mutated(mails, random.Random(seed))
        read: list[Message] = []
        assert is_quick(lambda: read.append(parse(content, borders=BORDERS))), f"seed {seed}"  # noqa: B023
        assert_is_sound(read[0])


@given(st.text(alphabet=st.sampled_from(list("ab>-_: \n@.0123456789|*")), max_size=400), st.booleans())
def test_new_text_holds_only_lines_of_the_text(text: str, is_answer: bool) -> None:
    lines = {line.strip() for line in text.split("\n")}
    assert {line.strip() for line in new_text(text, is_answer).split("\n")} <= lines | {""}


@given(st.one_of(st.binary(max_size=300), mangled_mails()), st.text(max_size=5))
def test_trace_fields_on_top_do_not_change_the_fingerprint(content: bytes, value: str) -> None:
    """A mail that came twice over different ways is one mail."""
    now = datetime(2025, 11, 22, 12, tzinfo=UTC)
    body = b"Message-ID: <a@b.example>\n" + content
    trace = (
        "Received: from x by y\n\tfor <z>;" + "".join(value.split()) + "\nReturn-Path: <>\nDELIVERED-TO: z\n"
    )
    mine = fingerprint(trace.encode("utf-8", "replace") + body, ("a@b.example",), now)
    assert mine == fingerprint(body, ("A@B.example",), now)
