"""Answers, forwards and letters of machines as programs of many countries write them (tests/golden/reading).

Written from memory of those programs, not taken from a corpus: what is read well there may still be read badly elsewhere.
"""

from pathlib import Path

import pytest

from mailroute.message.parse import parse
from mailroute.model.message import Automatic

READING = Path(__file__).parent / "reading"


def entries(name: str) -> dict[str, str]:
    """Each `### name` of a file with the lines below it."""
    text = (READING / name).read_text(encoding="utf-8")
    return {
        title.strip(): body.strip("\n")
        for title, _, body in (one.partition("\n") for one in text.split("\n### ")[1:])
    }


REPLIES = entries("replies.txt")


@pytest.mark.parametrize("name", REPLIES)
def test_only_what_was_written_for_this_mail_is_new(name: str) -> None:
    new, text = [], []
    is_new, is_html = True, name.endswith("[html]")
    for line in REPLIES[name].split("\n"):
        if line in ("8<", ">8"):
            is_new = line == ">8"
            continue
        if is_new:
            new.append(line)
        if not (is_html and is_new):
            text.append(line)
    kind = "text/html" if is_html else "text/plain"
    mail = f"From: p@x.example\nSubject: Re: Dachrinne\nContent-Type: {kind}; charset=utf-8\n\n" + "\n".join(
        text
    )
    assert parse(mail.encode()).new_text.split() == "\n".join(new).split()


FORWARDS = entries("forwards.txt")


@pytest.mark.parametrize("name", FORWARDS)
def test_a_forwarded_mail_is_recovered_and_the_comment_is_new(name: str) -> None:
    subject, _, rest = FORWARDS[name].partition("\n")
    comment, _, below = f"\n{rest}".partition("\n8<\n")
    block, _, inner = below.partition("\n>8\n")
    inner, _, end = inner.partition("\n8<\n")
    is_html = name.endswith("[html]")
    text = block if is_html else f"{comment}\n{block}\n{inner}\n{end}"
    kind = "text/html" if is_html else "text/plain"
    mail = f"From: max@firma.example\nSubject: {subject}\nContent-Type: {kind}; charset=utf-8\n\n{text}"
    message = parse(mail.encode())
    found = message.forwarded
    assert found is not None
    assert (found.from_.name, found.from_.address) == ("Petra Vogel", "petra@mieter.example")
    assert found.subject == ("" if name == "groupwise" else "Tropfender Hahn")
    assert found.date is not None
    assert f"{found.date:%Y-%m-%d}" == "2025-11-05"
    assert found.text.split() == inner.removeprefix("> ").split()
    assert message.new_text.split() == comment.split()


MACHINES = entries("machines.txt")


@pytest.mark.parametrize("title", MACHINES)
def test_machines_and_people_are_told_apart_and_the_lost_recipient_is_named(title: str) -> None:
    kind, *more = title.rpartition(" = ")[2].split()
    message = parse(MACHINES[title].encode())
    if kind == "machine":
        assert message.automatic not in (Automatic.PERSON, Automatic.BOUNCE), message.signals
    else:
        assert message.automatic.value == kind, message.signals
    if kind == "bounce":
        assert message.bounce is not None
        assert ",".join(one.address for one in message.bounce.recipients) == more[0]
        assert not more[1:] or message.bounce.recipients[0].status == more[1]
    else:
        assert message.bounce is None or kind == "report"
