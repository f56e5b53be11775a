"""A worker reads one mail ahead; answers never get mixed up, whatever dies or breaks off in between."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.clock import system_clock
from mailroute.daemon.workers import Worker, limit_time
from mailroute.errors import Broken
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.process import Prepared, claim, process_batch
from mailroute.flow.receive import receive
from mailroute.flow.unwritten import Unwritten
from mailroute.model.mail import Delivery, Door
from mailroute.settings import Settings
from mailroute.store import mails
from mailroute.store.mails import Claimed
from tests.support.servers import wait_until

INBOX = "service@abc-hausverwaltung.example"


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Installation]:
    installation = open_installation(Settings(state=tmp_path / "state", rules=(shipped.path("rules"),)))
    yield installation
    installation.store.close()


@pytest.fixture
def worker(inside: Installation) -> Iterator[Worker]:
    one = Worker(inside.store.url, inside.recipe, system_clock)
    one.start()
    yield one
    one.close()


@pytest.fixture
def claimed(inside: Installation) -> tuple[Claimed, ...]:
    for number in range(4):
        sender = f"person-{number}@mieter.example"
        content = f"From: {sender}\r\nTo: {INBOX}\r\nSubject: Heizung {number}\r\n\r\nkalt\r\n".encode()
        delivery = Delivery(Door.SMTP, sender, (INBOX,), content, system_clock(), "127.0.0.1")
        receive(delivery, inside.store, inside.site.inboxes).result()
    found = claim(inside.store, "test", system_clock())
    assert len(found) == 4
    return found


def answers(prepared: Prepared, asked: Claimed) -> bool:
    return prepared.claimed.envelope == asked.envelope


def test_mails_asked_for_ahead_are_answered_in_order(worker: Worker, claimed: tuple[Claimed, ...]) -> None:
    for one, following in zip(claimed, [*claimed[1:], None], strict=True):
        assert answers(worker.prepare(one, following), one)


def test_an_answer_nobody_waited_for_is_not_taken_for_another(
    worker: Worker, claimed: tuple[Claimed, ...]
) -> None:
    first, second, third, _ = claimed
    assert answers(worker.prepare(first, second), first)
    assert answers(worker.prepare(third), third)
    assert answers(worker.prepare(second), second)


def test_a_worker_that_died_between_mails_costs_none_of_them(
    worker: Worker, claimed: tuple[Claimed, ...]
) -> None:
    first, second, third, fourth = claimed
    worker.prepare(first, second)
    assert worker._process is not None
    worker._process.kill()
    worker._process.join()
    assert answers(worker.prepare(second, third), second)
    assert answers(worker.prepare(third, fourth), third)
    assert answers(worker.prepare(fourth), fourth)


def _spin() -> None:
    limit_time(1)
    while True:
        pass


def test_a_process_that_burns_its_time_is_ended_by_the_kernel() -> None:
    """No mail is known that takes so long; one that did would end its worker, not the daemon."""
    process = multiprocessing.get_context("fork").Process(target=_spin)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGXCPU


def test_a_mail_that_ends_its_worker_by_its_time_is_said_to(
    worker: Worker, claimed: tuple[Claimed, ...]
) -> None:
    """The child stands still until it was asked, then gets the signal that the kernel would send."""
    worker.wait_until_ready()
    assert worker._process is not None
    assert worker._process.pid is not None
    pid = worker._process.pid
    os.kill(pid, signal.SIGSTOP)

    def out_of_time() -> None:
        wait_until(lambda: bool(worker._asked), "the child was asked")
        os.kill(pid, signal.SIGXCPU)
        os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=out_of_time)
    thread.start()
    with pytest.raises(Broken, match="5 s of the processor"):
        worker.prepare(claimed[0])
    thread.join()


def test_a_batch_is_decided_to_the_last_mail(
    inside: Installation, worker: Worker, claimed: tuple[Claimed, ...]
) -> None:
    unwritten = Unwritten(inside.store)
    assert process_batch(inside.store, claimed, worker.prepare, system_clock, unwritten) == len(claimed)
    with inside.store.read() as conn:
        assert mails.unfinished(conn) == 0
