"""Every letter as its reader meets it: text and HTML say the same, nothing is fetched, nothing is too long."""

from __future__ import annotations

import re
from base64 import b64decode
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mailroute.model.letter import Template
from mailroute.model.ruleset import ReplyMode
from mailroute.notify.headers import short_subject
from mailroute.routing.commands import parse_commands
from tests.support.letters import FOOTER, WEB, a_notice, firm, write

LETTERS = sorted((Path(__file__).parent / "letters").glob("*/*.eml"))
TO_CUSTOMERS = ("acknowledgement", "answer", "closed", "reopened-customer")

# A button is a word in HTML and a line to write in the text; labels of rows are sentences there.
ONLY_IN_HTML = set(
    """annehmen antworten weitergeben ablehnen selbst übernehmen öffnen wieder bleibt intern senden knopf
    zurückgeben give back done jeder öffnet eine vorbereitete mail die sie nur noch absenden accept answer assign close note reject myself take over
    reopen each button opens a that is ready for you to send stays internal oder or""".split()
)
ONLY_IN_TEXT = set(
    """annehmen weiter an name erledigt text notiz ablehnen grund übernehmen beginnen sie ihre antwort mit einem dieser
    wörter oder accept assign close note reject reason take begin your reply with one of these words or name text
    schreibt writes""".split()
)


class _Visible(HTMLParser):
    """The words that a reader sees, and what a program would fetch or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "title")
        for name, value in attrs:
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "background", "srcset", "poster") or "url(" in (value or ""):
                self.fetched.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words += words(data)


def words(text: str) -> list[str]:
    return re.findall(r"[\w@.+-]*\w", text.lower())


@cache
def read(path: Path) -> tuple[EmailMessage, str, _Visible | None]:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    visible = None
    if html is not None:
        visible = _Visible()
        visible.feed(html.get_content())
    return mail, plain.get_content(), visible


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", LETTERS, ids=name_of)
def test_text_and_html_say_the_same(path: Path) -> None:
    """Whatever one says the other says too; only buttons are words here and lines to write there."""
    _, text, html = read(path)
    if html is None:
        return
    # A page of ours is its address here, and what words lead to there.
    pages = {word for link in html.links if link.startswith(WEB) for word in words(link)}
    in_text, in_html = set(words(text)), set(html.words) | pages
    assert in_html - in_text - pages <= ONLY_IN_HTML
    assert {one for one in in_text - in_html if not one.isdigit()} <= ONLY_IN_TEXT


@pytest.mark.parametrize("path", LETTERS, ids=name_of)
def test_nothing_is_fetched_nobody_is_watched_and_every_link_is_a_reply_or_a_page_of_ours(path: Path) -> None:
    _, _, html = read(path)
    if html is not None:
        assert html.fetched == []
        assert all(link.startswith(("mailto:", f"{WEB}/")) for link in html.links)


@pytest.mark.parametrize("path", LETTERS, ids=name_of)
def test_the_subject_fits_a_phone_and_names_the_ticket(path: Path) -> None:
    mail, _, _ = read(path)
    assert len(mail["Subject"]) < 70
    assert "T-10428" in mail["Subject"] or mail["Thread-Topic"] is None, "but for what belongs to no ticket"


@pytest.mark.parametrize("path", LETTERS, ids=name_of)
def test_a_letter_lies_in_a_conversation(path: Path) -> None:
    """By References for most programs, by Thread-Index for Outlook; a customer's is the one that they began."""
    mail, _, _ = read(path)
    if "T-10428" not in mail["Subject"]:
        return
    assert mail["References"].split()[-1] == mail["In-Reply-To"]
    if path.stem.startswith(TO_CUSTOMERS):
        assert mail["Thread-Index"] is None
    elif mail["Thread-Index"] is not None:
        assert len(b64decode(mail["Thread-Index"])) == 22


@pytest.mark.parametrize(
    "path", [path for path in LETTERS if path.stem.startswith(TO_CUSTOMERS)], ids=name_of
)
def test_who_is_outside_reads_who_we_are(path: Path) -> None:
    """A business letter names the firm, its seat and register (§ 35a GmbHG, § 37a HGB), a mail too."""
    _, text, html = read(path)
    assert FOOTER in text.replace("\r\n", "\n")
    if html is not None:
        assert set(words(FOOTER)) <= set(html.words)


@pytest.mark.parametrize("path", LETTERS, ids=name_of)
def test_the_dark_is_looked_after_and_outlook_gets_tables(path: Path) -> None:
    mail, _, _ = read(path)
    html = mail.get_body(("html",))
    if html is None:
        return
    source = html.get_content()
    assert '<meta name="color-scheme" content="light dark">' in source
    assert "prefers-color-scheme: dark" in source
    assert '<html lang="' in source
    assert re.findall(r"<(?:img|script|link|iframe|form|video|object)\b", source) == []
    # Programs that drop <style> still know each colour and size: they stand at the element.
    for tag in re.findall(r"<(?:p|td|ul|ol|li)(?: [^>]*)?>", re.sub(r"<!--.*?-->", "", source)):
        assert "style=" in tag, tag


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("reply", [ReplyMode.PLUS, ReplyMode.BODY], ids=str)
def test_one_tap_fills_in_what_is_understood(language: str, reply: ReplyMode) -> None:
    """RFC 6068: UTF-8 octets in per cent, blanks as %20; what the button writes is a verb that is carried out."""
    notice = a_notice(Template.ESCALATION, language)
    [letter] = write(notice, ruleset=firm(reply)).letters
    mail = message_from_bytes(letter.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    html = mail.get_body(("html",))
    assert html is not None
    visible = _Visible()
    visible.feed(html.get_content())
    for link in visible.links:
        parts = urlsplit(link)
        assert link.isascii()
        assert "+" not in link, "some programs read it as a blank"
        assert unquote(parts.path) == re.search(r"<(.*)>", mail["Reply-To"])[1]  # type: ignore[index]
        asked = parse_qs(parts.query, keep_blank_values=True)
        assert asked["subject"] == ["Re: T-10428"]
        first = asked["body"][0].splitlines()[0]
        [command] = parse_commands(first + "x" if first.endswith(": ") else first, ())
        assert type(command).__name__ in ("Take", "Note")
        assert ("[t10428." in asked["body"][0]) == (reply is ReplyMode.BODY)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("T-1 Rechnung", "T-1 Rechnung"),
        ("T-1 " + "Dachrinne " * 10, "T-1 Dachrinne Dachrinne Dachrinne Dachrinne Dachrinne Dachrinne…"),
        (
            "Re: " + "Dachrinne " * 10 + "(T-1)",
            "Re: Dachrinne Dachrinne Dachrinne Dachrinne Dachrinne… (T-1)",
        ),
        ("T-1 " + "x" * 100, "T-1 " + "x" * 64 + "…"),
        ("T-12 gehört zu " + "x" * 100, "T-12 gehört zu " + "x" * 47 + "… (T-1)"),
    ],
)
def test_a_long_subject_is_cut_at_a_word_and_keeps_the_number(long: str, short: str) -> None:
    assert short_subject(long, "T-1") == short
    assert len(short) < 70


def test_all_letters_to_customers_are_looked_at() -> None:
    assert {path.stem for path in LETTERS if path.parent.name == "de"} >= set(TO_CUSTOMERS)
