"""What `doctor` looks at outside the program: names of servers, certificates of our doors, who may read what we keep."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailroute.clock import Clock
from mailroute.daemon.findings import Finding, State
from mailroute.settings import Door, Settings

_SOON = timedelta(days=14)


def names(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Does DNS know the servers that we talk to?"""
    servers = {"[relay]": settings.relay.host} | {
        f"[[imap]] of {one.inbox}": one.host for one in settings.imap
    }
    for where, host in servers.items():
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            remedy = f"Check `host` in {where}, and /etc/resolv.conf of this machine."
            yield Finding("dns", State.FAIL, f"there is no address for {host}: {_reason(error)}", remedy)
        else:
            yield Finding("dns", State.OK, f"{host} is {found[0][4][0]}")


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


# --- certificates --------------------------------------------------------------------------------------------


def certificates(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Can each door that offers TLS show its certificate, and for how long?"""
    for door in settings.doors:
        if door.tls_certificate is not None:
            yield _certificate(door, door.tls_certificate, clock())


def _certificate(door: Door, file: Path, now: datetime) -> Finding:
    remedy = "Name the PEM file with the whole chain and the key that belongs to it, readable for the daemon."
    try:
        shown, expires = _shown(file, door.tls_key)
    except (OSError, ValueError) as error:
        # A certificate that has run out is refused as any client would.
        return Finding("tls", State.FAIL, f"{door.listen}: {file}: {_reason(error)}", remedy)
    until = f"{expires:%Y-%m-%d}"
    if expires - now < _SOON:
        remedy = "Renew it, and let the daemon be restarted afterwards (certbot: --deploy-hook)."
        return Finding("tls", State.WARN, f"{door.listen}: {file} is valid only until {until}", remedy)
    if door.hostname not in ("localhost", *shown) and not any(_fits(door.hostname, name) for name in shown):
        remedy = f"Use a certificate for {door.hostname}, or another `hostname` for the door."
        return Finding("tls", State.WARN, f"{door.listen}: {file} is for {', '.join(shown)}", remedy)
    return Finding("tls", State.OK, f"{door.listen}: {file} is valid until {until}")


def _fits(hostname: str, name: str) -> bool:
    return name.startswith("*.") and hostname.partition(".")[2] == name[2:]


def _shown(certificate: Path, key: Path | None) -> tuple[tuple[str, ...], datetime]:
    """The names and the end of a certificate, as a client sees them that trusts nothing else. Raises OSError, ValueError."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(certificate)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = server.wrap_bio(to_server, to_client, server_side=True)
    theirs = client.wrap_bio(to_client, to_server)
    for side in (theirs, ours, theirs, ours):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    shown = theirs.getpeercert() or {}
    # SubjectAltName is a list of (kind, name).
    alternative = (pair for pair in shown.get("subjectAltName", ()) if isinstance(pair, tuple))
    hosts = tuple(str(pair[1]) for pair in alternative if pair[0] == "DNS")
    seconds = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    return hosts, datetime.fromtimestamp(seconds, UTC)


# --- permissions ---------------------------------------------------------------------------------------------


def permissions(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """May we write where we must, read the rules, and may nobody else read what people wrote to us?"""
    state = settings.state
    if state.exists():
        mode = state.stat().st_mode
        if not os.access(state, os.W_OK | os.X_OK):
            remedy = f"Run this as the daemon's user, or give it the directory: chown -R mailroute {state}"
            yield Finding("rights", State.FAIL, f"{state} cannot be written by this user", remedy)
        elif mode & 0o077:
            yield Finding("rights", State.FAIL, f"others can look into {state}", f"Say: chmod 700 {state}")
        else:
            yield Finding("rights", State.OK, f"{state} is ours alone")
    for directory in settings.rules:
        unread = [path for path in directory.rglob("*") if not os.access(path, os.R_OK)]
        if unread:
            remedy = "Let the daemon's user read the rules: chmod -R a+rX, or chgrp to its group."
            yield Finding("rights", State.FAIL, f"{unread[0]} cannot be read by this user", remedy)
