"""The control socket: one daemon of a state directory is asked, whoever else starts there."""

import asyncio
from pathlib import Path
from typing import Any, cast

from mailroute.daemon.control import Control
from mailroute.daemon.serve import Daemon

# Nothing is asked of it here.
NOBODY = cast("Daemon", None)


def test_a_second_daemon_leaves_the_socket_to_the_first(tmp_path: Path) -> None:
    async def both() -> tuple[Any, bool]:
        first = await Control.open(tmp_path, NOBODY)
        second = await Control.open(tmp_path, NOBODY)
        still_there = (tmp_path / "control.sock").exists()
        assert first is not None
        await first.close()
        return second, still_there

    assert asyncio.run(both()) == (None, True)


def test_the_socket_of_a_dead_daemon_is_replaced(tmp_path: Path) -> None:
    async def after_a_crash() -> bool:
        (tmp_path / "control.sock").touch()
        opened = await Control.open(tmp_path, NOBODY)
        assert opened is not None
        await opened.close()
        return not (tmp_path / "control.sock").exists()

    assert asyncio.run(after_a_crash())
