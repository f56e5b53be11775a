"""A loop says truly whether it rests: a demo or a test that waits for it must not look too early."""

import threading

from mailroute.daemon.loops import Loop
from tests.support.servers import wait_until

WAIT_S = 60.0


def test_a_loop_rests_only_after_a_whole_step_since_it_was_woken() -> None:
    begun, may_end = threading.Semaphore(0), threading.Semaphore(0)

    def step() -> int:
        begun.release()
        may_end.acquire(timeout=WAIT_S)
        return 0

    loop = Loop("test", step, look_every_s=3600)
    assert not loop.is_resting
    loop.start()
    assert begun.acquire(timeout=WAIT_S)
    assert not loop.is_resting
    # What has come up since the step began, it may have overlooked: another one follows.
    loop.wake()
    may_end.release()
    assert begun.acquire(timeout=WAIT_S)
    assert not loop.is_resting
    may_end.release()
    wait_until(lambda: loop.is_resting, "the loop to rest", WAIT_S)
    loop.wake()
    assert not loop.is_resting
    may_end.release(2)
    loop.stop()
    loop.join(WAIT_S)
    assert not loop.is_alive()
