"""Letters as a stranger's parser reads them: one recipient, exactly our fields, nothing internal to a customer."""

import email
import email.policy
import re
from binascii import a2b_qp
from dataclasses import replace
from email.message import EmailMessage
from typing import cast

import pytest

from mailroute.model.letter import HELP, AttachedFile, Letter, Line, Template, Written
from mailroute.model.reply_tag import parse_bounce_tag, parse_message_id, parse_reply_tag
from mailroute.model.ruleset import ReplyMode
from mailroute.model.ticket import Party, PartyKind, Status
from mailroute.model.tokens import instance_names, verify, verify_reply
from mailroute.notify.compose import compose
from mailroute.notify.readers import FOR_CUSTOMERS
from tests.support.letters import (
    CONVERSATION,
    GENERAL,
    HUBER,
    KEYRING,
    MUELLER,
    NOW,
    SCHMIDT,
    STRANGER,
    WEB,
    a_notice,
    a_ticket,
    firm,
    shipped_templates,
    write,
)

ALWAYS = {
    "from", "to", "reply-to", "subject", "date", "message-id", "x-mailroute-instance", "content-language",
    "mime-version", "content-type",
}  # fmt: skip
SOMETIMES = {
    "in-reply-to", "references", "thread-topic", "thread-index", "auto-submitted", "x-auto-response-suppress",
    "precedence",
    "content-transfer-encoding",
}  # fmt: skip
STAFF_LETTERS = [t for t in Template if t not in FOR_CUSTOMERS or t is Template.REOPENED]


def parsed(letter: Letter) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(letter.content, policy=email.policy.default))


def text_of(letter: Letter) -> str:
    """All text of a letter: subject, plain and HTML."""
    message = parsed(letter)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(message["subject"]), *parts])


def plain_text_of(letter: Letter) -> str:
    """The plain text of a letter."""
    body = parsed(letter).get_body(("plain",))
    assert body is not None
    return cast("str", body.get_content()).replace("\r\n", "\n")


def assert_sound(letter: Letter, *, head_only: bool = False) -> None:
    """What holds for every letter, whatever it was made of. `head_only` spares the slow look into the parts."""
    head, _, _ = letter.content.partition(b"\r\n\r\n")
    assert letter.content.isascii()
    assert b"\r" not in letter.content.replace(b"\r\n", b"")
    assert b"\n" not in letter.content.replace(b"\r\n", b"")
    assert max(len(line) for line in letter.content.split(b"\r\n")) <= 998
    raw = email.message_from_bytes(head + b"\r\n\r\n", policy=email.policy.compat32)
    names = [name.lower() for name in raw]
    assert len(names) == len(set(names))
    assert set(names) >= ALWAYS
    assert set(names) <= ALWAYS | SOMETIMES
    assert b"\x00" not in head
    message = parsed(replace(letter, content=head + b"\r\n\r\n")) if head_only else parsed(letter)
    for field in ("from", "to", "reply-to"):
        assert len(message[field].addresses) == 1
        assert not message[field].defects
    assert message["to"].addresses[0].addr_spec.lower() == letter.to.address.lower()
    if head_only:
        return
    assert not [defect for part in message.walk() for defect in part.defects]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", list(Template), ids=str)
def test_every_letter_is_sound(template: Template, language: str) -> None:
    (letter,) = write(a_notice(template, language)).letters
    assert_sound(letter)
    assert ("T-10428" in letter.subject) is (template not in GENERAL)


@pytest.mark.parametrize("template", GENERAL, ids=str)
def test_a_letter_that_belongs_to_no_ticket_names_none_and_takes_replies(template: Template) -> None:
    notice = a_notice(template)
    (letter,) = write(notice).letters
    message = parsed(letter)
    tag = parse_reply_tag(message["reply-to"].addresses[0].username.partition("+")[2])
    assert letter.number is None
    assert tag is not None
    assert tag.number is None
    assert verify_reply(KEYRING, tag.token, "abc", None, notice.to.address)
    assert not verify_reply(KEYRING, tag.token, "abc", 10428, notice.to.address)
    assert parse_message_id(letter.message_id) == replace(tag, via="message-id")
    assert ("T-" in text_of(letter)) is bool(letter.listed)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", [one for one in Template if one is not Template.ALARM], ids=str)
