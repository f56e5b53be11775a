"""What usually goes wrong at a new site, looked at one by one: each with a sentence, and a remedy where it is wrong.

Sends no mail and changes no rules or books; at an IMAP account the folder for finished mails is made if it is missing,
as the door itself would do.
"""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from mailroute.admin.inside import SOCKET, daemon_listens
from mailroute.admin.reload import checked
from mailroute.clock import Clock
from mailroute.daemon import machine
from mailroute.daemon.doors import host_and_port, imap_account
from mailroute.daemon.findings import Finding, State
from mailroute.daemon.supervise import relay_spec
from mailroute.delivery.smtp import Relay
from mailroute.errors import MailrouteError, RulesetInvalid
from mailroute.flow.site import load_directories, read_keyring
from mailroute.intake.mailbox import probe_mailbox
from mailroute.model.ruleset import Inbox, ReplyMode
from mailroute.settings import Settings
from mailroute.store.engine import open_store
from mailroute.store.health import newest_mail, version

_MB = 1024 * 1024
_SPACE_WARNS, _SPACE_FAILS = 2048 * _MB, 200 * _MB
_WRITTEN = 2026
_PROBE_S = 10.0


def examine(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Everything, one after the other; whatever goes wrong is a finding."""
    for name, check in _CHECKS.items():
        try:
            yield from check(settings, clock)
        except (MailrouteError, OSError) as error:
            yield Finding(name, State.FAIL, str(error).split("\n", 1)[0])


def _rules(settings: Settings, clock: Clock) -> Iterator[Finding]:
    try:
        loaded = checked(settings, clock())
    except RulesetInvalid as error:
        wrong = [one for one in error.diagnostics if one.level == "error"]
        remedy = "Run `mailroute check` and `mailroute test`: they name each with its place."
        first, more = str(wrong[0]).split("\n", 1)[0], len(wrong) - 1
        said = f"{first}; and {more} more" if more else first
        yield Finding("rules", State.FAIL, said, remedy)
        return
    for one in loaded:
        name = one.ruleset.organisation.id
        yield Finding("rules", State.OK, f"{name}: ruleset {one.ruleset.hash}, its tests pass")


def _keys(settings: Settings, clock: Clock) -> Iterator[Finding]:
    if not settings.key_file.exists():
        remedy = "The first `mailroute serve` makes them; for an old database put its keys back before."
        yield Finding("keys", State.WARN, f"{settings.key_file} does not exist yet", remedy)
        return
    count = len(read_keyring(settings.key_file).keys)
    yield Finding("keys", State.OK, f"{count} in {settings.key_file}, for its owner only")


def _database(settings: Settings, clock: Clock) -> Iterator[Finding]:
    path = settings.database_url.removeprefix("sqlite:///")
    if path != settings.database_url and not Path(path).exists():
        yield Finding("database", State.WARN, f"{path} does not exist yet", "`mailroute serve` makes it.")
        return
    with open_store(settings.database_url, exclusive=False) as store, store.read() as conn:
        name, found = version(conn)
        newest = newest_mail(conn)
    shown = ".".join(str(part) for part in found)
    if name == "sqlite" and found < (3, 51, 3):
        # libs.md: the WAL-reset bug of 3.7.0 to 3.51.2.
        remedy = "Let no other program write to the file (`sqlite3 -readonly` is fine); mailroute itself has one writer."
        yield Finding(
            "database", State.WARN, f"SQLite {shown} can damage a file that two programs write", remedy
        )
    else:
        yield Finding("database", State.OK, f"{name} {shown} answers")
    yield _clock_beside(newest, clock())


def _clock_beside(newest: datetime | None, now: datetime) -> Finding:
    remedy = (
        "Set the clock, and let it be kept by NTP (`timedatectl set-ntp true`): deadlines and tokens need it."
    )
    if now.year < _WRITTEN:
        return Finding("clock", State.FAIL, f"it says {now:%Y-%m-%d}", remedy)
    if newest is not None and newest > now + timedelta(minutes=5):
        return Finding(
            "clock", State.FAIL, f"the newest mail is from the future ({newest:%Y-%m-%d %H:%M} UTC)", remedy
        )
    return Finding("clock", State.OK, f"{now:%Y-%m-%d %H:%M} UTC")


def _space(settings: Settings, clock: Clock) -> Iterator[Finding]:
    home = next(path for path in (settings.state, *settings.state.parents) if path.exists())
    free = shutil.disk_usage(home).free
    state = State.FAIL if free < _SPACE_FAILS else State.WARN if free < _SPACE_WARNS else State.OK
    remedy = "Make room: with a full disk senders get 451." if state is not State.OK else ""
    yield Finding("disk", state, f"{free // _MB} MB free for {settings.state}", remedy)


def _doors(settings: Settings, clock: Clock) -> Iterator[Finding]:
    ours = daemon_listens(settings.state / SOCKET)
    if not settings.doors and not settings.imap:
        remedy = "Add [[doors]] or [[imap]] to mailroute.toml."
        yield Finding("doors", State.WARN, "no door is configured: no mail comes in", remedy)
    for door in settings.doors:
        yield _listening("door", door.listen, ours=ours)


def _listening(check: str, listen: str, *, ours: bool) -> Finding:
    if listen.startswith("unix:"):
        return Finding(check, State.OK, f"{listen} (not tried)")
    host, port = host_and_port(listen)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE and ours:
                return Finding(check, State.OK, f"{listen} is open, a daemon runs here")
            remedy = "Stop the program that has it (`ss -ltnp`), or choose another `listen`."
            if error.errno in (errno.EACCES, errno.EPERM):
                remedy = "Ports below 1024 need AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit."
            return Finding(check, State.FAIL, f"{listen}: {error.strerror}", remedy)
    if ours:
        remedy = "Restart the daemon: its mailroute.toml was another one."
        return Finding(check, State.FAIL, f"a daemon runs here, but not on {listen}", remedy)
    return Finding(check, State.OK, f"{listen} is free")


def _inboxes(settings: Settings) -> list[Inbox]:
    return [inbox for one in load_directories(settings.rules) for inbox in one.ruleset.organisation.inboxes]


def _relay(settings: Settings, clock: Clock) -> Iterator[Finding]:
    relay = settings.relay
    where = f"{relay.host}:{relay.port}"
    spec = relay_spec(settings)
    for inbox in _inboxes(settings):
        answer = Relay(replace(spec, connect_s=_PROBE_S, command_s=_PROBE_S)).probe(inbox.address)
        if answer is None:
            how = {"none": "in clear", "starttls": "with STARTTLS", "tls": "with TLS"}[relay.security]
            yield Finding("relay", State.OK, f"{where} takes letters from {inbox.address}, {how}")
        else:
            remedy = "Mend [relay]; the relay must let this machine, or this account, write as the inbox."
            yield Finding(
                "relay", State.FAIL, f"{where} does not take letters from {inbox.address}: {answer}", remedy
            )
    local = relay.host in ("127.0.0.1", "::1", "localhost")
    if relay.security == "none" and not local:
        remedy = 'Set security = "starttls" and the port to 587.'
        yield Finding("relay", State.WARN, f"letters go to {where} without encryption", remedy)


def _imap(settings: Settings, clock: Clock) -> Iterator[Finding]:
    for one in settings.imap:
        answer = probe_mailbox(imap_account(one, settings))
        if answer is None:
            yield Finding("imap", State.OK, f"{one.user} at {one.host}: login works, {one.folder} is there")
        else:
            remedy = "Check host, security, user, password and folder of this [[imap]]."
            yield Finding("imap", State.FAIL, f"{one.user} at {one.host}: {answer}", remedy)


def _web(settings: Settings, clock: Clock) -> Iterator[Finding]:
    web = settings.web
    if web is None:
        return
    yield _listening("web", web.listen, ours=daemon_listens(settings.state / SOCKET))
    host = urlsplit(web.url).hostname or ""
    if web.url.startswith("https://") or host in ("127.0.0.1", "::1", "localhost"):
        yield Finding("web", State.OK, f"people come by {web.url}")
    else:
        remedy = "Put a server that speaks TLS before it (docs/operating.md) and write https in `url`."
        yield Finding("web", State.FAIL, f"{web.url}: links and cookies would travel in clear", remedy)
    if not web.listen.startswith("unix:") and host_and_port(web.listen)[0] not in (
        "127.0.0.1",
        "::1",
        "localhost",
    ):
        remedy = "Listen on 127.0.0.1 or a unix socket, and let the server that speaks TLS pass requests on."
        yield Finding("web", State.WARN, f"{web.listen} is open to the network without TLS", remedy)


def _replies(settings: Settings, clock: Clock) -> Iterator[Finding]:
    for inbox in _inboxes(settings):
        if inbox.reply is ReplyMode.PLUS:
            name, _, domain = inbox.address.partition("@")
            found = f"{inbox.address} needs plus-addresses such as {name}+t1@{domain} (not tried from here)"
            yield Finding("replies", State.OK, found, "`mailroute probe` tries it.")
    if not settings.borders:
        remedy = "Name the authserv-id of your own filter in `borders`; until then no sender is believed by more than a name."
        yield Finding("borders", State.WARN, "no mail server vouches for senders", remedy)


_CHECKS: dict[str, Callable[[Settings, Clock], Iterator[Finding]]] = {
    "rules": _rules,
    "keys": _keys,
    "database": _database,
    "disk": _space,
    "rights": machine.permissions,
    "dns": machine.names,
    "doors": _doors,
    "tls": machine.certificates,
    "relay": _relay,
    "imap": _imap,
    "web": _web,
    "replies": _replies,
}
