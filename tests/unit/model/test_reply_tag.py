"""The grammar of reply addresses, bounce addresses and our Message-IDs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroute.model.keys import BounceTag, ReplyTag
from mailroute.model.reply_tag import (
    bounce_tag,
    holds_reply_tag,
    is_letter_of_ours,
    message_id,
    parse_bounce_tag,
    parse_message_id,
    parse_message_id_letter,
    parse_reply_tag,
    reply_tag,
    reply_tags_in_text,
    text_tag,
    without_reply_tags,
)
from mailroute.model.tokens import ALPHABET, LENGTH

TOKEN = "k7q3x9wmbz4p"
tokens = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)
numbers = st.integers(1, 10**12 - 1)
letters = st.from_regex(r"[a-z0-9][a-z0-9-]{0,40}", fullmatch=True)


@given(numbers, tokens)
def test_a_reply_tag_comes_back_as_it_went(number: int, token: str) -> None:
    assert parse_reply_tag(reply_tag(number, token)) == ReplyTag(number, token, "reply-address")
    assert reply_tags_in_text(f"Guten Tag {text_tag(number, token)}.") == (ReplyTag(number, token, "text"),)


@given(letters, tokens)
def test_a_bounce_tag_comes_back_as_it_went(letter: str, token: str) -> None:
    assert parse_bounce_tag(bounce_tag(letter, token)) == BounceTag(letter, token)


@given(numbers, tokens, letters)
def test_a_message_id_comes_back_as_it_went(number: int, token: str, letter: str) -> None:
    whole = message_id(number, token, letter, "firm.example")
    assert parse_message_id(whole) == parse_message_id(whole[1:-1]) == ReplyTag(number, token, "message-id")
    assert parse_message_id_letter(whole) == letter


@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert parse_reply_tag(text) is None
    assert parse_bounce_tag(text) is None
    assert parse_message_id(text) is None
    assert parse_message_id_letter(text) is None
    assert reply_tags_in_text(text) == ()


def test_a_tag_written_in_capitals_is_read() -> None:
    assert parse_reply_tag(f"T10428.{TOKEN.upper()}") == ReplyTag(10428, TOKEN, "reply-address")


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "t10428",
        f"t.{TOKEN}",
        f"t00.{TOKEN}",
        f"t010428.{TOKEN}",
        f"t-1.{TOKEN}",
        f"t١٢٣.{TOKEN}",
        f"t10428.{TOKEN}x",
        "t10428.\u212a7q3x9wmbz4p",
        "t10428.aaaaaaaaaaaa",
        f"t10428.{TOKEN}\n.evil",
        f"t{'9' * 100}.{TOKEN}",
        f"t10428.{TOKEN}\x00",
        f"b10428.{TOKEN}@x",
    ],
)
def test_a_tag_that_we_never_wrote_is_none(tag: str) -> None:
    assert parse_reply_tag(tag) is None


@pytest.mark.parametrize(
    "text", ["<<t1.a@b>>", "a" * 100_000, f"<t1.{TOKEN}.x@>", f"<t1.{TOKEN}@firm.example>", "<@>"]
)
def test_a_message_id_that_we_never_wrote_is_none(text: str) -> None:
    assert parse_message_id(text) is None


def test_the_tags_of_a_text_are_bounded() -> None:
    assert len(reply_tags_in_text(" ".join(text_tag(n, TOKEN) for n in range(1, 100)))) == 10


@pytest.mark.parametrize(
    "text",
    [
        f"Von: ABC <service+t10428.{TOKEN}@firm.example>",
        f"mailto:service%2BT10428.{TOKEN.upper()}%40firm.example",
        f"Message-ID: <t10428.{TOKEN}.abc-m17-2@firm.example>",
        f"Gern.\n\n[t10428.{TOKEN}]",
    ],
)
def test_a_tag_is_found_wherever_it_stands_and_made_useless(text: str) -> None:
    assert holds_reply_tag(text)
    assert is_letter_of_ours(b"\x89\xff" + text.encode())
    assert is_letter_of_ours(b"\x89\xff" + text.encode("utf-16-le"))
    assert TOKEN not in without_reply_tags(text).lower()
    assert not holds_reply_tag(without_reply_tags(text))


@pytest.mark.parametrize(
    "text", ["Vorgang T-10428", "t1.234567890123", f"t00.{TOKEN}@firm.example", "", "t5.de@x"]
)
def test_what_people_and_drawings_write_is_no_tag(text: str) -> None:
    assert not holds_reply_tag(text)
    assert not is_letter_of_ours(text.encode())
    assert without_reply_tags(text) == text
