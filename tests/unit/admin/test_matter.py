"""What `mailroute classify` makes of any file."""

from pathlib import Path

import pytest

from mailroute.admin.matter import Judge, is_mail, read_message
from mailroute.rules import load
from tests.support.matters import judge_of

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return judge_of("property-de")


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.example\nSubject: x\n\ntext",
        b"Received: from x\n\tby y\nTo: c@d.example\n\ntext",
        b"From a@b.example Tue Nov 24 09:00:00 2026\nFrom: a@b.example\n\ntext",
        b"\xef\xbb\xbfMIME-Version: 1.0\r\nSubject: x\r\n\r\ntext",
    ],
)
def test_a_header_makes_a_mail(content: bytes) -> None:
    assert is_mail(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: Heizung\n\nkalt",
        b"Betreff: Heizung\nkalt",
        b"Guten Tag,\nfrom: here it is cold",
        b"To: everybody who lives here\nmy name is Kim",
        b"\x00\xff\xfe",
        b"Achtung: kalt",
    ],
)
def test_anything_else_is_a_text(content: bytes) -> None:
    assert not is_mail(content)


@pytest.mark.parametrize(
    ("content", "subject", "text"),
    [
        (b"Betreff: Heizung\nkalt", "Heizung", "kalt"),
        (b"\n\nsubject:  Heizung \r\n\r\nkalt", "Heizung", "kalt"),
        ("Betreff: Schlüssel\nweg".encode("latin-1"), "Schlüssel", "weg"),
        ("\ufeffBetreff: Schlüssel\nweg".encode(), "Schlüssel", "weg"),
        (b"Es ist kalt\nBetreff: nein", "", "Es ist kalt\nBetreff: nein"),
    ],
)
def test_the_first_line_of_a_text_may_be_its_subject(content: bytes, subject: str, text: str) -> None:
    message = read_message(content)
    assert (message.subject, message.new_text.strip()) == (subject, text)


def test_the_keys_are_those_of_the_design(judge: Judge) -> None:
    view = judge.view("x.txt", b"Betreff: Heizung\nDie Heizung ist kalt.")
    assert list(view) == ["file", "case_type", "case_types", "emergency", "urgency", "roles"]
    assert (view["case_type"], view["urgency"], view["emergency"]) == ("heizung_warmwasser", 2, False)
    assert view["roles"] == ["schaden_technik", "hausmeister"]
    assert view["case_types"][0]["because"].startswith('"Heizung" (subject)')


def test_what_a_rule_decides_stands_first(judge: Judge) -> None:
    view = judge.view("x", b"Im ganzen Haus ist Stromausfall! Die Heizung ist auch kalt.")
    assert (view["case_type"], view["emergency"], view["urgency"]) == ("havarie_notfall", True, 1)
    assert view["case_types"][0]["id"] == "havarie_notfall"
    assert 'rule: "Stromausfall" in the text' in view["case_types"][0]["because"]
    assert view["roles"] == ["bereitschaft", "objektbetreuung"]


def test_unclear_goes_to_the_front_desk(judge: Judge) -> None:
    view = judge.view("x", b"Bitte rufen Sie mich an.")
    assert (view["case_type"], view["roles"], view["emergency"]) == (None, ["zentrale"], False)


def test_a_chain_has_no_role() -> None:
    view = Judge.of((load(CHECKOUT / "rules"),)).view("x", b"Subject: claim number 4711\n\nour insurance")
    assert (view["case_type"], view["roles"]) == ("versicherung", ["buchhaltung"])


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 1000, bytes(range(256)) * 50, b"Subject:", b"\n" * 5000, b"From: \xff\n\n\xff"]
)
def test_no_file_crashes_it(judge: Judge, content: bytes) -> None:
    assert judge.view("x", content)["case_type"] is None
