"""What became of a letter, against a real server in every bad mood (reliability §2, F09)."""

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailroute.delivery.smtp import Relay, RelaySpec, Tls, one_line
from mailroute.model.letter import SendOutcome, SendResult
from tests.support.relay import FakeRelay, Mood, Stage

FROM = "service+babc-m17-1.k7q3x9wmbz4p@abc-hausverwaltung.example"
TO = "huber@abc-hausverwaltung.example"
LETTER = b"Subject: T-10428\r\n\r\n.eins\r\n..zwei\r\nEnde\r\n"


@pytest.fixture
def relay() -> Iterator[FakeRelay]:
    with FakeRelay() as running:
        yield running


@pytest.fixture
def open_relay(relay: FakeRelay) -> Iterator[Relay]:
    sender = Relay(_spec(relay))
    yield sender
    sender.close()


def _spec(relay: FakeRelay, **changes: object) -> RelaySpec:
    whole: dict[str, object] = {
        "host": relay.host,
        "port": relay.port,
        "tls": Tls.NONE,
        "local_hostname": "test.example",
        "connect_s": 60.0,
        "command_s": 60.0,
        "final_reply_s": 60.0,
    }
    return RelaySpec(**(whole | changes))  # type: ignore[arg-type]


def test_a_letter_arrives_byte_for_byte_for_one_recipient(relay: FakeRelay, open_relay: Relay) -> None:
    result = open_relay.send(FROM, TO, LETTER)
    assert result == SendResult(SendOutcome.SENT, "250 2.0.0 taken")
    (letter,) = relay.letters
    assert (letter.mail_from, letter.rcpt_to, letter.content) == (FROM, (TO,), LETTER)


def test_the_connection_is_kept_for_the_next_letters(relay: FakeRelay, open_relay: Relay) -> None:
    for _ in range(5):
        assert open_relay.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
    assert relay.connections == 1


def test_a_worn_out_connection_is_replaced(relay: FakeRelay) -> None:
    sender = Relay(_spec(relay, letters_per_connection=2))
    for _ in range(5):
        assert sender.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
    sender.close()
    assert relay.connections == 3


def test_an_idle_connection_is_replaced(relay: FakeRelay) -> None:
    hands = [0.0]
    sender = Relay(_spec(relay), clock=lambda: hands[0])
    sender.send(FROM, TO, LETTER)
    hands[0] = 100.0
    sender.send(FROM, TO, LETTER)
    sender.close()
    assert relay.connections == 2


MOODS = [
    (Mood(Stage.CONNECT, "421 4.3.2 too busy"), SendOutcome.LATER),
    (Mood(Stage.CONNECT, "554 5.7.1 you are not welcome"), SendOutcome.OURS),
    (Mood(Stage.CONNECT, None), SendOutcome.LATER),
    (Mood(Stage.CONNECT, "HTTP/1.1 400 Bad Request"), SendOutcome.LATER),
    (Mood(Stage.EHLO, None), SendOutcome.LATER),
    (Mood(Stage.MAIL, "451 4.3.0 later"), SendOutcome.LATER),
    (Mood(Stage.MAIL, "530 5.7.0 authentication required"), SendOutcome.OURS),
    (Mood(Stage.MAIL, "550 5.7.1 sender refused"), SendOutcome.OURS),
    (Mood(Stage.MAIL, "552 5.3.4 too big"), SendOutcome.NEVER),
    (Mood(Stage.MAIL, None), SendOutcome.LATER),
    (Mood(Stage.RCPT, "450 4.2.0 greylisted"), SendOutcome.LATER),
    (Mood(Stage.RCPT, "421 4.4.2 closing"), SendOutcome.LATER),
    (Mood(Stage.RCPT, "550 5.1.1 no such user"), SendOutcome.NEVER),
    (Mood(Stage.RCPT, "554 5.7.1 <x>: Relay access denied"), SendOutcome.OURS),
    (Mood(Stage.RCPT, "550 5.7.1 Relaying not permitted"), SendOutcome.OURS),
    (Mood(Stage.RCPT, "banana"), SendOutcome.LATER),
    (Mood(Stage.RCPT, "250" + "x" * 9000), SendOutcome.LATER),
    (Mood(Stage.RCPT, None), SendOutcome.LATER),
    (Mood(Stage.DOT, "451 4.3.0 later"), SendOutcome.LATER),
    (Mood(Stage.DOT, "554 5.6.0 this looks like spam"), SendOutcome.NEVER),
    (Mood(Stage.DOT, None), SendOutcome.IN_DOUBT),
    (Mood(Stage.DOT, None, keeps=True), SendOutcome.IN_DOUBT),
    (Mood(Stage.DOT, "banana", keeps=True), SendOutcome.IN_DOUBT),
    (Mood(Stage.DOT, "250-" + "x" * 9000, keeps=True), SendOutcome.IN_DOUBT),
]


