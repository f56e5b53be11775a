"""Tokens prove one thing to one person: this ticket, this recipient, one of our keys."""

import pytest

from mailroute.model.tokens import (
    ALPHABET,
    LENGTH,
    Key,
    Keyring,
    reply_token,
    sign,
    verify,
    verify_reply,
)

KEY = Key("k", b"k" * 32)
OLD = Key("q", b"q" * 32)
RING = Keyring((KEY,))
ROTATED = Keyring((KEY, OLD))


def test_a_token_is_twelve_characters_without_vowels_and_names_its_key_first() -> None:
    token = reply_token(RING, "abc", 10428, "huber@firma.example")
    assert len(token) == LENGTH
    assert token[0] == "k"
    assert set(token) <= set(ALPHABET)
    assert not set("aeiou") & set(ALPHABET)


def test_a_token_never_changes() -> None:
    """Letters that are on their way must stay valid after an update of the program."""
    assert reply_token(RING, "abc", 10428, "huber@firma.example") == "ksj57bzl47nn"


@pytest.mark.parametrize(
    ("organisation", "number", "recipient"),
    [
        ("abd", 10428, "huber@firma.example"),
        ("abc", 10429, "huber@firma.example"),
        ("abc", 1042, "8huber@firma.example"),
        ("abc", 10428, "schmidt@firma.example"),
        ("abc", 10428, ""),
    ],
)
def test_a_token_opens_nothing_but_its_own_ticket_for_its_own_recipient(
    organisation: str, number: int, recipient: str
) -> None:
    token = reply_token(RING, "abc", 10428, "huber@firma.example")
    assert verify_reply(RING, token, "abc", 10428, "huber@firma.example")
    assert not verify_reply(RING, token, organisation, number, recipient)


def test_a_token_of_one_use_does_not_serve_another() -> None:
    token = sign(RING, "bounce", "abc-m1-1")
    assert verify(RING, token, "bounce", "abc-m1-1")
    assert not verify(RING, token, "reply", "abc-m1-1")


def test_parts_do_not_run_into_each_other() -> None:
    assert sign(RING, "reply", "ab", "c") != sign(RING, "reply", "a", "bc")


def test_old_keys_verify_and_the_newest_signs() -> None:
    before = reply_token(Keyring((OLD,)), "abc", 1, "a@b.example")
    assert verify_reply(ROTATED, before, "abc", 1, "a@b.example")
    assert reply_token(ROTATED, "abc", 1, "a@b.example")[0] == "k"
    assert not verify_reply(RING, before, "abc", 1, "a@b.example"), "a key that is gone proves nothing"


def test_upper_case_verifies() -> None:
    """Some programs write addresses in capitals."""
    token = reply_token(RING, "abc", 1, "a@b.example")
    assert verify_reply(RING, token.upper(), "abc", 1, "a@b.example")


@pytest.mark.parametrize(
    "token", ["", "k", "k" * 12, "\ud800" * 12, "ſ" * 12, "k\x00", "k" * 10_000, "ё" * 12]
)
def test_rubbish_is_refused_and_raises_nothing(token: str) -> None:
    assert not verify_reply(RING, token, "abc", 1, "a@b.example")


def test_every_flipped_character_is_refused() -> None:
    token = reply_token(RING, "abc", 1, "a@b.example")
    for at in range(LENGTH):
        for other in ALPHABET.replace(token[at], ""):
            assert not verify_reply(ROTATED, token[:at] + other + token[at + 1 :], "abc", 1, "a@b.example")


def test_the_fingerprint_names_the_signing_key_without_telling_it() -> None:
    assert ROTATED.fingerprint == RING.fingerprint
    assert ROTATED.older_fingerprints == (Keyring((OLD,)).fingerprint,)
    assert len(RING.fingerprint) == 16
    assert RING.fingerprint not in KEY.secret.hex()


def test_recipients_that_cannot_be_encoded_raise_nothing() -> None:
    assert not verify_reply(RING, "k" * 12, "abc", 1, "\ud800@b.example")
