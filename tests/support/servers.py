"""Start real Postfix, Dovecot and PostgreSQL servers on loopback ports, each in a directory of its own.

They never touch the configuration, queues or databases of the machine, and nothing of them outlives
the test: the servers die with the process that started them, even when that one is killed.

    with dovecot() as mailboxes, postfix(otherwise=mailboxes.lmtp) as mta:
        ...
"""

import atexit
import grp
import json
import logging
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

from imapclient import IMAPClient

LOOPBACK = "127.0.0.1"
START_WAIT_S = 60.0
STOP_WAIT_S = 15.0
LOG_TAIL_LINES = 60

# Postfix's master changes its effective user while it starts, and the kernel then forgets which signal
# it should get when we die. A shell between us and it does not forget.
STAY_ITS_PARENT = ("sh", "-c", "trap 'kill $!' TERM; \"$@\" & wait $!; trap - TERM; wait $!", "sh")


_log = logging.getLogger(__name__)
# Below WARNING nobody is bothered, but pytest keeps the lines and shows them when a test fails.
_log.setLevel(logging.INFO)


class ServerMissing(Exception):
    """The machine cannot run this server; the text says in one line what to do about it.

    tests/conftest.py turns it into a skip, or into a failure where nothing may be skipped.
    """


class ServerFailed(RuntimeError):
    """The server is installed but did not come up; the text ends with its log."""


@dataclass(kw_only=True)
class Server:
    """A server process of the test's own; can be stopped and started again on the same port and data."""

    name: str
    host: str
    port: int
    directory: Path
    command: tuple[str, ...]
    stop_signal: signal.Signals
    user: str | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def pid(self) -> int:
        """The process that was started; what the server forks is below it."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the process and return once it accepts connections."""
        with (self.directory / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                (*_with_parent(self.stop_signal, self.user), *self.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.directory,
                start_new_session=True,
            )
        atexit.register(self.stop)
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the process as an operator would; harmless when it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.stop)
        process.send_signal(self.stop_signal)
        try:
            process.wait(STOP_WAIT_S)
        except subprocess.TimeoutExpired:
            _log.warning("%s ignored %s for %s s", self.name, self.stop_signal.name, STOP_WAIT_S)
        # Whatever of its children is left: the session is ours, so is its process group.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        _log.info("%s said:\n%s", self.name, self.log())

    def log(self) -> str:
        """Return the end of what the server has logged."""
        lines = [
            line
            for file in sorted(self.directory.glob("*.log"))
            for line in file.read_text(errors="replace").splitlines()
        ]
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_WAIT_S
        while not self._is_ready():
            try:
                # Comes back early when the process dies: then there is nothing left to wait for.
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                raise ServerFailed(
                    f"{self.name} does not answer after {START_WAIT_S} s\n{self.log()}"
                ) from None
            raise ServerFailed(f"{self.name} ended with code {process.returncode}\n{self.log()}")

    def _is_ready(self) -> bool:
        return _says_hello(self.host, self.port)


AnyServer = TypeVar("AnyServer", bound=Server)


@dataclass(kw_only=True)
class QueuedMail:
    """A mail that waits in Postfix, with the last reply for each recipient ("" if never tried)."""

    queue_id: str
    queue: str
    sender: str
    recipients: dict[str, str]


@dataclass(kw_only=True)
class Postfix(Server):
    """A Postfix; `port` speaks SMTP and takes mail from loopback to anywhere."""

    maildir: Path

    def queue(self) -> list[QueuedMail]:
        """Return what `mailq` would show, each mail once.

        Postfix goes through its queues one after the other: a mail that moves meanwhile is listed in both, or in
        neither. So it is asked twice.
        """
        queued = [*self._queued(), *self._queued()]
        return list({mail.queue_id: mail for mail in queued}.values())

    def _queued(self) -> list[QueuedMail]:
        listing = subprocess.run(
            ("postqueue", "-c", str(self.directory / "etc"), "-j"),
            check=True,
            capture_output=True,
            text=True,
            env=_environment(),
        )
        return [
            QueuedMail(
                queue_id=mail["queue_id"],
                queue=mail["queue_name"],
                sender=mail["sender"],
                recipients={to["address"]: to.get("delay_reason", "") for to in mail["recipients"]},
            )
            for mail in map(json.loads, listing.stdout.splitlines())
        ]


