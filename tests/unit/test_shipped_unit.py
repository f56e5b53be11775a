"""The systemd unit locks the daemon in: what reliability.md §6 asks for stands in it, and systemd agrees."""

import shutil
import subprocess

import pytest

from mailroute import shipped

MOST_EXPOSURE = 1.1
LOCKS = (
    "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
    "PrivateDevices=yes", "PrivateUsers=yes", "ProtectProc=invisible", "ProtectClock=yes", "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX", "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes", "LockPersonality=yes", "MemoryDenyWriteExecute=yes", "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources", "StateDirectoryMode=0700",
    "UMask=0077", "Type=notify",
)  # fmt: skip


@pytest.mark.parametrize("lock", LOCKS)
def test_the_unit_has_the_lock(lock: str) -> None:
    assert lock in shipped.path("daemon/mailroute.service").read_text().splitlines()


def test_systemd_counts_no_more_exposure_than_we_promise() -> None:
    """Where systemd's tools are at hand; the locks above are looked for everywhere."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    unit = str(shipped.path("daemon/mailroute.service"))
    limit = f"--threshold={round(10 * MOST_EXPOSURE)}"
    asked = subprocess.run(
        (analyze, "security", "--offline=yes", limit, unit), check=False, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stdout.splitlines()[-1]
