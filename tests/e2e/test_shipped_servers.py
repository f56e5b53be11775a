"""What `daemon/` ships for Postfix and Dovecot works in a real Postfix and Dovecot, as it stands there."""

import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.store.engine import open_store
from mailroute.store.probes import small_mails_after
from tests.bench.systems import Mailroute
from tests.support.servers import LOOPBACK, Postfix, find_program, postfix, wait_until

INBOX = "service@abc-hausverwaltung.example"
SENDER = "mueller@mieter.example"
FORGED = "Authentication-Results: border.abc-hausverwaltung.example; dmarc=pass header.from=mieter.example"
FOREIGN = "Authentication-Results: mx.mieter.example; dkim=pass header.d=mieter.example"


@pytest.fixture(scope="module")
def files() -> Iterator[Path]:
    """A directory that Postfix's own users can reach, as /etc/postfix is."""
    directory = Path(tempfile.mkdtemp(prefix="mailroute-shipped-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def router(files: Path) -> Iterator[Mailroute]:
    server = Mailroute(files, shipped.path("rules"), "smtp,work", protocol="lmtp")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def border(files: Path, router: Mailroute) -> Iterator[Postfix]:
    transport = text_of("postfix-transport").replace("127.0.0.1:8024", f"{LOOPBACK}:{router.port}")
    (files / "mailroute-transport").write_text(transport)
    (files / "mailroute-header_checks").write_text(text_of("postfix-header_checks"))
    main_cf = dict(
        line.split(" = ", 1) for line in text_of("postfix-main.cf").splitlines() if line and line[0] != "#"
    )
    settings = {name: value.replace("/etc/postfix", str(files)) for name, value in main_cf.items()}
    with postfix(settings=settings, services=text_of("postfix-master.cf")) as server:
        yield server


def text_of(name: str) -> str:
    return shipped.path(f"daemon/{name}").read_text()


def stored(router: Mailroute) -> list[bytes]:
    with (
        open_store(f"sqlite:///{router.directory}/state/mailroute.db", exclusive=False) as store,
        store.read() as conn,
    ):
        return [one.content for one in small_mails_after(conn, 0)]


def send(border: Postfix, to: str, word: str) -> None:
    content = (
        f"{FORGED}\r\n{FOREIGN}\r\nFrom: {SENDER}\r\nTo: {to}\r\nSubject: {word}\r\n\r\nHeizung kalt.\r\n"
    )
    with smtplib.SMTP(border.host, border.port, timeout=60) as client:
        client.sendmail(SENDER, [to], content.encode())


def test_postfix_hands_mail_over_and_takes_out_what_pretends_to_be_our_border(
    border: Postfix, router: Mailroute
) -> None:
    send(border, INBOX, "first")
    wait_until(lambda: any(b"Subject: first" in one for one in stored(router)), "the mail arrives")
    content = next(one for one in stored(router) if b"Subject: first" in one)
    assert FORGED.encode() not in content
    assert FOREIGN.encode() in content


def test_postfix_finds_the_inbox_behind_a_plus(border: Postfix, router: Mailroute) -> None:
    """A made-up token is no reason to refuse a mail; that it proves nothing is the router's business."""
    send(border, "service+t10428.k7q3x9wmbz4p@abc-hausverwaltung.example", "plus")
    wait_until(lambda: any(b"Subject: plus" in one for one in stored(router)), "the mail arrives")


def test_postfix_refuses_unknown_recipients_itself(border: Postfix) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(border, "nobody@abc-hausverwaltung.example", "none")
    assert refused.value.recipients["nobody@abc-hausverwaltung.example"][0] == 550


def test_dovecot_understands_the_shared_inbox(files: Path) -> None:
    find_program("dovecot", package="dovecot-imapd")
    doveconf = find_program("doveconf", package="dovecot-core")
    config = files / "dovecot.conf"
    # doveconf looks users up: one that every machine has stands for vmail.
    config.write_text(
        text_of("dovecot.conf").replace("vmail gid", "mail gid").replace("gid=vmail", "gid=mail")
    )
    asked = subprocess.run((doveconf, "-n", "-c", str(config)), capture_output=True, text=True, check=True)
    assert "mailbox Verarbeitet" in asked.stdout
    assert "Error" not in asked.stderr
