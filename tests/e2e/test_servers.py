"""The servers that other tests talk to work by themselves: a failure here is not mailroute's."""

import shutil
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest
from imapclient import IMAPClient

from tests.support.servers import (
    Dovecot,
    Postfix,
    ServerMissing,
    dovecot,
    find_program,
    free_port,
    lmtp_transport,
    postfix,
    postgres,
    wait_until,
)

# Postfix tries a mail again after a minute if it finds it still being delivered when its peer is back.
WAIT_S = 100
SENDER = "mueller@mieter.example"


@pytest.fixture(scope="module")
def mailboxes() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def mta(mailboxes: Dovecot) -> Iterator[Postfix]:
    with postfix(otherwise=mailboxes.lmtp) as server:
        yield server


def send(server: Postfix, to: str, subject: str) -> None:
    mail = EmailMessage()
    mail["From"] = SENDER
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content("Guten Tag,\n\ndie Heizung ist kalt.\n")
    with smtplib.SMTP(server.host, server.port, timeout=WAIT_S) as client:
        client.send_message(mail)


def wait_for_mail(client: IMAPClient) -> list[int]:
    for _ in range(WAIT_S):
        # What came before IDLE is not announced: look first, then listen.
        if found := client.search():
            return list(found)
        client.idle()
        client.idle_check(timeout=1)
        client.idle_done()
    pytest.fail(f"no mail within {WAIT_S} s")


def test_postfix_delivers_by_lmtp_into_a_mailbox_that_imap_reads(mta: Postfix, mailboxes: Dovecot) -> None:
    send(mta, "huber@firma.example", "Heizung")
    with mailboxes.mailbox("huber@firma.example") as client:
        uids = wait_for_mail(client)
        fetched = client.fetch(uids, ["BODY.PEEK[]"])
    [mail] = fetched.values()
    assert b"Subject: Heizung\r\n" in mail[b"BODY[]"]
    assert b"die Heizung ist kalt" in mail[b"BODY[]"]


def test_swaks_is_taken_by_postfix(mta: Postfix, mailboxes: Dovecot) -> None:
    swaks = find_program("swaks", package="swaks")
    subprocess.run(
        (swaks, "--server", f"{mta.host}:{mta.port}", "--to", "swaks@firma.example", "--from", SENDER),
        check=True,
        capture_output=True,
        timeout=WAIT_S,
    )
    with mailboxes.mailbox("swaks@firma.example") as client:
        assert len(wait_for_mail(client)) == 1


def test_idle_announces_a_mail_that_comes_while_we_listen(mta: Postfix, mailboxes: Dovecot) -> None:
    with mailboxes.mailbox("idle@firma.example") as client:
        client.idle()
        send(mta, "idle@firma.example", "Schlüssel")
        announced = client.idle_check(timeout=WAIT_S)
        client.idle_done()
    assert (1, b"EXISTS") in announced


def test_mail_waits_in_the_queue_while_the_peer_is_down_and_goes_out_when_it_is_back() -> None:
    with dovecot() as peer, postfix(routes={"firma.example": peer.lmtp}) as mta:
        peer.stop()
        send(mta, "huber@firma.example", "Heizung")
        [waiting] = mta.queue()
        assert (waiting.sender, list(waiting.recipients)) == (SENDER, ["huber@firma.example"])
        peer.start()
        with peer.mailbox("huber@firma.example") as client:
            assert len(wait_for_mail(client)) == 1


def test_postfix_without_a_route_fills_its_own_maildir() -> None:
    nobody = lmtp_transport("127.0.0.1", free_port())
    with postfix(routes={"service.example": nobody}) as mta:
        send(mta, "irgendwer@anderswo.example", "Miete")
        wait_until(lambda: any(mta.maildir.glob("new/*")), "the mail is in the Maildir", WAIT_S)
        [mail] = mta.maildir.glob("new/*")
        assert b"Subject: Miete\n" in mail.read_bytes()


def test_postgres_answers_and_keeps_its_data_over_a_restart() -> None:
    with postgres() as server:
        with psycopg.connect(server.dsn("postgres")) as connection:
            connection.execute("CREATE TABLE kept (what text)")
            connection.execute("INSERT INTO kept VALUES ('this')")
        server.stop()
        server.start()
        with psycopg.connect(server.dsn("postgres")) as connection:
            assert connection.execute("SELECT what FROM kept").fetchall() == [("this",)]
            [version] = connection.execute("SELECT version()").fetchone() or [""]
            [fsync] = connection.execute("SHOW fsync").fetchone() or [""]
    assert version.startswith("PostgreSQL ")
    assert fsync == "on"


def test_each_postgres_url_is_an_empty_database_of_its_own(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


STARTS_A_SERVER_AND_IS_KILLED = """
import os, signal, sys
from tests.support.servers import ServerMissing, {server}
try:
    with {server}() as running:
        print(running.directory, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
except ServerMissing as why:
    sys.exit(str(why))
"""


@pytest.mark.parametrize("server", ["postfix", "dovecot", "postgres"])
def test_no_server_outlives_the_process_that_started_it(server: str) -> None:
    killed = subprocess.run(
        (sys.executable, "-c", STARTS_A_SERVER_AND_IS_KILLED.format(server=server)),
        check=False,
        capture_output=True,
        text=True,
        timeout=110,
        cwd=Path(__file__).parents[2],
    )
    if killed.returncode == 1:
        raise ServerMissing(killed.stderr.strip())
    assert killed.returncode == -9, killed.stderr
    directory = Path(killed.stdout.strip())
    wait_until(lambda: not processes_in(directory), f"every process of {server} is gone", WAIT_S)
    shutil.rmtree(directory)


def processes_in(directory: Path) -> list[Path]:
    """Return the processes that work below a directory, as all three servers and their children do."""
    return [cwd.parent for cwd in Path("/proc").glob("[0-9]*/cwd") if works_in(cwd, directory)]


def works_in(cwd: Path, directory: Path) -> bool:
    try:
        return cwd.readlink().is_relative_to(directory)
    except OSError:
        # It ended while we looked, or is none of ours.
        return False