def test_a_letter_names_its_page_once_in_each_form(template: Template, language: str) -> None:
    page = "/tickets/10428?page=1"
    parts = [
        part.get_content()
        for part in parsed(write(a_notice(template, language, page=page)).letters[0]).walk()
        if part.get_content_maintype() == "text"
    ]
    assert parts
    assert [part.count(WEB + page) for part in parts] == [1] * len(parts)


def test_each_ticket_of_a_list_can_be_answered_from_it() -> None:
    (letter,) = write(a_notice(Template.DIGEST)).letters
    assert letter.listed == (10428, 10430)
    tags = [parse_reply_tag(one) for one in re.findall(r"service%2B(t[1-9]\d*\.\w+)@", text_of(letter))]
    assert [one.number for one in tags if one] == [10428, 10430]
    assert all(one and verify_reply(KEYRING, one.token, "abc", one.number, HUBER.address) for one in tags)


HOSTILE = [
    "a\r\nBcc: victim@example.org",
    "a\nBcc: victim@example.org",
    "a\rBcc: victim@example.org",
    "a\r\n\r\n<script>alert(1)</script>",
    "a\x00b",
    "a\x0bBcc: x@y",
    "a\x0c\x1c\x1d\x1e\x85Bcc: x@y",
    "a\u2028Bcc: x@y\u2029To: z@y",
    "=?utf-8?q?a=0D=0ABcc:_x@y?=",
    "=?utf-8?B?YQ0KQmNjOiB4QHk=?=",
    "x <evil@example.org>, y",
    'x" <evil@example.org>, "y',
    "x\\",
    'x\\" <evil@example.org>',
    "evil@example.org",
    "(comment) <evil@example.org>",
    "group: a@b, c@d;",
    ';:,<>@[]()"\\.',
    "{{ 7*7 }}{% for x in y %}",
    "{{ self.__init__.__globals__ }}",
    "\u202egnp.exe",
    "\ufeff\u200b\u2066x\u2069",
    "\ud800\udfff\udc80",
    "ä" * 3000,
    "a" * 5000,
    "a " * 5000,
    "𝒳" * 500,
    "👨‍👩‍👧‍👦" * 50,
    "--=_alternative_0000--",
    "\r\n--=_mixed",
    ".\r\n.\r\nQUIT",
    "-- bitte oberhalb dieser Zeile antworten / please reply above this line --",
    "<b onmouseover=alert(1)>x</b>",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "$(reboot) `id` | cat /etc/passwd",
    "../../etc/passwd",
    "",
    " ",
    "\t\r\n ",
]
# One behind another.
HOSTILE_PAIRS = [one + other for one in HOSTILE[:16] for other in HOSTILE[16:26]]


def test_there_are_two_hundred_hostile_values() -> None:
    assert len(HOSTILE + HOSTILE_PAIRS) >= 200


@pytest.mark.parametrize(
    "values", [HOSTILE, pytest.param(HOSTILE_PAIRS, marks=pytest.mark.long)], ids=["alone", "in pairs"]
)
@pytest.mark.parametrize(
    "field", ["subject", "name", "place", "text", "reason", "why", "thread", "file", "said", "author"]
)
def test_no_hostile_value_makes_a_header_or_a_recipient(field: str, values: list[str]) -> None:
    templates, ruleset = shipped_templates(), firm()
    base = a_notice(Template.NOTIFICATION)
    for value in values:
        name = Party(PartyKind.STAFF, "huber", value, "huber@abc-hausverwaltung.example")
        changes: dict[str, dict[str, object]] = {
            "subject": {"ticket": a_ticket(subject=value)},
            "name": {"to": name, "ticket": a_ticket(reporter=replace(MUELLER, name=value, address=value))},
            "place": {"place": value},
            "text": {"text": value},
            "reason": {"reason": value, "template": Template.RETURNED},
            "why": {"why": (value,), "candidates": (value,)},
            "thread": {
                "in_reply_to": value,
                "references": (value, f"<{value}@x>"),
                "to": MUELLER,
                "template": Template.ANSWER,
            },
            "file": {"attach": (1,)},
            "said": {"lines": (Line(value, value, False),), "template": Template.RECEIPT},
            "author": {"author": replace(MUELLER, name=value, address=value)},
        }
        notice = replace(base, **changes[field])  # type: ignore[arg-type]
        files = (AttachedFile(value, value, value.encode("utf-8", "replace")),)
        composed = compose(
            [notice],
            ruleset=ruleset,
            templates=templates,
            keyring=KEYRING,
            cause="m1",
            now=NOW,
            attachments=lambda _, files=files: files,  # type: ignore[misc]
            texts=lambda written, value=value: value,  # type: ignore[misc]
        )
        assert composed.skipped == ()
        assert_sound(composed.letters[0], head_only=field not in ("text", "file"))
        page = a2b_qp(composed.letters[0].content).lower()
        assert b"<script" not in page.partition(b"text/html")[2]
        assert b"<b onmouseover" not in page.partition(b"text/html")[2]