@dataclass(kw_only=True)
class Dovecot(Server):
    """A Dovecot; `port` speaks IMAP. Every address is a user, made at its first mail or login."""

    lmtp_port: int
    password: str

    @property
    def lmtp(self) -> str:
        """The LMTP port as a Postfix transport."""
        return lmtp_transport(self.host, self.lmtp_port)

    @contextmanager
    def mailbox(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Log in and select a folder."""
        with IMAPClient(self.host, self.port, ssl=False, timeout=60) as client:
            client.normalise_times = False
            client.login(user, self.password)
            client.select_folder(folder)
            yield client

    def _is_ready(self) -> bool:
        return super()._is_ready() and _says_hello(self.host, self.lmtp_port)


@dataclass(kw_only=True)
class Postgres(Server):
    """A PostgreSQL that trusts loopback. fsync is on, as in earnest."""

    role: str

    def url(self, database: str) -> str:
        """Return the address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://{self.role}@{self.host}:{self.port}/{database}"

    def dsn(self, database: str) -> str:
        """Return the address of a database for psycopg itself."""
        return f"postgresql://{self.role}@{self.host}:{self.port}/{database}"

    def _is_ready(self) -> bool:
        tool = Path(self.command[0]).with_name("pg_isready")
        asked = (str(tool), "-q", "-h", self.host, "-p", str(self.port))
        return subprocess.run(asked, check=False, env=_environment()).returncode == 0


def lmtp_transport(host: str, port: int) -> str:
    """Name an LMTP server the way Postfix's transport table does."""
    return f"lmtp:inet:{host}:{port}"


@contextmanager
def postfix(
    *,
    routes: Mapping[str, str] | None = None,
    otherwise: str | None = None,
    settings: Mapping[str, str] | None = None,
    services: str = "",
) -> Iterator[Postfix]:
    """Run a Postfix that takes mail from loopback.

    `routes` maps a domain to a transport, for example {"service.example": lmtp_transport(host, port)}.
    `otherwise` is the transport of all other domains; None means: into the server's own `maildir`.
    `settings` are lines of main.cf that win over ours, `services` further ones of master.cf.
    """
    sbin = _directory_of("master", "/usr/lib/postfix/sbin", "/usr/libexec/postfix", package="postfix")
    if os.geteuid() != 0:
        # Its master hands each job to another user; there is no rootless mode.
        raise ServerMissing("Postfix starts only as root: run the end-to-end tests as root")
    with _private_directory("postfix") as directory:
        port = free_port()
        mail_user = pwd.getpwnam("mail")
        for name in ("etc", "queue", "data", "maildir"):
            (directory / name).mkdir()
        os.chown(directory / "data", pwd.getpwnam("postfix").pw_uid, -1)
        os.chown(directory / "maildir", mail_user.pw_uid, mail_user.pw_gid)
        (directory / "etc" / "transport").write_text(
            "".join(f"{domain} {transport}\n" for domain, transport in (routes or {}).items())
        )
        main_cf = {
            "compatibility_level": "3.6",
            "queue_directory": f"{directory}/queue",
            "data_directory": f"{directory}/data",
            "daemon_directory": str(sbin),
            "maillog_file": f"{directory}/maillog.log",
            "maillog_file_prefixes": str(directory),
            "inet_interfaces": LOOPBACK,
            "inet_protocols": "ipv4",
            "myhostname": "mta.example",
            "mydestination": "",
            "mynetworks": "127.0.0.0/8",
            "alias_maps": "",
            "alias_database": "",
            "local_recipient_maps": "",
            # No domain is ours: each goes where the routes say, else where the default says.
            "relay_domains": "",
            "virtual_alias_domains": "",
            "virtual_mailbox_domains": "",
            # There is no DNS here, and no test may depend on there being one.
            "smtp_dns_support_level": "disabled",
            "lmtp_dns_support_level": "disabled",
            "smtpd_peername_lookup": "no",
            "transport_maps": f"texthash:{directory}/etc/transport",
            "default_transport": otherwise or "virtual",
            "virtual_mailbox_base": f"{directory}/maildir",
            "virtual_mailbox_maps": "static:all/",
            "virtual_uid_maps": f"static:{mail_user.pw_uid}",
            "virtual_gid_maps": f"static:{mail_user.pw_gid}",
            "virtual_minimum_uid": "1",
            "virtual_mailbox_limit": "0",
            "message_size_limit": "0",
            # A test about a peer that is down for a moment must not wait for minutes.
            "minimal_backoff_time": "1s",
            "maximal_backoff_time": "2s",
            "queue_run_delay": "1s",
            "transport_retry_time": "1s",
            "smtp_destination_concurrency_failed_cohort_limit": "1000",
            "lmtp_destination_concurrency_failed_cohort_limit": "1000",
            **(settings or {}),
        }
        (directory / "etc" / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in main_cf.items()))
        (directory / "etc" / "master.cf").write_text(_master_cf(port) + services)
        _prepare(("postfix", "-c", f"{directory}/etc", "check"), directory)
        server = Postfix(
            name="Postfix",
            host=LOOPBACK,
            port=port,
            directory=directory,
            command=(*STAY_ITS_PARENT, str(sbin / "master"), "-c", f"{directory}/etc", "-d"),
            stop_signal=signal.SIGTERM,
            maildir=directory / "maildir" / "all",
        )
        yield from _run(server)


