"""From settings to open doors: what `mailroute.toml` says, in the words of `intake`."""

from __future__ import annotations

import ssl
from pathlib import Path

from mailroute.daemon.token_command import asking
from mailroute.errors import SettingsInvalid
from mailroute.intake.door import SmtpDoor, SmtpProtocol
from mailroute.intake.imap import After, ImapAccount, Security
from mailroute.intake.login import check_against
from mailroute.settings import Door, Imap, Settings, secret


def smtp_door(door: Door, settings: Settings) -> SmtpDoor:
    """One `[[doors]]` entry. Raises SettingsInvalid if its address or certificate cannot be used."""
    unix = Path(door.listen.removeprefix("unix:")) if door.listen.startswith("unix:") else None
    host, port = ("", 0) if unix else host_and_port(door.listen)
    users = {name: value.get_secret_value() for name, value in door.users.items()}
    return SmtpDoor(
        host=host,
        port=port,
        unix_socket=unix,
        protocol=SmtpProtocol(door.protocol),
        hostname=door.hostname,
        tls=_tls(door),
        require_starttls=door.require_tls,
        login=check_against(users) if users else None,
        size_limit_bytes=settings.size_limit_bytes,
        in_flight_bytes=2 * settings.size_limit_bytes,
        max_connections=door.connections,
        max_connections_per_peer=door.connections_per_peer,
        idle_s=door.idle_s,
    )


def host_and_port(listen: str) -> tuple[str, int]:
    """`listen` in its parts. Raises SettingsInvalid."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise SettingsInvalid((f"doors.listen = {listen!r}: write host:port, or unix:/path",))
    return host.strip("[]"), int(port)


def _tls(door: Door) -> ssl.SSLContext | None:
    if door.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(door.tls_certificate, door.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise SettingsInvalid(
            (f"doors.tls_certificate = {door.tls_certificate}: cannot be used: {error}",)
        ) from None
    return context


def imap_account(imap: Imap, settings: Settings) -> ImapAccount:
    """One `[[imap]]` entry. Raises SettingsInvalid if there is neither a password nor a token command."""
    password = secret(imap.password, imap.password_file, settings.state)
    if password is None and imap.token_command is None:
        raise SettingsInvalid((f"imap {imap.user}: give password_file or token_command",))
    return ImapAccount(
        account=f"{imap.user}@{imap.host}",
        host=imap.host,
        port=imap.port,
        security=Security(imap.security),
        user=imap.user,
        password=password,
        token=asking(imap.token_command),
        folder=imap.folder,
        done_folder=imap.done_folder,
        after=After(imap.after),
        inbox=imap.inbox,
        size_limit_bytes=settings.size_limit_bytes,
    )