@pytest.mark.parametrize(
    "address",
    [
        "müller@mieter.example",
        '"a b"@mieter.example',
        "",
        "x",
        "a@b@c",
        "a@-b",
        "a@b..c",
        "a\r\nb@c.example",
        "<a@b.example>",
        "a@b.example, c@d.example",
        "@",
        "a@" + "x" * 300,
    ],
)
def test_an_address_that_no_relay_takes_makes_no_letter_but_a_reason(address: str) -> None:
    composed = write(
        a_notice(Template.NOTIFICATION, to=replace(HUBER, address=address)),
        a_notice(Template.ACKNOWLEDGEMENT),
    )
    assert [letter.template for letter in composed.letters] == [Template.ACKNOWLEDGEMENT]
    assert "\n" not in composed.skipped[0].why


def test_a_domain_beyond_ascii_is_spelled_in_idna() -> None:
    (letter,) = write(
        a_notice(Template.NOTIFICATION, to=replace(HUBER, address="huber@straße.example"))
    ).letters
    assert parsed(letter)["to"].addresses[0].addr_spec == "huber@xn--strae-oqa.example"


# --- who may read what --------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", STAFF_LETTERS, ids=str)
def test_an_internal_letter_never_goes_to_a_customer(template: Template) -> None:
    composed = write(a_notice(template, to=MUELLER))
    if template is Template.REOPENED:
        assert "Max-Planck" not in text_of(composed.letters[0])
        return
    assert composed.letters == ()
    assert "internal" in composed.skipped[0].why


SECRET = "GEHEIMNIS"


@pytest.mark.parametrize("template", sorted(FOR_CUSTOMERS - {Template.INVITATION}), ids=str)
def test_a_customer_reads_nothing_internal(template: Template) -> None:
    notice = a_notice(
        template, to=MUELLER, place=SECRET, reason=SECRET, why=(SECRET,), candidates=(SECRET,), lines=(Line(SECRET, SECRET, True),),
        ticket=a_ticket(role=SECRET, assignee=SECRET, inbox="service@abc-hausverwaltung.example"),
    )  # fmt: skip
    (letter,) = write(notice).letters
    assert SECRET.encode() not in letter.content
    assert SECRET not in text_of(letter)
    assert "oberhalb dieser Zeile" not in text_of(letter)


def test_an_acknowledgement_holds_none_of_the_sender_s_words() -> None:
    """A stranger could else have us send their advertisement to anybody (reliability §0.9)."""
    words = "KAUFEN SIE"
    ticket = a_ticket(subject=words, reporter=replace(STRANGER, name=words))
    notice = a_notice(
        Template.ACKNOWLEDGEMENT,
        to=replace(STRANGER, name=words),
        ticket=ticket,
        text=words,
        author=replace(STRANGER, name=words),
        attach=(1,),
    )
    (letter,) = write(notice).letters
    assert words not in text_of(letter)
    assert str(parsed(letter)["to"]) == STRANGER.address
    assert not list(parsed(letter).iter_attachments())
    assert text_of(letter).count("Guten Tag,") == 2