def _master_cf(smtp_port: int) -> str:
    """Postfix's own defaults, without chroot and without the services that no test reaches.

    But its queue manager is woken every second, not every five minutes: a mail that it wants to try again
    while the last try still holds its file goes back among the incoming ones, and those are only looked
    through then.
    """
    return f"""\
{LOOPBACK}:{smtp_port} inet n - n - - smtpd
cleanup  unix n - n - 0 cleanup
qmgr     unix n - n 1 1 qmgr
rewrite  unix - - n - - trivial-rewrite
bounce   unix - - n - 0 bounce
defer    unix - - n - 0 bounce
trace    unix - - n - 0 bounce
verify   unix - - n - 1 verify
flush    unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp     unix - - n - - smtp
lmtp     unix - - n - - lmtp
virtual  unix - n n - - virtual
showq    unix n - n - - showq
error    unix - - n - - error
retry    unix - - n - - error
discard  unix - - n - - discard
anvil    unix - - n - 1 anvil
scache   unix - - n - 1 scache
postlog  unix-dgram n - n - 1 postlogd
"""


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Run a Dovecot with IMAP and LMTP; every address is a user with the same password."""
    _directory_of("imap", "/usr/lib/dovecot", "/usr/libexec/dovecot", package="dovecot-imapd")
    _directory_of("lmtp", "/usr/lib/dovecot", "/usr/libexec/dovecot", package="dovecot-lmtpd")
    program = find_program("dovecot", package="dovecot-imapd")
    with _private_directory("dovecot") as directory:
        imap_port, lmtp_port, password = free_port(), free_port(), "geheim"
        (directory / "mail").mkdir()
        if os.geteuid() == 0:
            # Its login process refuses to be root, and so does mail delivery.
            mail_user = pwd.getpwnam("mail")
            internal_user, internal_group, login_user = "dovecot", "dovecot", "dovenull"
            os.chown(directory / "mail", mail_user.pw_uid, mail_user.pw_gid)
        else:
            mail_user = pwd.getpwuid(os.geteuid())
            internal_user = login_user = mail_user.pw_name
            internal_group = grp.getgrgid(os.getegid()).gr_name
        (directory / "dovecot.conf").write_text(
            f"""\
