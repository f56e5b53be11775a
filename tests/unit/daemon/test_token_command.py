"""Access tokens of a command: whatever goes wrong with it is an OSError, which the relay and the IMAP door outlive."""

import shlex
import sys

import pytest

from mailroute.daemon.token_command import asking
from mailroute.delivery.smtp import Relay, RelaySpec, Tls
from mailroute.model.letter import SendOutcome
from tests.support.relay import FakeRelay


def command(program: str) -> str:
    return shlex.join((sys.executable, "-c", program))


def test_the_first_word_that_the_command_prints_is_the_token() -> None:
    ask = asking(command("print('token123'); print('more')"))
    assert ask is not None
    assert ask() == "token123"


def test_without_a_command_there_is_nothing_to_ask() -> None:
    assert asking(None) is None
    assert asking("") is None


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("", r"no token \(exit code 0\)"),
        ("import sys; print('half'); sys.exit(3)", r"no token \(exit code 3\)"),
        ("import signal; signal.pause()", "no token within 0.2 s"),
    ],
)
def test_a_command_without_a_token_is_an_oserror(program: str, why: str) -> None:
    ask = asking(command(program), wait_s=0.2 if "signal" in program else 30)
    assert ask is not None
    with pytest.raises(OSError, match=why):
        ask()


def test_a_command_that_hangs_puts_the_letter_off() -> None:
    """The time-out went through `send`, and a letter that had not left was in doubt an hour later."""
    with FakeRelay() as relay:
        spec = RelaySpec(
            relay.host, relay.port, Tls.NONE, user="mailroute",
            token=asking(command("import signal; signal.pause()"), wait_s=0.2),
        )  # fmt: skip
        result = Relay(spec).send("a@abc.example", "b@mieter.example", b"Subject: x\r\n\r\nx\r\n")
    assert result.outcome is SendOutcome.LATER
    assert "no token within 0.2 s" in result.reply