def test_an_answer_is_the_text_the_footer_and_nothing_else() -> None:
    (letter,) = write(a_notice(Template.ANSWER, text="Ja, am Freitag.")).letters
    body = parsed(letter).get_content()
    assert body.replace("\r\n", "\n").startswith(
        "Ja, am Freitag.\n\n-- \nPetra Huber\nABC Hausverwaltung GmbH"
    )
    assert letter.not_before is not None


def test_an_acknowledgement_of_an_emergency_begins_with_whom_to_call() -> None:
    urgent = a_notice(Template.ACKNOWLEDGEMENT, ticket=a_ticket(case_type="notfall", urgency=1))
    letter, without_phone, calm = (
        *write(urgent).letters,
        *write(urgent, ruleset=firm(emergency_phone=None)).letters,
        *write(a_notice(Template.ACKNOWLEDGEMENT)).letters,
    )
    body = plain_text_of(letter)
    assert "089 1234567" in body.splitlines()[0]
    assert "112" in body.splitlines()[1]
    assert body.count("112") == 1
    assert "089 1234567" in letter.subject
    assert "112" in plain_text_of(without_phone).splitlines()[0]
    assert plain_text_of(calm).startswith("Guten Tag")


# --- the matter, for whoever gets the ticket ----------------------------------------------------------------

HANDED_OVER = [Template.ASSIGNED, Template.RETURNED, Template.REOPENED]
TOLD_AGAIN = [Template.REMINDER, Template.ESCALATION]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", [*HANDED_OVER, *TOLD_AGAIN], ids=str)
def test_whoever_is_given_a_ticket_reads_what_it_is_about(template: Template, language: str) -> None:
    (letter,) = write(a_notice(template, language, passes_on=CONVERSATION[:2])).letters
    words = text_of(letter)
    for said in ("Bei uns gibt es keinen Garten.", "Hier noch das Foto vom Hof."):
        assert words.count(said) == 2  # in the text and in the page
    assert "Abrechnung 2025.pdf" in words


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", HANDED_OVER, ids=str)
def test_whoever_is_given_an_unclear_ticket_reads_what_they_can_pick(
    template: Template, language: str
) -> None:
    (letter,) = write(a_notice(template, language, candidates=("Rechnung", "Lindenweg 1"))).letters
    words = text_of(letter)
    assert "1. Rechnung" in words
    assert words.count("Lindenweg 1") == 2  # in the text and in the page


@pytest.mark.parametrize("template", [*HANDED_OVER, *TOLD_AGAIN], ids=str)
def test_the_files_go_to_the_new_person_and_are_only_named_in_a_reminder(template: Template) -> None:
    (letter,) = write(a_notice(template)).letters
    enclosed = [part.get_filename() for part in parsed(letter).iter_attachments()]
    assert bool(enclosed) == (template in HANDED_OVER)
    assert ("beim Vorgang gespeichert" in text_of(letter)) == (template in TOLD_AGAIN)


def test_mails_that_are_left_out_are_counted() -> None:
    far = (CONVERSATION[0], replace(CONVERSATION[1], nth=6), replace(CONVERSATION[2], nth=8))
    words = plain_text_of(write(a_notice(Template.ASSIGNED, passes_on=far)).letters[0])
    assert "[4 weitere Nachrichten liegen dazwischen.]" in words
    assert "[Eine weitere Nachricht liegt dazwischen.]" in words


def test_all_mails_share_the_room_for_files_and_words() -> None:
    big = AttachedFile("film.mp4", "video/mp4", b"x" * 6_000_000)
    both = tuple(replace(one, files=1) for one in CONVERSATION[:2])
    composed = compose(
        [a_notice(Template.ASSIGNED, passes_on=both, attach=(17, 18))],
        ruleset=firm(),
        templates=shipped_templates(),
        keyring=KEYRING,
        cause="m1",
        now=NOW,
        attachments=lambda _: (big,),
        texts=lambda _: "'" * 10_000_000,
    )
    (letter,) = composed.letters
    assert composed.faults == ()
    assert len(list(parsed(letter).iter_attachments())) == 1
    assert text_of(letter).count("zu groß für diese Mail") == 2  # in the text and in the page


