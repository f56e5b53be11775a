"""Every command as people and programs call it: exit codes, sentences, and the JSON that others may rely on (design §9)."""

import json
import logging
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from mailroute import shipped
from mailroute.cli.main import COMMANDS, main
from tests.support.house import HUBER, INBOX, MUELLER, SCHMIDT, Letter, a_mail, a_reply, smtp_send
from tests.support.relay import FakeRelay, Mood, Stage
from tests.support.servers import free_port, wait_until

EXAMPLES = shipped.path("rules") / "examples"
INVOICE = EXAMPLES / "01-rechnung.eml"
NEWSLETTER = EXAMPLES / "07-newsletter.eml"

# design §9, word for word; [] marks lists, {} what may be null.
PARSE_KEYS = (
    "file message_id in_reply_to references date subject from to cc reply_to text new_text language attachments "
    "automatic bounce forwarded signals defects"
).split()
EXPLAIN_KEYS = (
    "file disposition sender ticket organisation property unit contract candidates case_type case_types emergency likely "
    "urgency role assignee via informed deadlines letters trace ruleset"
).split()
EXPLAIN_LISTS = ("candidates", "case_types", "informed", "letters", "trace")


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """One JSON object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


Run: TypeAlias = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Call a command in this process; what it did to logging ends with the test, whose stderr is closed then."""

    def call(*arguments: object) -> Ran:
        capfd.readouterr()
        try:
            code = main([str(one) for one in arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        sys.stdout.flush()
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    logger = logging.getLogger("mailroute")
    before = logger.handlers[:], logger.level, logger.propagate
    yield call
    logger.handlers[:], logger.level, logger.propagate = before


@dataclass
class Site:
    """What `init` has written, with ports of the test's own."""

    directory: Path
    relay: FakeRelay
    port: int

    @property
    def config(self) -> Path:
        return self.directory / "mailroute.toml"

    @contextmanager
    def serving(self, *arguments: str, ends_with: int = 0) -> Iterator[subprocess.Popen[str]]:
        """`mailroute serve` as a process of its own, until it listens; told to stop as systemd does."""
        with (self.directory / "log").open("w") as log:
            process = subprocess.Popen(
                (sys.executable, "-m", "mailroute", "serve", "--config", str(self.config), *arguments),
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        try:
            wait_until(lambda: "started" in self.log() or process.poll() is not None, "serve", 60)
            assert process.poll() is None, self.log()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == ends_with, self.log()

    def log(self) -> str:
        return (self.directory / "log").read_text()

    def letters(self, to: str, count: int = 1) -> list[Letter]:
        """Wait for letters."""
        self.relay.wait_for(lambda _: len(self.relay.to(to)) >= count, 60)
        return [Letter(one.mail_from, to, one.content) for one in self.relay.to(to)]


@pytest.fixture
def site() -> Iterator[Site]:
    # The control socket lies in the state directory: pytest's own paths may be too long for it.
    directory = Path(tempfile.mkdtemp(prefix="mailroute-cli-"))
    directory.rmdir()
    assert main(["init", str(directory)]) == 0
    port = free_port()
    with FakeRelay() as relay:
        config = directory / "mailroute.toml"
        text = config.read_text()
        text = text.replace('listen = "127.0.0.1:8024"', f'listen = "127.0.0.1:{port}"')
        text = text.replace('protocol = "lmtp"', 'protocol = "smtp"')
        text = text.replace("# port = 25\n", f"port = {relay.port}\n").replace("# workers = 0", "workers = 1")
        config.write_text(text)
        yield Site(directory, relay, port)
    shutil.rmtree(directory, ignore_errors=True)


# --- help ---------------------------------------------------------------------------------------------------


def test_help_answers_without_anything_heavy() -> None:
    """`mailroute --help` must answer at once: it imports no library that takes its time."""
    code = (
        "import sys\n"
        "from mailroute.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'sqlalchemy', 'pydantic', 'jinja2', 'yaml', 'aiosmtpd', 'imapclient', 'apscheduler', 'asyncio', 're2'}\n"
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or 0)\n"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(command.NAME in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.NAME)
def test_every_command_has_help_with_an_example(run: Run, command: Any) -> None:
    ran = run(command.NAME, "--help")
    assert ran.code == 0
    assert "example: mailroute " + command.NAME in " ".join(ran.out.split())


@pytest.mark.parametrize(
    "command",
    [one for one in COMMANDS if one.NAME not in ("grant", "packs", "staff", "ticket", "rules")],
    ids=lambda one: one.NAME,
)
def test_every_command_has_json(run: Run, command: Any) -> None:
    """design §9: every command has `--json`."""
    assert "--json" in run(command.NAME, "--help").out


@pytest.mark.parametrize(
    "verb",
    "list show accept take reject assign note close reopen answer send type property pick follow-up".split(),
)
def test_every_verb_of_ticket_has_json_and_an_example(run: Run, verb: str) -> None:
    ran = run("ticket", verb, "--help")
    assert "--json" in ran.out
    assert f"example: mailroute ticket {verb}" in " ".join(ran.out.split())


@pytest.mark.parametrize("verb", "show suggest invite resend view-as".split())
def test_every_verb_of_grant_has_json_and_an_example(run: Run, verb: str) -> None:
    ran = run("grant", verb, "--help")
    assert "--json" in ran.out
    assert f"example: mailroute grant {verb}" in " ".join(ran.out.split())


def test_the_verb_of_packs_has_json_and_an_example(run: Run) -> None:
    ran = run("packs", "diff", "--help")
    assert "--json" in ran.out
    assert "example: mailroute packs diff" in " ".join(ran.out.split())


# --- called wrongly: 2; what was asked about is wrong: 1 ------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unheard-of"],
        ["parse"],
        ["serve", "--parts", "smtp,coffee"],
        ["ticket", "show", "10428x"],
        ["explain", INVOICE, "--at", "gestern"],
        ["ticket", "accept", "T-1"],
    ],
    ids=str,
)
def test_called_wrongly_is_2(run: Run, arguments: Sequence[object]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert ran.out + ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["parse", "/nonexistent.eml"],
        ["explain", "/nonexistent.eml"],
        ["check", "/nonexistent"],
        ["queue", "--config", "/nonexistent.toml"],
        ["serve", "--config", "/nonexistent.toml"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_is_not_there_is_1_and_a_sentence(run: Run, arguments: Sequence[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "/nonexistent" in ran.out + ran.err or "missing" in ran.out


# --- parse, explain, check ----------------------------------------------------------------------------------


def test_parse_prints_every_key_for_every_file(run: Run, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.eml"
    rubbish.write_bytes(bytes(range(256)))
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"")
    files = [*sorted(EXAMPLES.glob("*.eml")), rubbish, empty]
    ran = run("parse", "--json", *files)
    assert ran.code == 0
    assert [one["file"] for one in ran.lines] == [str(file) for file in files]
    for one in ran.lines:
        assert list(one) == PARSE_KEYS
        for key in (
            "in_reply_to",
            "references",
            "from",
            "to",
            "cc",
            "reply_to",
            "attachments",
            "signals",
            "defects",
        ):
            assert isinstance(one[key], list), key
    by_name = {Path(str(one["file"])).stem: one for one in ran.lines}
    assert by_name["01-rechnung"]["from"] == [{"name": "Thomas Müller", "address": MUELLER}]
    assert by_name["01-rechnung"]["date"] == "2026-11-24T08:02:00+00:00"
    assert by_name["empty"]["subject"] == ""
    assert by_name["empty"]["message_id"] is None
    [photo] = by_name["03-foto"]["attachments"]
    assert list(photo) == ["name", "type", "size", "sha256", "inline", "cid"]
    assert by_name["07-newsletter"]["automatic"] == "list"


def test_explain_prints_every_key_for_every_file(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"")
    files = [*sorted(EXAMPLES.glob("*.eml")), empty]
    ran = run("explain", "--json", "--rules", shipped.path("rules"), "--at", "2026-11-24T09:02", *files)
    assert ran.code == 0
    assert len(ran.lines) == len(files)
    for one in ran.lines:
        assert sorted(one) == sorted(EXPLAIN_KEYS), one["file"]
        assert all(isinstance(one[key], list) for key in EXPLAIN_LISTS)
        assert all(sorted(step) == ["because", "rule", "station", "verdict"] for step in one["trace"])
    invoice = ran.lines[0]
    assert (invoice["disposition"], invoice["case_type"], invoice["role"], invoice["assignee"]) == (
        "open",
        "rechnung",
        "buchhaltung",
        "huber",
    )
    assert invoice["sender"] == {
        "kind": "tenant",
        "id": invoice["sender"]["id"],
        "name": "Herr Müller",
        "address": MUELLER,
        "assurance": "address",
    }
    assert list(invoice["deadlines"]) == ["accept_by", "remind_every", "escalate_at"]
    assert [(one["template"], one["to"]) for one in invoice["letters"]] == [
        ("notification", HUBER),
        ("acknowledgement", MUELLER),
    ]
    newsletter = next(one for one in ran.lines if one["file"] == str(NEWSLETTER))
    assert (newsletter["disposition"], newsletter["ticket"], newsletter["assignee"]) == ("ignore", None, None)


def test_explain_shows_people_the_same(run: Run) -> None:
    ran = run("explain", INVOICE, "--rules", shipped.path("rules"))
    assert ran.code == 0
    assert "huber" in ran.out
    assert "case-types.yaml:" in ran.out


def test_a_hostile_mail_cannot_write_to_the_terminal(run: Run, tmp_path: Path) -> None:
    """reliability §5.3: no ESC, no bidi, no line of its own."""
    file = tmp_path / "evil.eml"
    file.write_bytes(
        "From: \x1b]0;owned\x07 <a@b.example>\nSubject: =?utf-8?B?G1sySuKArg==?=\n\n\x1b[2J\u202e\n".encode()
    )
    for command in (["parse", file], ["explain", file, "--rules", shipped.path("rules")]):
        out = run(*command).out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_check_names_every_mistake_with_its_place(run: Run, tmp_path: Path) -> None:
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    with (rules / "roles.yaml").open("a") as file:
        file.write("\nbuchhaltung2:\n  nmae: Buchhaltung\n")
    with (rules / "absences.yaml").open("a") as file:
        file.write("\n- {staff: nobody, from: 2026-12-14, to: 2026-12-23}\n")
    ran = run("check", rules)
    assert ran.code == 1
    assert "roles.yaml:" in ran.out
    assert "absences.yaml:" in ran.out
    ran = run("check", "--json", rules)
    assert ran.code == 1
    assert all(
        sorted(one) == ["code", "column", "file", "level", "line", "message", "remedy", "source"]
        for one in ran.lines
    )
    assert {one["file"] for one in ran.lines if one["level"] == "error"} == {"roles.yaml", "absences.yaml"}


def test_a_daemon_does_not_start_with_rules_that_are_wrong(run: Run, site: Site) -> None:
    (site.directory / "rules" / "roles.yaml").write_text("buchhaltung: {nmae: x}\n")
    ran = run("serve", "--config", site.config)
    assert ran.code == 1
    assert "roles.yaml:1" in ran.err


# --- init → check → serve, and the books behind it ------------------------------------------------------------


def test_init_writes_a_site_that_check_likes_and_writes_it_once(run: Run, site: Site) -> None:
    assert run("check", site.directory / "rules").code == 0
    assert (site.directory / "state" / "keys").stat().st_mode & 0o077 == 0
    before = site.config.read_text()
    again = run("init", site.directory)
    assert (again.code, site.config.read_text()) == (1, before)
    ran = run("settings", "--config", site.config)
    assert ran.code == 0
    assert f'doors[0].listen = "127.0.0.1:{site.port}"' in ran.out
    assert run("settings", "--config", site.config, "--json").lines[0]["workers"] == 1


def test_the_templates_that_init_has_written_are_those_that_are_used(run: Run, site: Site) -> None:
    """They lay beside a mailroute.toml that did not name them: whoever edited one saw no change."""
    assert run("settings", "--config", site.config, "--json").lines[0]["templates"] == str(
        site.directory / "templates"
    )


def test_settings_hide_passwords(run: Run, site: Site) -> None:
    text = site.config.read_text().replace("[relay]", '[relay]\npassword = "streng-geheim"')
    site.config.write_text(text)
    for extra in ([], ["--json"]):
        ran = run("settings", "--config", site.config, *extra)
        assert ran.code == 0
        assert "streng-geheim" not in ran.out


def test_the_books_before_the_first_start_are_not_there_yet(run: Run, site: Site) -> None:
    ran = run("queue", "--config", site.config)
    assert ran.code == 75
    assert "mailroute serve" in ran.err


def test_a_day_with_a_daemon_and_every_command(run: Run, site: Site) -> None:
    config = ("--config", site.config)
    with site.serving():
        # Mail by SMTP and from a file; both are decided and their letters leave.
        smtp_send(("127.0.0.1", site.port), MUELLER, [INBOX], INVOICE.read_bytes())
        site.letters(HUBER)
        ran = run("ingest", EXAMPLES / "02-gebaeudeschaden.eml", "--json", *config)
        assert (ran.code, ran.lines) == (
            0,
            [{"file": str(EXAMPLES / "02-gebaeudeschaden.eml"), "mail": "m2", "duplicate": False}],
        )
        [notification] = site.letters(SCHMIDT)
        assert (
            run("ingest", EXAMPLES / "02-gebaeudeschaden.eml", "--json", *config).lines[0]["duplicate"]
            is True
        )

        tickets = run("ticket", "list", "--json", *config).lines
        assert [(one["case_type"], one["assignee"], one["status"]) for one in tickets] == [
            ("schadensmeldung", "schmidt", "offered"),
            ("rechnung", "huber", "offered"),
        ]
        damage, invoice = (str(one["ticket"]) for one in tickets)
        assert run("ticket", "list", "--assignee", "huber", "--json", *config).lines == tickets[1:]

        # The same verbs by hand.
        ran = run("ticket", "accept", damage, "--as", "schmidt", "--json", *config)
        assert ran.code == 0
        assert ran.lines[0]["ticket"] == damage
        assert run("ticket", "note", damage, "Leiter steht im Hof", "--as", "Schmidt", *config).code == 0
        assert run("ticket", "assign", invoice, "Novak", "--as", "huber", *config).code == 0
        assert run("ticket", "take", invoice, "--as", "keller", *config).code == 0
        assert run("ticket", "reject", invoice, "nicht meins", "--as", "keller", *config).code == 0
        assert run("ticket", "close", damage, "repariert", "--as", "schmidt", *config).code == 0
        assert run("ticket", "reopen", damage, "--as", "schmidt", *config).code == 0
        shown = run("ticket", "show", damage, "--json", *config).lines[0]
        assert [one["kind"] for one in shown["events"]] == [
            "opened", "message-added", "asked", "accepted", "noted", "closed", "reopened", "accepted",
        ]  # fmt: skip
        assert shown["status"] == "accepted"
        for key in ("closed_at",):
            assert shown[key] is None
        assert run("ticket", "show", invoice, "--json", *config).lines[0]["assignee"] == "novak"
        assert run("ticket", "show", damage, *config).code == 0

        # A verb that could not be done is not 0: scripts would believe it.
        for _ in range(2):
            # Twice: both receipts once had the same letter id, and the second one was a traceback.
            ran = run("ticket", "close", damage, "--as", "huber", *config)
            assert ran.code == 1
            assert "Herr Schmidt" in ran.out + ran.err
        assert run("ingest", "/nonexistent.eml", *config).code == 1
        assert run("ticket", "accept", "T-99999", "--as", "schmidt", *config).code == 1
        assert run("ticket", "accept", damage, "--as", "nobody", *config).code == 1
        assert run("ticket", "show", "T-99999", *config).code == 1
        assert run("explain", "T-99999", *config).code == 1

        # Why, from the books.
        first = run("explain", damage, "--json", *config).lines[0]
        assert sorted(first) == sorted(EXPLAIN_KEYS)
        assert (first["ticket"], first["assignee"]) == (damage, "schmidt")

        # By mail, while the commands look on.
        reply = a_reply(notification, SCHMIDT, "erledigt: fertig")
        smtp_send(("127.0.0.1", site.port), SCHMIDT, [notification.reply_to], reply)
        wait_until(
            lambda: run("ticket", "show", damage, "--json", *config).lines[0]["status"] == "closed",
            "closed",
            60,
        )
        assert damage not in run("ticket", "list", *config).out
        assert damage in run("ticket", "list", "--all", *config).out
        wait_until(lambda: run("queue", "--json", *config).lines == [], "an empty queue", 60)
        assert run("queue", *config).out == "Nothing is waiting.\n"
        assert (run("held", *config).code, run("held", "--json", *config).lines) == (0, [])
        assert run("retry", "m99", *config).code == 1
        assert run("retry", "all", "--json", *config).code == 0
        assert run("verify", *config).code == 0

        # A second daemon on the same file.
        second = subprocess.run(
            (sys.executable, "-m", "mailroute", "serve", "--config", str(site.config)),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert second.returncode == 75
        assert "Traceback" not in second.stderr
        assert "running" in second.stderr or "already" in second.stderr
        # It has not taken the first one's control socket away.
        assert run("ticket", "reopen", damage, "--as", "schmidt", *config).code == 0
    # Without a daemon the commands open the books themselves.
    assert run("ticket", "note", damage, "abends", "--as", "schmidt", *config).code == 0
    assert run("verify", "--json", *config).lines == []
    assert "part-failed" not in site.log()
    assert "Traceback" not in site.log()


def test_letters_wait_for_a_relay_that_is_down_and_the_queue_says_why(run: Run, site: Site) -> None:
    config = ("--config", site.config)
    nobody_home = free_port()
    site.config.write_text(
        site.config.read_text().replace(f"port = {site.relay.port}", f"port = {nobody_home}")
    )
    with site.serving():
        smtp_send(("127.0.0.1", site.port), MUELLER, [INBOX], INVOICE.read_bytes())

        def waits() -> bool:
            letters = [one for one in run("queue", "--json", *config).lines if "letter" in one]
            return len(letters) == 2 and all(one["reply"] for one in letters)

        wait_until(waits, "two letters with a reason", 60)
        ran = run("queue", "--json", *config)
        for one in ran.lines:
            assert list(one) == [
                "letter", "organisation", "ticket", "template", "to", "subject", "state", "attempts", "next_at", "reply",
            ]  # fmt: skip
            assert one["state"] == "waiting"
        assert "refused" in run("queue", *config).out.lower()
    # The relay is there again: the next daemon sends them, `retry all` at once.
    site.config.write_text(
        site.config.read_text().replace(f"port = {nobody_home}", f"port = {site.relay.port}")
    )
    with site.serving():
        assert run("retry", "all", *config).code == 0
        site.letters(HUBER)
        site.letters(MUELLER)


def test_a_daemon_that_is_killed_leaves_no_lock_and_no_dead_socket(run: Run, site: Site) -> None:
    config = ("--config", site.config)
    with site.serving(ends_with=-signal.SIGKILL) as process:
        process.kill()
        process.wait(60)
    assert run("queue", *config).code == 0
    with site.serving():
        assert run("retry", "all", *config).code == 0


def test_a_state_directory_with_a_long_name_is_refused_with_a_sentence_or_works(site: Site) -> None:
    """A unix socket's path has 108 bytes: `mailroute serve` ended with a traceback."""
    long = site.directory / ("x" * 120)
    site.config.write_text(site.config.read_text().replace('state = "state"', f'state = "{long.name}"'))
    shutil.copytree(site.directory / "state", long)
    process = subprocess.Popen(
        (sys.executable, "-m", "mailroute", "serve", "--config", str(site.config)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def up_or_gone() -> bool:
        with socket.socket() as probe:
            return process.poll() is not None or probe.connect_ex(("127.0.0.1", site.port)) == 0

    wait_until(up_or_gone, "serve", 60)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert "Traceback" not in out


# --- demo ---------------------------------------------------------------------------------------------------


def test_demo_prints_one_object_per_ticket() -> None:
    """Issue 2: `mailroute demo --once --json` prints one JSON object per ticket and exits 0."""
    done = subprocess.run(
        (sys.executable, "-m", "mailroute", "demo", "--once", "--json"),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    tickets = [json.loads(line) for line in done.stdout.splitlines()]
    wanted = {*EXPLAIN_KEYS, "subject", "status"}
    assert all(wanted <= set(one) for one in tickets)
    assert [(one["subject"][:8], one["assignee"], one["property"]) for one in tickets[:2]] == [
        ("Frage zu", "huber", "max-planck-12"),
        ("Gebäudes", "schmidt", "max-planck-12"),
    ]
    assert tickets[1]["status"] == "closed"


def test_a_mail_to_nobody_is_refused_at_the_door(site: Site) -> None:
    """Issue 2: an unknown recipient gets `550 5.1.1`."""
    with site.serving(), pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp_send(
            ("127.0.0.1", site.port),
            MUELLER,
            ["nobody@abc-hausverwaltung.example"],
            a_mail(MUELLER, "x", "y"),
        )
    [(code, text)] = refused.value.recipients.values()
    assert (code, text[:5]) == (550, b"5.1.1")


# --- test ---------------------------------------------------------------------------------------------------


def test_test_says_which_mail_goes_elsewhere_and_why(run: Run, tmp_path: Path) -> None:
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    ran = run("test", rules)
    assert (ran.code, "0 failed" in ran.out) == (0, True)
    property_file = rules / "properties" / "max-planck-12.yaml"
    property_file.write_text(property_file.read_text().replace("[huber, novak]", "[novak, huber]"))
    ran = run("test", rules)
    assert ran.code == 1
    assert "tests/story.yaml:12: failed: Eine Frage zur Rechnung" in ran.out
    assert "expected: huber" in ran.out
    assert "got:      novak" in ran.out
    ran = run("test", "--json", rules)
    assert all(list(one) == ["file", "line", "name", "passed", "differences", "trace"] for one in ran.lines)
    assert next(one["name"] for one in ran.lines if not one["passed"]).startswith("Eine ")


def test_test_names_mistakes_in_the_tests_with_their_place(run: Run, tmp_path: Path) -> None:
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    (rules / "tests" / "more.yaml").write_text(
        "- name: x\n  at: 2026-11-24 9:00\n  mail: {from: a@b.example}\n  expect: {case_typ: rechnung}\n"
    )
    for command in ("test", "check"):
        ran = run(command, rules)
        assert ran.code == 1
        assert "tests/more.yaml:4:12: error MR201" in ran.out + ran.err
        assert "Did you mean `case_type`?" in ran.out + ran.err


def test_test_records_a_ticket_and_writes_it_only_when_told(run: Run, site: Site) -> None:
    config = ("--config", site.config)
    mail = site.directory / "mail.eml"
    mail.write_bytes(
        a_mail("Leyla Aydın <aydin@mieter.example>", "Schimmel", "Im Bad ist Schimmel.\n\nGruß\nLeyla Aydın")
    )
    assert run("ingest", mail, *config).code == 0
    with site.serving():
        wait_until(lambda: run("ticket", "list", "--json", *config).out, "a ticket", 60)
    ticket = run("ticket", "list", "--json", *config).lines[0]["ticket"]
    rules = site.directory / "rules"
    shown = run("test", rules, "--record", ticket, *config)
    assert (shown.code, "aydin" in shown.out.lower(), "Nothing was written" in shown.out) == (0, False, True)
    assert not (rules / "tests" / "recorded.yaml").exists()
    [written] = run("test", rules, "--record", ticket, "--write", "--json", *config).lines
    assert list(written) == ["name", "file", "written", "test", "notes"]
    assert written["test"] in (rules / "tests" / "recorded.yaml").read_text()
    assert run("test", rules).code == 0
    assert run("test", rules, "--record", ticket, *config).code == 1
    assert run("test", rules, "--record", "10428x", *config).code == 2


# --- packs --------------------------------------------------------------------------------------------------


def test_packs_diff_shows_overrides_and_what_a_release_would_do_with_stored_mails(
    run: Run, site: Site
) -> None:
    """Issue 7, part 8."""
    config, rules = ("--config", site.config), site.directory / "rules"
    pack = site.directory / "new" / "kurz"
    for folder, word in ((rules / "packs" / "kurz", "briefkasten"), (pack, "klingelschild")):
        folder.mkdir(parents=True)
        (folder / "roles.yaml").write_text("bote: {name: Bote, site_wide: [keller]}\n")
        (folder / "case-types.yaml").write_text(
            f"post: {{name: Post, role: bote, evidence: [{{{word}: 3}}]}}\n"
        )
    with (rules / "organisation.yaml").open("a") as organisation:
        organisation.write("\npacks: [kurz]\n")
    mail = site.directory / "mail.eml"
    mail.write_bytes(a_mail(MUELLER, "Briefkasten", "Der Briefkasten."))
    assert run("ingest", mail, *config).code == 0
    with site.serving():
        wait_until(lambda: run("ticket", "list", "--json", *config).out, "a ticket", 60)
    assert "takes in kurz and overrides 0 things" in run("packs", "diff", *config).out
    said = run("packs", "diff", pack, *config)
    assert said.code == 0
    assert (
        "kurz: case type post: changed\n    + evidence: klingelschild 3\n    - evidence: briefkasten"
        in said.out
    )
    assert "case_type post → none" in said.out
    changes = run("packs", "diff", pack, "--json", *config).lines
    assert list(changes[0]) == ["pack", "kind", "id", "change", "yours", "details"]
    assert changes[-1]["summary"]["changed"] == 1
    (pack / "case-types.yaml").write_text("post: {name: Post, role: niemand}\n")
    broken = run("packs", "diff", pack, *config)
    assert (broken.code, "MR301" in broken.out) == (1, True)
    assert "is no pack" in run("packs", "diff", site.directory / "new", *config).err


# --- reload and rules ---------------------------------------------------------------------------------------


def edit(file: Path, old: str, new: str) -> None:
    """Change a text that must be there."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_changed_rules_are_taken_while_the_daemon_runs_and_refused_ones_are_not(run: Run, site: Site) -> None:
    """Issue 7: check → test → activate; doors stay open, the old rules stay where the new ones are wrong."""
    config = ("--config", site.config)
    rules = site.directory / "rules"
    site.config.write_text(site.config.read_text().replace("# watch_rules = true", "watch_rules = false"))
    with site.serving() as process, smtplib.SMTP("127.0.0.1", site.port) as early:
        early.ehlo()
        (rules / "roles.yaml").write_text("buchhaltung: {nmae: x}\n" + (rules / "roles.yaml").read_text())
        for _ in range(2):
            ran = run("reload", *config)
            assert ran.code == 1
            assert "roles.yaml:1" in ran.err
        (rules / "roles.yaml").write_text((shipped.path("rules") / "roles.yaml").read_text())

        edit(rules / "properties" / "max-planck-12.yaml", "[huber, novak]", "[novak, huber]")
        ran = run("reload", *config)
        assert ran.code == 1
        assert "error MR505" in ran.err
        shutil.rmtree(rules / "tests")
        ran = run("reload", "--json", *config)
        assert (ran.code, len(ran.lines)) == (0, 1)
        # A client that was connected before is served by the new rules.
        early.sendmail(MUELLER, [INBOX], INVOICE.read_bytes())
        site.letters("novak@abc-hausverwaltung.example")

        edit(rules / "case-types.yaml", "mietzahlung: 3", "mietzahlung: 4")
        process.send_signal(signal.SIGHUP)

        def outcomes() -> list[str]:
            return [one["outcome"] for one in run("rules", "log", "--json", *config).lines]

        wait_until(lambda: len(outcomes()) == 5, "SIGHUP to reload", 60)
        # Newest first. The same mistakes are remembered once.
        assert outcomes() == ["active", "active", "refused", "refused", "active"]
    assert site.log().count("rules-refused") == 2
    assert "Traceback" not in site.log()
    assert run("verify", *config).code == 0


def test_changed_files_are_noticed(run: Run, site: Site) -> None:
    config = ("--config", site.config)
    with site.serving():
        before = site.log().count("rules-loaded")
        edit(site.directory / "rules" / "case-types.yaml", "mietzahlung: 3", "mietzahlung: 4")
        wait_until(lambda: site.log().count("rules-loaded") > before, "the change to be noticed", 60)
        edit(site.directory / "rules" / "case-types.yaml", "mietzahlung: 4", "mietzahlung: vier")
        wait_until(lambda: "rules-refused" in site.log(), "the mistake to be noticed", 60)
        [refused] = [
            one for one in run("rules", "log", "--json", *config).lines if one["outcome"] == "refused"
        ]
        assert "case-types.yaml:" in refused["note"]


def test_earlier_rules_can_be_seen_and_put_back(run: Run, site: Site) -> None:
    config = ("--config", site.config)
    rules = site.directory / "rules"
    original = (rules / "case-types.yaml").read_text()
    assert run("reload", *config).code == 0
    edit(rules / "case-types.yaml", "mietzahlung: 3", "mietzahlung: 4")
    assert run("reload", *config).code == 0
    second, first = [one["ruleset"] for one in run("rules", "log", "--json", *config).lines]
    assert first != second
    files = run("rules", "show", first[:8], "--json", *config).lines
    assert "case-types.yaml" in [one["file"] for one in files]
    assert run("rules", "show", first, "case-types.yaml", *config).out == original
    assert "mietzahlung: 4" in run("rules", "show", second, "case-types.yaml", *config).out
    ran = run("rules", "rollback", first[:8], *config)
    assert ran.code == 0
    assert (rules / "case-types.yaml").read_text() == original
    assert "mietzahlung: 4" in (rules / "case-types.yaml.bak").read_text()
    assert run("rules", "log", "--json", *config).lines[0]["ruleset"] == first
    assert run("rules", "show", "0000", *config).code == 1


# --- diff and replay ----------------------------------------------------------------------------------------


def test_diff_shows_what_would_change_for_stored_mails(run: Run, site: Site) -> None:
    config = ("--config", site.config)
    with site.serving():
        smtp_send(("127.0.0.1", site.port), MUELLER, [INBOX], INVOICE.read_bytes())
        site.letters(HUBER)
    new = shutil.copytree(site.directory / "rules", site.directory / "new")
    edit(new / "properties" / "max-planck-12.yaml", "[huber, novak]", "[novak, huber]")
    ran = run("diff", new, *config)
    assert ran.code == 0
    assert "1 mail: assignee huber → novak" in ran.out
    *groups, last = run("diff", new, "--days", "2", "--json", *config).lines
    assert [list(one) for one in groups] == [["mails", "changes", "because", "as_of_now", "examples"]]
    assert list(last["summary"]) == ["mails", "changed", "failed", "seconds"]
    assert (last["summary"]["mails"], last["summary"]["changed"]) == (1, 1)
    ran = run("replay", "--json", *config)
    assert (ran.code, len(ran.lines), ran.lines[0]["summary"]["changed"]) == (0, 1, 0)
    assert run("diff", new, "--last", "0", *config).code == 2


# --- help for codes, SARIF ------------------------------------------------------------------------------------


def test_help_explains_a_code_with_an_example_and_a_command(run: Run) -> None:
    ran = run("help", "mr301")
    assert ran.code == 0
    assert "A role that roles.yaml does not define." in ran.out
    assert "error MR301" in ran.out
    [one] = run("help", "MR301", "--json").lines
    assert list(one) == ["code", "level", "family", "meaning", "example"]
    assert "MR414" in run("help").out
    assert "example: mailroute explain" in " ".join(run("help", "explain").out.split())
    ran = run("help", "MR999")
    assert (ran.code, "MR" in ran.out) == (1, True)


def test_check_speaks_sarif(run: Run, tmp_path: Path) -> None:
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    with (rules / "absences.yaml").open("a") as file:
        file.write("\n- {staff: nobody, from: 2026-12-14, to: 2026-12-23}\n")
    ran = run("check", "--sarif", rules)
    assert ran.code == 1
    [log] = ran.lines
    assert log["version"] == "2.1.0"
    [result] = log["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("MR302", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("rules/absences.yaml")
    assert place["region"]["startLine"] > 1
    assert [one["id"] for one in log["runs"][0]["tool"]["driver"]["rules"]] == ["MR302"]


# --- a mistake in mailroute.toml ends the start before anything is taken --------------------------------------


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('[[doors]]\nlisten = "8024"\n', "write host:port, or unix:/path"),
        (
            '[[imap]]\ninbox = "other@x.example"\nhost = "127.0.0.1"\nuser = "u"\npassword = "p"\n',
            "organisation.yaml",
        ),
    ],
)
def test_serve_names_a_mistake_in_the_settings_and_starts_nothing(
    run: Run, site: Site, section: str, said: str
) -> None:
    with site.config.open("a", encoding="utf-8") as file:
        file.write("\n" + section)
    ran = run("serve", "--config", site.config)
    assert ran.code == 1
    assert said in ran.err
    assert "imap-connected" not in ran.err
    assert "door-open" not in ran.err
    assert "store-unavailable" not in ran.err


# --- doctor ---------------------------------------------------------------------------------------------------


def states(ran: Ran) -> dict[str, str]:
    """The worst state of each check."""
    worst: dict[str, str] = {}
    for one in ran.lines:
        assert list(one) == ["check", "state", "found", "remedy"]
        before = worst.get(one["check"], "ok")
        worst[one["check"]] = max(before, one["state"], key=["ok", "warn", "fail"].index)
    return worst


def test_doctor_is_content_with_a_new_site(run: Run, site: Site) -> None:
    ran = run("doctor", "--config", site.config)
    assert (ran.code, ran.err) == (0, "")
    assert "takes letters from service@abc-hausverwaltung.example" in ran.out
    found = states(run("doctor", "--json", "--config", site.config))
    assert found["database"] == "warn"
    assert found["borders"] == "warn"
    assert {key: found[key] for key in ("rules", "keys", "door", "relay", "replies")} == dict.fromkeys(
        ("rules", "keys", "door", "relay", "replies"), "ok"
    )
    assert site.relay.letters == []
    with site.serving():
        found = states(run("doctor", "--json", "--config", site.config))
        assert (found["door"], found["clock"]) == ("ok", "ok")


def test_doctor_names_each_thing_that_is_wrong(run: Run, site: Site) -> None:
    (site.directory / "state" / "keys").chmod(0o644)
    (site.directory / "rules" / "roles.yaml").write_text("buchhaltung: {nmae: x}\n")
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        ran = run("doctor", "--json", "--config", site.config)
    assert re.search(r"\.yaml:\d+:\d+: error MR\d{3}: .*; and \d+ more", ran.out)
    found = states(ran)
    assert {key: found[key] for key in ("keys", "rules", "door")} == dict.fromkeys(
        ("keys", "rules", "door"), "fail"
    )
    shutil.copy(shipped.path("rules") / "roles.yaml", site.directory / "rules")
    site.relay.moods.append(Mood(Stage.MAIL, "550 5.7.1 you may not write as this one"))
    ran = run("doctor", "--config", site.config)
    assert ran.code == 1
    assert "you may not write as this one" in ran.out


# --- import ---------------------------------------------------------------------------------------------------


def test_import_shows_first_and_writes_when_told(run: Run, tmp_path: Path) -> None:
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules")
    before = (rules / "people.csv").read_text()
    table = tmp_path / "mieter.csv"
    table.write_text(
        before + "k-1005;Ada Koch;koch@mieter.example;de;tenant;max-planck-12;WE 06;2026-02-01;\n"
    )
    ran = run("import", table, "--as", "people", "--rules", rules)
    assert (ran.code, "1 new, 0 gone, 0 changed, 5 as before." in ran.out) == (0, True)
    assert (rules / "people.csv").read_text() == before
    [one] = run("import", table, "--as", "people", "--rules", rules, "--write", "--json").lines
    assert list(one) == (
        "file heading_line mapping ignored kept translated elsewhere new gone changed same doubts written".split()
    )
    assert (one["new"], one["written"]) == (1, True)
    assert "Ada Koch" in (rules / "people.csv").read_text()
    assert run("import", table, "--as", "people", "--rules", rules, "--map", "x").code == 2
    assert run("import", "/nonexistent.csv", "--as", "people", "--rules", rules).code == 1


# --- grants -------------------------------------------------------------------------------------------------


def test_grant_shows_suggests_invites_and_looks_with_the_eyes_of_a_member(run: Run, site: Site) -> None:
    """REQ-C8, C10, C11: while no daemon runs, the command opens the books itself."""
    config = ("--config", site.config)
    invited = run("grant", "invite", *config)
    assert (invited.code, invited.out) == (0, "nobody needs an invitation\n")
    shown = run("grant", "show", "muster", *config, "--json")
    [view] = shown.lines
    assert (shown.code, view["account_manager"], view["share_tickets"]) == (0, "brandt", True)
    assert {one["state"] for one in view["members"]} == {"known"}
    assert "damage_reports" in view["rights"]
    assert "brandt" in run("grant", "show", *config).out
    assert run("grant", "show", "nobody", *config).code == 1
    # Both addresses of the customers are members already.
    assert (run("grant", "suggest", "muster", *config).out, run("grant", "suggest", "x", *config).code) == (
        "",
        1,
    )
    resent = run("grant", "resend", "klara@muster.example", *config)
    assert (resent.code, "known from the directory" in resent.err) == (1, True)
    looked = run("grant", "view-as", "klara@muster.example", "--as", "brandt", *config, "--json")
    [seen] = looked.lines
    assert (looked.code, seen["tickets"], seen["grants"]) == (0, [], ["muster"])
    assert "HRV-500100" in run("grant", "view-as", "klara@muster.example", "--as", "brandt", *config).out
    assert run("grant", "view-as", "klara@muster.example", "--as", "nobody", *config).code == 1


def test_grant_suggests_the_addresses_of_the_customers_that_are_not_members(run: Run, site: Site) -> None:
    """REQ-C8."""
    file = site.directory / "rules" / "grants" / "makler.yaml"
    file.write_text(
        file.read_text().replace("    - address: klara@muster.example\n      name: Klara Muster\n", "")
    )
    assert run("grant", "invite", "--config", site.config).code == 0
    suggested = run("grant", "suggest", "muster", "--config", site.config)
    assert (suggested.code, suggested.out) == (0, "klara@muster.example\n")