@pytest.mark.parametrize(
    ("mood", "outcome"), MOODS, ids=[f"{m.stage}-{(m.reply or 'hang up')[:24]}" for m, _ in MOODS]
)
def test_every_mood_has_its_outcome_and_the_next_letter_goes(
    relay: FakeRelay, open_relay: Relay, mood: Mood, outcome: SendOutcome
) -> None:
    relay.moods.append(mood)
    result = open_relay.send(FROM, TO, LETTER)
    assert result.outcome is outcome, result.reply
    assert "\n" not in result.reply
    assert len(relay.letters) == (1 if mood.keeps else 0)
    assert open_relay.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
    assert relay.letters[-1].content == LETTER


def test_one_refused_address_does_not_harm_another(relay: FakeRelay, open_relay: Relay) -> None:
    relay.moods.append(Mood(Stage.RCPT, "550 5.1.1 no such user", address="weg@firm.example", times=9))
    assert open_relay.send(FROM, "weg@firm.example", LETTER).outcome is SendOutcome.NEVER
    assert open_relay.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
    assert relay.connections == 1


def test_no_reply_after_the_dot_is_doubt_not_a_retry(relay: FakeRelay) -> None:
    relay.moods.append(Mood(Stage.DOT, "250 2.0.0 late", keeps=True, wait_s=3.0))
    sender = Relay(_spec(relay, final_reply_s=0.3))
    assert sender.send(FROM, TO, LETTER).outcome is SendOutcome.IN_DOUBT
    relay.wait_for(lambda letters: len(letters) == 1)


def test_no_reply_before_the_dot_is_later(relay: FakeRelay) -> None:
    relay.moods.append(Mood(Stage.RCPT, "250 2.1.5 late", wait_s=3.0))
    sender = Relay(_spec(relay, command_s=0.3))
    assert sender.send(FROM, TO, LETTER).outcome is SendOutcome.LATER
    assert relay.letters == []


@pytest.mark.parametrize("mood", [Mood(Stage.MAIL, None), Mood(Stage.MAIL, "421 4.4.2 idle too long")])
def test_a_connection_that_the_relay_closed_meanwhile_costs_the_letter_nothing(
    relay: FakeRelay, open_relay: Relay, mood: Mood
) -> None:
    open_relay.send(FROM, TO, LETTER)
    relay.moods.append(mood)
    assert open_relay.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
    assert (relay.connections, len(relay.letters)) == (2, 2)


def test_a_new_connection_that_closes_at_once_is_later(relay: FakeRelay, open_relay: Relay) -> None:
    relay.moods.append(Mood(Stage.MAIL, None))
    assert open_relay.send(FROM, TO, LETTER).outcome is SendOutcome.LATER
    assert relay.connections == 1


def test_nobody_there_is_later() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    spec = RelaySpec(host="127.0.0.1", port=port, tls=Tls.NONE, local_hostname="test.example", connect_s=2.0)
    assert Relay(spec).send(FROM, TO, LETTER).outcome is SendOutcome.LATER


def test_a_name_that_does_not_exist_is_later() -> None:
    spec = RelaySpec(host="relay.invalid", tls=Tls.NONE, local_hostname="test.example", connect_s=2.0)
    assert Relay(spec).send(FROM, TO, LETTER).outcome is SendOutcome.LATER


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRCPT TO:<c@d.example",
        "a@b.example> SIZE=1",
        "ä@b.example",
        "a@b.example\x00",
        "a b@c.example",
    ],
)
def test_an_address_that_is_a_command_reaches_no_relay(
    relay: FakeRelay, open_relay: Relay, address: str
) -> None:
    assert open_relay.send(FROM, address, LETTER).outcome is SendOutcome.NEVER
    assert relay.commands.count("rcpt") == 0
    assert relay.letters == []
    assert open_relay.send(FROM, TO, LETTER).outcome is SendOutcome.SENT


@pytest.mark.parametrize(
    "ending", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r.\r\n", b"\r\n.\r\n"]
)
def test_no_content_can_end_a_letter_before_its_end(
    relay: FakeRelay, open_relay: Relay, ending: bytes
) -> None:
    """SMTP smuggling from our side: whatever bytes a letter has, it stays one letter."""
    content = b"Subject: x\r\n\r\nvorher" + ending + b"MAIL FROM:<evil@example.org>\r\n"
    assert open_relay.send(FROM, TO, content).outcome is SendOutcome.SENT
    (letter,) = relay.letters
    assert letter.content.endswith(b"MAIL FROM:<evil@example.org>\r\n")
    assert b"\r\n.\r\n" in letter.content


def test_replies_are_one_clean_line() -> None:
    assert (
        one_line("550 no\r\n\x1b[31muser\x00 ü \u202e here" + "x" * 1000)[:24]
        == "550 no [31muser here" + "xxxx"
    )
    assert len(one_line("x" * 100_000)) == 300


