"""What we rely on in aiosmtpd beyond its documentation. Whoever lifts the pin `<1.5` reads this first."""

import asyncio
import inspect

import pytest
from aiosmtpd.smtp import SMTP

from mailroute.intake.connection import Connection
from mailroute.intake.lmtp import MailSession

# Methods of ours that take the place of one of theirs.
REPLACED = [
    "_handle_client",
    "_timeout_cb",
    "connection_lost",
    "connection_made",
    "eof_received",
    "handle_exception",
]
# Methods and attributes of theirs that we call or read.
CALLED = ["_reset_timeout", "push", "smtp_STARTTLS"]
READ = [
    "__ident__", "_handler_coroutine", "_original_transport", "_reader", "_smtp_methods", "_timeout_handle",
    "_tls_protocol", "_writer", "hostname", "loop", "require_starttls", "tls_context", "transport",
]  # fmt: skip


@pytest.mark.parametrize("name", REPLACED)
def test_aiosmtpd_still_has_the_method_that_we_replace(name: str) -> None:
    assert name in SMTP.__dict__
    assert name in Connection.__dict__


@pytest.mark.parametrize("name", CALLED)
def test_aiosmtpd_still_has_the_method_that_we_call(name: str) -> None:
    assert name in SMTP.__dict__


@pytest.mark.parametrize("name", READ)
def test_aiosmtpd_still_has_the_attribute_that_we_read(name: str) -> None:
    assert f"self.{name} " in inspect.getsource(SMTP) or f"self.{name}:" in inspect.getsource(SMTP)


def test_every_verb_of_aiosmtpd_has_been_replaced() -> None:
    verbs = [name for name in dir(SMTP) if name.startswith("smtp_")]
    ours = {**Connection.__dict__, **MailSession.__dict__}
    assert [name for name in verbs if name not in ours] == []


def test_a_stream_reader_still_has_the_buffer_that_prepare_looks_at() -> None:
    async def buffered() -> bytes:
        reader = asyncio.StreamReader()
        reader.feed_data(b"x")
        return bytes(reader._buffer)

    assert asyncio.run(buffered()) == b"x"
