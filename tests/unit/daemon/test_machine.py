"""What doctor finds outside the program: names that lead nowhere, certificates that have run out, rights too wide."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailroute.clock import Clock
from mailroute.daemon import machine
from mailroute.daemon.findings import Finding, State
from mailroute.settings import Door, Imap, RelaySettings, Settings
from tests.support.servers import find_program

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Check = Callable[[Settings, Clock], Iterator[Finding]]


def found(check: Check, settings: Settings, now: datetime = NOW) -> list[Finding]:
    return list(check(settings, lambda: now))


def a_certificate(folder: Path, name: str, *, days: int) -> tuple[Path, Path]:
    """A self-signed certificate that is valid for so many days from now on."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = (
        find_program("openssl", package="openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(key), "-out", str(certificate),
        "-days", str(days), "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
    )  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def door(certificate: Path, key: Path | None, hostname: str = "mx.firm.example") -> Settings:
    return Settings(
        doors=(Door(listen="0.0.0.0:25", hostname=hostname, tls_certificate=certificate, tls_key=key),)
    )


def test_a_name_that_dns_does_not_know_is_named_with_its_place() -> None:
    imap = Imap(inbox="a@firm.example", host="imap.invalid", user="a")
    one, other = found(machine.names, Settings(relay=RelaySettings(host="127.0.0.1"), imap=(imap,)))
    assert one == Finding("dns", State.OK, "127.0.0.1 is 127.0.0.1")
    assert (other.state, "imap.invalid" in other.found) == (State.FAIL, True)
    assert "[[imap]] of a@firm.example" in other.remedy


def test_a_name_that_is_none_is_no_crash() -> None:
    [one] = found(machine.names, Settings(relay=RelaySettings(host="." * 300)))
    assert one.state is State.FAIL


def test_a_certificate_is_looked_at_as_a_client_sees_it(tmp_path: Path) -> None:
    certificate, key = a_certificate(tmp_path, "mx.firm.example", days=90)
    now = datetime.now(UTC)
    [good] = found(machine.certificates, door(certificate, key), now)
    assert good.state is State.OK
    [soon] = found(machine.certificates, door(certificate, key), now + timedelta(days=365))
    assert (soon.state, "valid only until" in soon.found) == (State.WARN, True)
    [other] = found(machine.certificates, door(certificate, key, "mail.firm.example"), now)
    assert (other.state, "is for mx.firm.example" in other.found) == (State.WARN, True)


def test_a_certificate_with_another_key_or_none_at_all_fails(tmp_path: Path) -> None:
    certificate, _ = a_certificate(tmp_path, "mx.firm.example", days=90)
    _, other_key = a_certificate(tmp_path, "other.example", days=90)
    (tmp_path / "text.pem").write_text("no certificate")
    for settings in (
        door(certificate, other_key),
        door(tmp_path / "text.pem", None),
        door(tmp_path / "missing.pem", None),
    ):
        [one] = found(machine.certificates, settings)
        assert one.state is State.FAIL


@pytest.mark.parametrize(("mode", "state"), [(0o700, State.OK), (0o750, State.FAIL), (0o755, State.FAIL)])
def test_what_people_wrote_to_us_is_for_nobody_else(tmp_path: Path, mode: int, state: State) -> None:
    tmp_path.chmod(mode)
    [one] = found(machine.permissions, Settings(state=tmp_path, rules=()))
    assert one.state is state
