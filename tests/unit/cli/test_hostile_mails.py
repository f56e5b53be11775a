"""Hostile mails on a terminal: nothing they hold can move the cursor, colour, hide, or turn the direction of writing."""

import base64
import os
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.cli.common import table
from mailroute.cli.main import main


# Every control, format, private and surrogate character, and the line ends that only some programs know.
@cache
def hostile() -> list[str]:
    return [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and chr(code) not in "\r\n"
        and not 0xD810 <= code < 0xDFF0  # two thousand surrogates, all alike
    ]


# A mail for every so many of them.
PARTS = 4
ESCAPES = [
    "\x1b[2J",
    "\x1b]0;owned\x07",
    "\x1b[31m",
    "\x9b2J",
    "\x1b]8;;http://evil.example\x07x\x1b]8;;\x07",
    "\r\x1b[K",
]


def word(text: str) -> str:
    """An encoded word, long as it is: some programs decode it."""
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'surrogatepass')).decode()}?="


def hostile_mail(junk: str) -> bytes:
    raw = junk.encode("utf-8", "surrogatepass")
    return (
        f"From: {word('Petra' + junk + 'Vogel')} <petra@mieter.example>\nTo: {word('An' + junk)} <a@b.example>\n"
        f"Subject: {word('Heizung' + junk + 'kalt')}\nMessage-ID: <a{junk}b@c.example>\n"
    ).encode("utf-8", "surrogatepass") + (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n"
        b"Die Heizung" + raw + b"ist kalt.\n"
        b"--b\nContent-Type: application/pdf; name=\"" + word("rech" + junk + "fdp.exe").encode() + b'"\n\nx\n--b--\n'
    )  # fmt: skip


def is_safe(output: str) -> bool:
    return all(character == "\n" or character.isprintable() for character in output)


@pytest.mark.parametrize("command", [["parse"], ["explain", "--letters", "--at", "2026-02-02T10:00"]])
@pytest.mark.parametrize("part", range(PARTS))
def test_no_character_of_a_mail_reaches_the_terminal_as_it_is(
    command: list[str], part: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(hostile_mail("".join(hostile()[part::PARTS])))
    rules = ["--rules", str(shipped.path("rules"))] if command[0] == "explain" else []
    assert main([*command, *rules, str(file)]) == 0
    assert is_safe(capsys.readouterr().out)


@pytest.mark.parametrize("escape", ESCAPES)
@pytest.mark.parametrize("command", [["parse"], ["parse", "--json"], ["explain", "--at", "2026-02-02T10:00"]])
def test_no_escape_sequence_reaches_the_terminal(
    command: list[str], escape: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(hostile_mail(escape))
    rules = ["--rules", str(shipped.path("rules"))] if command[0] == "explain" else []
    assert main([*command, *rules, str(file)]) == 0
    sys.stdout.flush()
    out = capfdbinary.readouterr().out.decode()
    assert "Heizung" in out
    assert is_safe(out)


def test_no_character_of_a_mail_reaches_the_terminal_in_a_table() -> None:
    rows = [("T-1", "".join(hostile()) + "".join(ESCAPES)), ("T-2", "plain")]
    shown = table(("ticket", "subject"), rows)

    assert is_safe(shown)
    assert shown.splitlines()[2] == "T-2     plain"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_our_letters_shows_codes_instead_of_ending_the_command(
    encoding: str, tmp_path: Path
) -> None:
    """A name of a file that is no text, words that the terminal lacks: `UnicodeEncodeError` was all one saw."""
    (tmp_path / "mail.eml").write_text(
        "From: a@b.example\nSubject: Heizung 🏠\n\nEs ist kalt.\n", encoding="utf-8"
    )
    files = [b"mail.eml", b"missing-\xff.eml"]
    command = [
        sys.executable,
        "-m",
        "mailroute.cli.main",
        "classify",
        "--rules",
        str(shipped.path("rules")),
        *map(os.fsdecode, files),
    ]
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert b"mail.eml: " in ran.stdout
    assert b"missing-\\xdcff.eml: cannot be read" in ran.stdout
    assert (ran.returncode, ran.stderr) == (1, b"")


@pytest.mark.parametrize("command", [["help"], ["ticket", "show"], ["settings", "--config"]])
def test_what_somebody_pastes_into_a_command_comes_back_harmless(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "T-\x1b[2J\u202e"]) != 0
    said = capsys.readouterr()
    assert "T-\\x1b[2J\\x202e" in said.out + said.err
