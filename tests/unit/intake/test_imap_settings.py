"""The IMAP door's settings: what is refused, how long it waits, how it logs in with a token."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailroute.errors import SettingsInvalid
from mailroute.intake.imap import After, ImapAccount, Patience, Security
from mailroute.intake.mailbox import open_mailbox

INBOX = "service@hv-muster.example"


def an_account(**settings: object) -> ImapAccount:
    values: dict[str, object] = {
        "account": "provider",
        "host": "imap.provider.example",
        "port": 993,
        "user": "service",
        "inbox": INBOX,
        "password": "geheim",
        "done_folder": "Verarbeitet",
    }
    return ImapAccount(**(values | settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"security": Security.NONE}, "in clear"),
        ({"password": None}, "neither password nor token_command"),
        ({"done_folder": None}, "needs a done_folder"),
        ({"done_folder": "INBOX"}, "another folder"),
        ({"folder": 'INBOX"\r\nA1 DELETE INBOX'}, "control characters"),
        ({"user": "a\nb"}, "control characters"),
    ],
)
def test_settings_that_would_harm_are_refused_with_a_sentence(
    settings: dict[str, object], problem: str
) -> None:
    with pytest.raises(SettingsInvalid, match=problem):
        an_account(**settings)


def test_settings_that_are_fine_are_taken_and_the_password_is_not_printed() -> None:
    assert "geheim" not in repr(an_account())
    an_account(after=After.FLAG, done_folder=None)
    an_account(security=Security.NONE, host="127.0.0.1")
    an_account(security=Security.NONE, host="localhost")


def test_waiting_doubles_up_to_a_bound_and_half_of_it_is_chance() -> None:
    late = Patience(first_s=1, most_s=60, jitter=lambda: 1.0)
    early = Patience(first_s=1, most_s=60, jitter=lambda: 0.0)
    assert [late.wait_s(failures) for failures in (1, 2, 3, 7, 10_000)] == [1, 2, 4, 60, 60]
    assert [early.wait_s(failures) for failures in (1, 2, 3, 7, 10_000)] == [0.5, 1, 2, 30, 30]


def test_idling_gets_longer_until_mail_comes() -> None:
    patience = Patience(idle_first_s=5, idle_most_s=240)
    assert patience.idle_s(5, found=False) == 10
    assert patience.idle_s(160, found=False) == 240
    assert patience.idle_s(240, found=True) == 5


@contextmanager
def scripted_server(answers: dict[bytes, list[bytes]]) -> Iterator[tuple[int, list[bytes]]]:
    """An IMAP server for one connection: answers each command by its first word after the tag."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []
    answers = {b"CAPABILITY": [b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\nTAG OK done\r\n"], **answers}

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as lines:
            lines.write(b"* OK ready\r\n")
            lines.flush()
            tag = b""
            for line in lines:
                heard.append(line.strip())
                words = line.split()
                if len(words) > 1:
                    tag = words[0]
                for answer in answers.get(words[1] if len(words) > 1 else b"", [b"TAG OK done\r\n"]):
                    lines.write(answer.replace(b"TAG", tag))
                lines.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        thread.join(20)
        listener.close()


def test_a_token_of_the_command_is_used_for_xoauth2() -> None:
    answers = {
        b"AUTHENTICATE": [b"+ \r\n"],
        b"SELECT": [b"* OK [UIDVALIDITY 7] ids\r\nTAG OK done\r\n"],
        b"LOGOUT": [b"* BYE\r\nTAG OK done\r\n"],
    }
    with scripted_server(answers) as (port, heard):
        account = an_account(
            host="127.0.0.1",
            port=port,
            security=Security.NONE,
            password=None,
            token=lambda: "token123",
            after=After.FLAG,
        )
        with open_mailbox(account) as mailbox:
            assert mailbox.door_key(12) == "provider/INBOX/7/12"
    # user=service^Aauth=Bearer token123^A^A
    assert b"dXNlcj1zZXJ2aWNlAWF1dGg9QmVhcmVyIHRva2VuMTIzAQE=" in heard
