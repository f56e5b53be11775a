"""Changed rules are taken once they are all written: a `git pull` is many files, an editor saves in several steps."""

from mailroute.daemon.rules import comes_to_rest


def test_files_have_come_to_rest_when_a_whole_wait_has_changed_nothing() -> None:
    waits: list[str] = []
    looks = iter(["half of a pull", "all but one file", "all of it", "all of it"])

    assert comes_to_rest(lambda: next(looks), lambda: waits.append("a second") is not None)
    assert len(waits) == 3


def test_a_daemon_that_ends_waits_for_no_files() -> None:
    looks = iter(range(9))
    ends = iter([False, True])

    assert not comes_to_rest(lambda: next(looks), lambda: next(ends))
