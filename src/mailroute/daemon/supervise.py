"""`mailroute serve`: opens the installation, runs the daemon until a signal, tells systemd how it is going."""

from __future__ import annotations

import asyncio
import os
import signal
import socket

from mailroute.clock import Clock, system_clock
from mailroute.daemon.serve import PARTS, Daemon
from mailroute.daemon.token_command import asking
from mailroute.daemon.workers import settle
from mailroute.delivery.smtp import Relay, RelaySpec, Tls
from mailroute.flow.activate import Installation, open_installation
from mailroute.settings import Settings, secret

__all__ = ["PARTS", "open_daemon", "serve"]


def serve(settings: Settings, parts: tuple[str, ...]) -> int:
    """Run until SIGTERM or SIGINT. Raises what `open_installation` raises before anything is accepted."""
    installation = open_installation(settings)
    daemon = open_daemon(settings, installation, parts=parts)
    # Else one page in twenty waits while the collector goes through the rules.
    settle()
    asyncio.run(_until_told(daemon))
    return 0


def open_daemon(
    settings: Settings,
    installation: Installation,
    *,
    parts: tuple[str, ...] = PARTS,
    clock: Clock = system_clock,
) -> Daemon:
    """Put a daemon together; nothing runs yet."""
    spec = relay_spec(settings)
    return Daemon(
        settings=settings,
        store=installation.store,
        site=installation.site,
        recipe=installation.recipe,
        relays=lambda: Relay(spec),
        clock=clock,
        parts=parts,
    )


def relay_spec(settings: Settings) -> RelaySpec:
    """`[relay]` in the words of `delivery`. Raises SettingsInvalid if the password file is missing."""
    relay = settings.relay
    return RelaySpec(
        host=relay.host,
        port=relay.port,
        tls=Tls(relay.security),
        user=relay.user,
        password=secret(relay.password, relay.password_file, settings.state) or "",
        token=asking(relay.token_command),
        local_hostname=relay.hostname,
    )


async def _until_told(daemon: Daemon) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    loop.add_signal_handler(signal.SIGHUP, daemon.rules.reload_soon)
    await daemon.start()
    _tell_systemd("READY=1")
    await told.wait()
    _tell_systemd("STOPPING=1")
    await daemon.stop()


def _tell_systemd(state: str) -> None:
    """sd_notify(3), where systemd started us with Type=notify."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.connect("\0" + address[1:] if address.startswith("@") else address)
        notify.send(state.encode())