# --- login and TLS ------------------------------------------------------------------------------------------


def test_the_right_login_is_let_in() -> None:
    with FakeRelay(login=("mailroute", "geheim")) as relay:
        sender = Relay(_spec(relay, user="mailroute", password="geheim"))
        assert sender.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
        sender.close()


def test_a_wrong_password_is_our_fault_not_the_letter_s() -> None:
    with FakeRelay(login=("mailroute", "geheim")) as relay:
        result = Relay(_spec(relay, user="mailroute", password="falsch")).send(FROM, TO, LETTER)
        assert result.outcome is SendOutcome.OURS
        assert result.reply.startswith("535")
        assert "falsch" not in result.reply


def test_a_relay_without_login_is_our_fault_when_we_have_a_name(relay: FakeRelay) -> None:
    assert (
        Relay(_spec(relay, user="mailroute", password="geheim")).send(FROM, TO, LETTER).outcome
        is SendOutcome.OURS
    )


def test_a_token_that_cannot_be_had_is_later(relay: FakeRelay) -> None:
    def token() -> str:
        raise OSError("the token command failed")

    assert (
        Relay(_spec(relay, user="mailroute", token=token)).send(FROM, TO, LETTER).outcome is SendOutcome.LATER
    )


def test_secrets_stay_out_of_the_settings_shown() -> None:
    assert "geheim" not in repr(RelaySpec(host="relay.example", user="mailroute", password="geheim"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, ssl.SSLContext]]:
    """A maker of self-signed certificates for a name."""

    def make(name: str) -> tuple[Path, ssl.SSLContext]:
        folder = tmp_path_factory.mktemp("tls")
        key, crt = folder / "key.pem", folder / "crt.pem"
        names = f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else "")
        make_key = [
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            str(key),
        ]
        make_crt = ["-out", str(crt), "-days", "2", "-subj", f"/CN={name}", "-addext", names]
        subprocess.run(
            ["openssl", "req", "-x509", *make_key, *make_crt],
            check=True,
            capture_output=True,
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(crt, key)
        return crt, context

    return make


def test_starttls_with_the_right_certificate_is_used(
    certificate: Callable[[str], tuple[Path, ssl.SSLContext]],
) -> None:
    crt, context = certificate("localhost")
    with FakeRelay(tls=context) as relay:
        sender = Relay(_spec(relay, tls=Tls.STARTTLS, ca_file=str(crt)))
        assert sender.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
        sender.close()


def test_tls_from_the_first_byte_is_used(certificate: Callable[[str], tuple[Path, ssl.SSLContext]]) -> None:
    crt, context = certificate("localhost")
    with FakeRelay(tls=context, implicit_tls=True) as relay:
        sender = Relay(_spec(relay, tls=Tls.TLS, ca_file=str(crt)))
        assert sender.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
        sender.close()


@pytest.mark.parametrize("name", ["localhost", "other.example"])
def test_a_certificate_that_is_not_right_is_later_and_nothing_leaves(
    certificate: Callable[[str], tuple[Path, ssl.SSLContext]], name: str
) -> None:
    crt, context = certificate(name)
    trusted = {} if name == "localhost" else {"ca_file": str(crt)}
    with FakeRelay(tls=context) as relay:
        result = Relay(_spec(relay, tls=Tls.STARTTLS, **trusted)).send(FROM, TO, LETTER)
        assert result.outcome is SendOutcome.LATER
        assert "certificate" in result.reply
        assert relay.letters == []


def test_a_relay_whose_starttls_was_cut_out_gets_nothing(relay: FakeRelay) -> None:
    result = Relay(_spec(relay, tls=Tls.STARTTLS)).send(FROM, TO, LETTER)
    assert result.outcome is SendOutcome.LATER
    assert "STARTTLS" in result.reply
    assert "mail" not in relay.commands


def test_a_domain_beyond_ascii_is_spelled_in_idna(relay: FakeRelay, open_relay: Relay) -> None:
    assert open_relay.send(FROM, "huber@straße.example", LETTER).outcome is SendOutcome.SENT
    assert relay.letters[0].rcpt_to == ("huber@xn--strae-oqa.example",)


def test_the_final_dot_does_not_wait_for_an_acknowledgement(relay: FakeRelay, open_relay: Relay) -> None:
    """Sent alone, the dot was held back 40 ms by Nagle's algorithm: 22 letters a second."""

    def took_s() -> float:
        began = time.monotonic()
        assert open_relay.send(FROM, TO, LETTER).outcome is SendOutcome.SENT
        return time.monotonic() - began

    # A busy machine makes some slow, Nagle's algorithm all but the first ones.
    assert sorted(took_s() for _ in range(50))[25] < 0.04 or sorted(took_s() for _ in range(50))[10] < 0.04