def test_each_mail_is_read_once_for_all_letters_of_a_decision() -> None:
    read: list[int] = []
    opened: list[int] = []

    def text(written: Written) -> str:
        read.append(written.intake)
        return ""

    def files(intake: int) -> tuple[AttachedFile, ...]:
        opened.append(intake)
        return ()

    compose(
        [a_notice(Template.ASSIGNED), a_notice(Template.RETURNED), a_notice(Template.RETURNED, "en")],
        ruleset=firm(),
        templates=shipped_templates(),
        keyring=KEYRING,
        cause="m1",
        now=NOW,
        attachments=files,
        texts=text,
    )
    assert sorted(read) == [17, 19, 20, 21]
    assert opened == [17]


def test_words_that_were_given_with_the_notice_come_before_older_ones() -> None:
    words = plain_text_of(write(a_notice(Template.FOLLOW_UP, passes_on=CONVERSATION)).letters[0])
    assert "Foto vom Hof" in words
    assert "Bei uns gibt es keinen Garten" not in words


# --- the wording --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", STAFF_LETTERS, ids=str)
def test_herr_bends_behind_a_preposition(template: Template) -> None:
    herr = replace(MUELLER, name="Herr Müller")
    notice = a_notice(template, ticket=a_ticket(reporter=herr, assignee="schmidt"), author=herr)
    rules = firm(features=("closing-letter",))
    words = " ".join(text_of(write(notice, ruleset=rules).letters[0]).split())
    for preposition in ("an", "von", "bei", "für", "erreichen Sie"):
        assert f" {preposition} Herr " not in words


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", [Template.FOLLOW_UP, Template.REMINDER, Template.RECEIPT], ids=str)
def test_what_is_accepted_is_not_to_be_accepted_again(template: Template, language: str) -> None:
    ticket = a_ticket(status=Status.ACCEPTED, reminders=1)
    lines = (Line("x", "x", True),)
    reason = HELP if template is Template.RECEIPT else ""
    words = text_of(write(a_notice(template, language, ticket=ticket, lines=lines, reason=reason)).letters[0])
    assert re.search(r"\b(annehmen|accept)\b", words, re.IGNORECASE) is None
    open_words = text_of(write(a_notice(template, language, lines=lines, reason=reason)).letters[0])
    assert re.search(r"\b(annehmen|accept)\b", open_words, re.IGNORECASE) is not None


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", STAFF_LETTERS, ids=str)
def test_a_subject_does_not_name_a_matter_that_nobody_knows(template: Template, language: str) -> None:
    ticket = a_ticket(case_type=None, subject="Anfrage", reminders=1)
    (letter,) = write(a_notice(template, language, ticket=ticket, place="")).letters
    assert letter.subject.count("Anfrage") <= 1
    assert "equest" not in letter.subject


# --- headers ------------------------------------------------------------------------------------------------

AUTOMATIC = {
    Template.ACKNOWLEDGEMENT: "auto-replied",
    Template.RECEIPT: "auto-replied",
    Template.UNCONFIRMED: "auto-replied",
    Template.PREVIEW: "auto-replied",
    Template.INFORMED: "auto-generated",
    Template.TAKEN: "auto-generated",
    Template.REVOKED: "auto-generated",
    Template.CHANGES: "auto-generated",
    Template.MUTED: "auto-generated",
    Template.UNMUTED: "auto-generated",
    Template.NOT_DELIVERED: "auto-generated",
    Template.SETTLED: "auto-generated",
    Template.SPLIT: "auto-generated",
    Template.GATHERED: "auto-generated",
    Template.CLOSED: "auto-generated",
    Template.PARTNER_RECEIPT: "auto-replied",
    Template.PARTNER_EXPIRED: "auto-generated",
    Template.PARTNER_NEWS: "auto-generated",
    Template.GENERAL_RECEIPT: "auto-replied",
    Template.LETTER_RETURNED: "auto-generated",
    Template.AWAY_NOTICED: "auto-generated",
    Template.REFUSED: "auto-replied",
    Template.REROUTED: "auto-generated",
    Template.UNANSWERED: "auto-replied",
    Template.INVITATION: "auto-generated",
    Template.INVITATION_CONFIRMED: "auto-replied",
    Template.WELCOME: "auto-generated",
    Template.SIGN_IN: "auto-generated",
    Template.RULES_REFUSED: "auto-generated",
    Template.HOLES: "auto-generated",
    Template.SHARED_DAILY: "auto-generated",
}


