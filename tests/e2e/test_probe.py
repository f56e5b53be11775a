"""`mailroute probe` through real servers: out by the relay, back in by LMTP or IMAP, or not at all (issue 7, part 9)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailroute.clock import system_clock
from mailroute.daemon.findings import Finding, State
from mailroute.daemon.probe import Watch, probe
from mailroute.model.tokens import ALPHABET
from mailroute.settings import load_settings
from tests.support.house import INBOX, Site, a_site
from tests.support.relay import FakeRelay, Mood, Stage
from tests.support.servers import dovecot, free_port, lmtp_transport, postfix

DOMAIN = INBOX.rpartition("@")[2]
BORDER = "mta.example"


def results(spf: str = "pass", dkim: str = "pass", dmarc: str = "pass", border: str = BORDER) -> str:
    """What a filter in front of the inbox writes."""
    return (
        f"Authentication-Results: {border}; spf={spf} smtp.mailfrom={DOMAIN}; dkim={dkim} header.d={DOMAIN}; "
        f"dmarc={dmarc} header.from={DOMAIN}"
    )


@contextmanager
def firm(*, header: str = "", **mx_settings: str) -> Iterator[Site]:
    """The firm's site at work behind a Postfix, which is its relay as well; its filter writes `header`."""
    lmtp = free_port()
    if header:
        mx_settings["smtpd_sender_restrictions"] = f"check_sender_access static:{{PREPEND {header}}}"
    routes = {DOMAIN: lmtp_transport("127.0.0.1", lmtp)}
    with a_site() as site, postfix(routes=routes, settings=mx_settings) as mx:
        site.configure(
            f'borders = ["{BORDER}"]',
            f'[[doors]]\nlisten = "127.0.0.1:{lmtp}"\nprotocol = "lmtp"\n[relay]\nport = {mx.port}\n',
        )
        with site.serving():
            yield site
        assert site.ask("verify") == []


def asked(site: Site, wait_s: float = 60) -> dict[str, dict[str, object]]:
    """What `mailroute probe` says, by what it is about; the last of each."""
    return {str(one["check"]): one for one in site.ask("probe", "--wait", str(wait_s))}


def states(found: dict[str, dict[str, object]]) -> dict[str, object]:
    return {check: one["state"] for check, one in found.items()}


def test_everything_comes_back_and_the_receiver_is_content() -> None:
    with firm(header=results()) as site:
        found = asked(site)
        assert states(found) == dict.fromkeys(("relay", "inbox", "replies", "spf", "dkim", "dmarc"), "ok")
        # Nobody hears of it, and it is no work.
        assert site.ask("ticket", "list", "--all") == []
        assert site.ask("queue") == []


@pytest.mark.slow
def test_what_the_receiver_holds_against_our_letters_is_said_with_a_remedy() -> None:
    with firm(header=results(spf="softfail", dkim="none", dmarc="fail")) as site:
        found = asked(site)
        assert states(found) == {
            "relay": "ok", "inbox": "ok", "replies": "ok", "spf": "fail", "dkim": "warn", "dmarc": "fail",
        }  # fmt: skip
        assert "SPF record" in str(found["spf"]["remedy"])
        assert "_dmarc." + DOMAIN in str(found["dmarc"]["remedy"])


@pytest.mark.slow
def test_results_under_another_name_are_not_believed_but_told() -> None:
    with firm(header=results(border="filter.example")) as site:
        found = asked(site)
        assert found["borders"]["state"] == "warn"
        assert "filter.example" in str(found["borders"]["remedy"])


@pytest.mark.slow
def test_a_server_that_does_not_deliver_plus_addresses_is_found_out() -> None:
    refused = r"check_recipient_access regexp:{{/\+/ DISCARD nobody here}}, permit"
    with firm(smtpd_recipient_restrictions=refused) as site:
        found = asked(site, wait_s=20)
        assert states(found) == {"relay": "ok", "inbox": "ok", "replies": "fail", "borders": "warn"}
        assert "reply: body" in str(found["replies"]["remedy"])


@pytest.mark.slow
def test_a_relay_that_refuses_us_as_sender_is_named() -> None:
    with firm(smtpd_sender_restrictions="check_sender_access static:{REJECT not yours}") as site:
        found = asked(site)
        assert states(found) == {"relay": "fail"}
        assert "not yours" in str(found["relay"]["found"])


@pytest.mark.slow
def test_a_shared_inbox_at_a_provider_is_probed_too() -> None:
    with a_site() as site, dovecot() as mailbox, postfix(otherwise=mailbox.lmtp) as relay:
        site.configure(
            "",
            f'[[imap]]\ninbox = "{INBOX}"\nhost = "{mailbox.host}"\nport = {mailbox.port}\nsecurity = "none"\n'
            f'user = "{INBOX}"\npassword = "{mailbox.password}"\n[relay]\nport = {relay.port}\n',
        )
        with site.serving("--parts", "imap,work,deliver,tick"):
            found = asked(site)
        assert states(found) == {"relay": "ok", "inbox": "ok", "replies": "ok", "borders": "warn"}
        assert "(imap)" in str(found["inbox"]["found"])


@pytest.fixture
def lost() -> Iterator[tuple[Site, FakeRelay]]:
    """A site that nothing comes back to: the relay keeps everything. Its books are there, no daemon runs."""
    with a_site() as site, FakeRelay() as relay:
        site.configure("", f"[relay]\nport = {relay.port}\n")
        with site.serving("--parts", "work,tick"):
            pass
        yield site, relay


def run_probe(site: Site) -> list[Finding]:
    """In this process, with a clock that only the probe itself turns."""
    passed = [0.0]
    watch = Watch(lambda: passed[0], lambda seconds: passed.__setitem__(0, passed[0] + seconds))
    settings = load_settings(site.config)
    token = ALPHABET[:12]
    return list(probe(settings, system_clock(), "x", token, wait_s=60, watch=watch))


def test_what_does_not_come_back_is_told_after_the_time_is_over(lost: tuple[Site, FakeRelay]) -> None:
    site, relay = lost
    found = run_probe(site)
    assert [(one.check, one.state) for one in found] == [
        ("relay", State.OK), ("relay", State.OK), ("inbox", State.FAIL), ("replies", State.FAIL),
    ]  # fmt: skip
    assert "within 60 s" in found[2].found
    assert "start `mailroute serve`" in found[2].remedy
    # Our letters leave from a bounce address, so that is what the relay must bear.
    assert all(one.mail_from.startswith("service+bprobe-x") for one in relay.letters)


def test_a_relay_that_is_not_ready_means_try_later(lost: tuple[Site, FakeRelay]) -> None:
    site, relay = lost
    relay.moods += [Mood(Stage.MAIL, "451 4.3.0 not now")] * 2
    assert [one.state for one in run_probe(site)] == [State.LATER, State.LATER]