protocols = imap lmtp
listen = {LOOPBACK}
base_dir = {directory}/run
state_dir = {directory}/state
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
first_valid_uid = 1
mail_max_userip_connections = 100
mail_location = maildir:~/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user.pw_uid} gid={mail_user.pw_gid} home={directory}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
        )
        server = Dovecot(
            name="Dovecot",
            host=LOOPBACK,
            port=imap_port,
            directory=directory,
            command=(program, "-F", "-c", f"{directory}/dovecot.conf"),
            stop_signal=signal.SIGTERM,
            lmtp_port=lmtp_port,
            password=password,
        )
        yield from _run(server)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL with an empty cluster."""
    programs = _directory_of(
        "initdb", *map(str, _newest_first(Path("/usr/lib/postgresql").glob("*/bin"))), package="postgresql"
    )
    # It refuses to run as root; the package has made a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    role = "mailroute"
    with _private_directory("postgres") as directory:
        if user:
            shutil.chown(directory, user)
        port = free_port()
        initdb = f"-D {directory}/data -U {role} --auth=trust --encoding=UTF8 --no-locale --no-sync".split()
        _prepare((*_with_parent(signal.SIGKILL, user), str(programs / "initdb"), *initdb), directory)
        options = {
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "port": str(port),
            "max_connections": "100",
            "shared_buffers": "32MB",
            "max_wal_size": "256MB",
        }
        server = Postgres(
            name="PostgreSQL",
            host=LOOPBACK,
            port=port,
            directory=directory,
            command=(
                str(programs / "postgres"),
                *("-D", f"{directory}/data"),
                *(f"--{name}={value}" for name, value in options.items()),
            ),
            # "Fast": roll back what runs and leave, instead of waiting for clients to go.
            stop_signal=signal.SIGINT,
            user=user,
            role=role,
        )
        yield from _run(server)


def wait_until(condition: Callable[[], bool], what: str, timeout_s: float = START_WAIT_S) -> None:
    """Return once the condition holds; raise TimeoutError with `what` if it does not in time."""
    never = threading.Event()
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s} s in vain: {what}")
        never.wait(0.02)


def free_port() -> int:
    """Find a loopback port that nobody listens on.

    Below the range that the kernel gives to outgoing connections: a port from that range could be
    taken by a client between our look and the server's bind, or be connected to itself when nobody listens.
    None is given twice, and tests that run beside each other have ports of their own.
    """
    for port in islice(_ports, 1_000):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise ServerFailed("no free port between 15000 and 32000 on loopback")


def _shuffled_ports() -> Iterator[int]:
    """Every fourth port, for up to four of pytest-xdist's workers, in an order of this process."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = range(15_000 + worker % 4, 32_000, 4)
    # Not the generator that Hypothesis seeds, alike in every worker.
    return cycle(random.SystemRandom().sample(ports, len(ports)))


_ports = _shuffled_ports()


def _run(server: AnyServer) -> Iterator[AnyServer]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _private_directory(name: str) -> Iterator[Path]:
    """Make a directory that the server's own users can reach.

    pytest's tmp_path will not do: it lies below a directory that only its owner may enter, and its
    length leaves no room for the 108 bytes of a socket's path.
    """
    directory = Path(tempfile.mkdtemp(prefix=f"mailroute-{name}-"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _with_parent(signal_at_death: signal.Signals, user: str | None) -> tuple[str, ...]:
    """Prefix a command so that it gets a signal when we die, even by kill -9, and runs as `user`."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if user is not None:
            raise ServerMissing("setpriv is missing: apt-get install util-linux")
        return ()
    as_user = (f"--reuid={user}", f"--regid={user}", "--init-groups") if user else ()
    return (setpriv, f"--pdeathsig={signal_at_death.name.removeprefix('SIG')}", *as_user, "--")


def _prepare(command: tuple[str, ...], directory: Path) -> None:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=directory, env=_environment()
    )
    if done.returncode != 0:
        raise ServerFailed(
            f"{' '.join(command)} ended with code {done.returncode}\n{done.stdout}{done.stderr}"
        )


def _environment() -> dict[str, str]:
    """Our environment, with the directories where Debian puts what only root runs."""
    return {**os.environ, "LC_ALL": "C", "PATH": f"{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/sbin:/sbin"}


def find_program(program: str, package: str) -> str:
    """Return the path of a program that a Debian package brings."""
    found = shutil.which(program, path=_environment()["PATH"])
    if found is None:
        raise ServerMissing(f"{package} is missing: as root run tests/support/install-servers.sh")
    return found


def _directory_of(program: str, *directories: str, package: str) -> Path:
    for directory in map(Path, directories):
        if (directory / program).exists():
            return directory
    raise ServerMissing(f"{package} is missing: as root run tests/support/install-servers.sh")


def _newest_first(directories: Iterator[Path]) -> list[Path]:
    return sorted(directories, key=lambda path: float(path.parent.name), reverse=True)


def _says_hello(host: str, port: int) -> bool:
    """A greeting, not an open port: masters listen before there is somebody to answer."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            return bool(connection.recv(1024))
    except OSError:
        return False