@pytest.mark.parametrize("template", list(Template), ids=str)
def test_offers_reminders_and_answers_of_people_do_not_call_themselves_automatic(template: Template) -> None:
    message = parsed(write(a_notice(template)).letters[0])
    assert message["auto-submitted"] == AUTOMATIC.get(template)
    assert message["x-auto-response-suppress"] == ("All" if template in AUTOMATIC else None)
    assert message["x-mailroute-instance"] == instance_names(KEYRING, "abc")[0]


def test_the_reply_address_and_the_message_id_are_signed_for_this_reader() -> None:
    (letter,) = write(a_notice(Template.NOTIFICATION)).letters
    message = parsed(letter)
    tag = parse_reply_tag(message["reply-to"].addresses[0].username.partition("+")[2])
    same = parse_message_id(letter.message_id)
    assert tag is not None
    assert same is not None
    assert message["message-id"] == letter.message_id
    assert (tag.number, tag.token) == (same.number, same.token)
    assert verify_reply(KEYRING, tag.token, "abc", 10428, HUBER.address)
    assert not verify_reply(KEYRING, tag.token, "abc", 10428, SCHMIDT.address)


def test_the_bounce_address_is_signed_for_this_letter() -> None:
    (letter,) = write(a_notice(Template.NOTIFICATION)).letters
    tag = parse_bounce_tag(letter.mail_from.partition("@")[0].partition("+")[2])
    assert tag is not None
    assert tag.letter == letter.id == "abc-m17-1"
    assert verify(KEYRING, tag.token, "bounce", letter.id)


def test_a_catchall_inbox_has_the_tag_as_its_local_part() -> None:
    (letter,) = write(a_notice(Template.NOTIFICATION), ruleset=firm(ReplyMode.CATCHALL)).letters
    assert parse_reply_tag(parsed(letter)["reply-to"].addresses[0].username) is not None
    assert parse_bounce_tag(letter.mail_from.partition("@")[0]) is not None


def test_without_plus_addresses_the_buttons_carry_the_token() -> None:
    (letter,) = write(a_notice(Template.NOTIFICATION), ruleset=firm(ReplyMode.BODY)).letters
    message = parsed(letter)
    tag = parse_message_id(letter.message_id)
    assert tag is not None
    assert (
        message["reply-to"].addresses[0].addr_spec == letter.mail_from == "service@abc-hausverwaltung.example"
    )
    assert f"body=annehmen%0D%0A%0D%0A%5Bt10428.{tag.token}%5D" in text_of(letter)


def test_a_customer_s_letter_lies_in_their_own_thread() -> None:
    message = parsed(write(a_notice(Template.ANSWER)).letters[0])
    assert message["in-reply-to"] == "<0815.frage@mieter.example>"
    assert message["references"] == "<0815.frage@mieter.example>"
    closed = parsed(write(a_notice(Template.CLOSED)).letters[0])
    assert closed["in-reply-to"] == "<0815.frage@mieter.example>"


def test_the_letters_of_a_ticket_to_staff_lie_in_one_thread_that_is_not_the_customer_s() -> None:
    letters = write(
        a_notice(Template.NOTIFICATION), a_notice(Template.REMINDER), a_notice(Template.RECEIPT)
    ).letters
    roots = {parsed(letter)["references"].split()[0] for letter in letters}
    assert len(roots) == 1
    assert all(b"0815.frage" not in letter.content for letter in letters)
    assert parse_message_id(roots.pop()) is None


def test_a_long_thread_keeps_its_first_and_its_last_ids() -> None:
    ids = tuple(f"<{n}@x.example>" for n in range(300))
    message = parsed(write(a_notice(Template.ANSWER, references=ids, in_reply_to=ids[-1])).letters[0])
    kept = message["references"].split()
    assert kept[0] == "<0@x.example>"
    assert kept[-1] == "<299@x.example>"
    assert len(kept) == 12


# --- attachments --------------------------------------------------------------------------------------------


def test_attachments_arrive_byte_for_byte_under_their_names() -> None:
    message = parsed(write(a_notice(Template.NOTIFICATION)).letters[0])
    found = [(part.get_filename(), part.get_content_type()) for part in message.iter_attachments()]
    assert found == [("Abrechnung 2025.pdf", "application/pdf"), ("Bild vom Hof für Sie.jpg", "image/jpeg")]
    contents = [part.get_payload(decode=True) for part in message.iter_attachments()]
    assert contents == [b"%PDF-1.4 kurz", bytes(range(256)) * 4]


def test_what_is_too_large_is_named_and_not_enclosed() -> None:
    files = (
        AttachedFile("film.mp4", "video/mp4", b"x" * 11_000_000),
        AttachedFile("foto.jpg", "image/jpeg", b"y"),
    )
    composed = compose(
        [a_notice(Template.NOTIFICATION)], ruleset=firm(), templates=shipped_templates(), keyring=KEYRING, cause="m1", now=NOW, attachments=lambda _: files, texts=lambda _: ""
    )  # fmt: skip
    (letter,) = composed.letters
    assert [part.get_filename() for part in parsed(letter).iter_attachments()] == ["foto.jpg"]
    assert "film.mp4 (11,0 MB) – zu groß für diese Mail" in text_of(letter)


def test_a_mail_inside_a_mail_is_enclosed_as_bytes() -> None:
    """RFC 2046 §5.2.1 allows no base64 for message/rfc822; and nobody's parser is to look into it."""
    files = (
        AttachedFile("weiter.eml", "message/rfc822", b"Subject: x\r\n\r\ny"),
        AttachedFile("x", "multipart/mixed; boundary=a", b"z"),
    )
    composed = compose(
        [a_notice(Template.NOTIFICATION)], ruleset=firm(), templates=shipped_templates(), keyring=KEYRING, cause="m1", now=NOW, attachments=lambda _: files, texts=lambda _: ""
    )  # fmt: skip
    types = {part.get_content_type() for part in parsed(composed.letters[0]).iter_attachments()}
    assert types == {"application/octet-stream"}


# --- the rest -----------------------------------------------------------------------------------------------


def test_the_same_decision_makes_the_same_bytes() -> None:
    notices = [a_notice(template) for template in Template]
    assert write(*notices) == write(*notices)


def test_letters_are_numbered_by_their_cause() -> None:
    letters = write(a_notice(Template.NOTIFICATION), a_notice(Template.ACKNOWLEDGEMENT)).letters
    assert [letter.id for letter in letters] == ["abc-m17-1", "abc-m17-2"]


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Frau Petra Huber", "Guten Tag Frau Huber,"),
        ("Petra Huber", "Guten Tag Petra Huber,"),
        ("Huber, Petra", "Guten Tag Petra Huber,"),
        ("Frau Dr. Huber", "Guten Tag Frau Dr. Huber,"),
        ("Herr", "Guten Tag,"),
        ("huber@firm.example", "Guten Tag,"),
        ("", "Guten Tag,"),
    ],
)
def test_people_are_greeted_by_the_name_we_know(name: str, greeting: str) -> None:
    (letter,) = write(a_notice(Template.NOTIFICATION, to=replace(HUBER, name=name))).letters
    assert greeting in text_of(letter)


@pytest.mark.parametrize("template", [Template.ACKNOWLEDGEMENT, Template.ANSWER, Template.CLOSED], ids=str)
def test_a_partner_who_reported_something_gets_what_any_reporter_gets(template: Template) -> None:
    partner = Party(PartyKind.PARTNER, "sturm", "Dachdeckerei Sturm", "auftrag@sturm.example")
    ticket = a_ticket(reporter=partner)
    [letter] = write(
        a_notice(template, to=partner, ticket=ticket, text="Die Rechnung ist angekommen.")
    ).letters
    assert letter.to == partner
    assert ("Die Rechnung ist angekommen." in text_of(letter)) is (template is not Template.ACKNOWLEDGEMENT)
    assert "notiz:" not in text_of(letter)
