"""What the daemon says about itself: one line an event, names and numbers only, never text of a mail.

Add an event to EVENTS before you use it. info: a person may ask about it; warning: we coped; error: somebody must
act, and the line says how.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

_logger = logging.getLogger("mailroute")

# name → (level, what it means and, for errors, what to do)
EVENTS: dict[str, tuple[int, str]] = {
    "started": (logging.INFO, "the daemon is ready"),
    "stopping": (logging.INFO, "the daemon was told to stop"),
    "stopped": (logging.INFO, "everything is closed"),
    "door-open": (logging.INFO, "a door listens"),
    "door-fault": (
        logging.ERROR,
        "a door met a fault of ours and did not take a mail; it comes again, see `error` and `at`",
    ),
    "not-taken": (
        logging.WARNING,
        "a door could not store a mail and said so; it comes again, or its sender hears of it",
    ),
    "stored": (logging.INFO, "a mail is on disk"),
    "decided": (logging.INFO, "a mail was decided"),
    "conflict": (logging.INFO, "decided again: somebody else changed the ticket meanwhile"),
    "attempt-failed": (
        logging.ERROR,
        "deciding failed, it is tried again; after four times the mail is held",
    ),
    "held": (
        logging.ERROR,
        "a mail is held for a person: look with `mailroute held`, then `mailroute retry`",
    ),
    "sent": (logging.INFO, "the relay took a letter"),
    "not-sent": (logging.WARNING, "the relay did not take a letter; it is tried again"),
    "never-sent": (logging.ERROR, "the relay refused a letter for good: look with `mailroute queue`"),
    "in-doubt": (logging.ERROR, "a letter may have been sent or not: look with `mailroute queue`"),
    "relay-refuses-us": (
        logging.ERROR,
        "the relay refuses us (login, TLS, relaying): all letters wait, mend [relay]",
    ),
    "no-letter": (logging.WARNING, "somebody could not be told; `why` says what is wrong with the address"),
    "mail-missing": (
        logging.ERROR,
        "a letter left without the words of an earlier mail, which the database does not have",
    ),
    "template-fault": (
        logging.ERROR,
        "a template of the site failed and ours was used: run `mailroute check`",
    ),
    "timer": (logging.INFO, "a timer fired"),
    "timer-failed": (
        logging.ERROR,
        "what comes by the clock (a reminder, a daily letter, a link) could not be done; it is tried again, see `error`",
    ),
    "store-unavailable": (logging.ERROR, "the database does not answer; work resumes by itself when it does"),
    "imap-connected": (logging.INFO, "watching a shared inbox"),
    "imap-lost": (logging.WARNING, "the connection to a shared inbox broke; trying again"),
    "imap-refuses-us": (
        logging.ERROR,
        "the provider refuses the login: mend user and password in [[imap]]; it is tried again, ever less often",
    ),
    "imap-left": (
        logging.ERROR,
        "a mail of a shared inbox cannot be taken and stays there: read it by hand",
    ),
    "imap-not-moved": (
        logging.WARNING,
        "mails are stored, but the provider does not let us create the folder or move them; tried again",
    ),
    "rules-loaded": (logging.INFO, "a ruleset is active"),
    "rules-refused": (
        logging.ERROR,
        "new rules have mistakes or fail their tests; the old ones stay: run `mailroute check` and `mailroute test`",
    ),
    "rules-unwatched": (
        logging.WARNING,
        "changed rules are not noticed at the moment; `mailroute reload` works",
    ),
    "worker-lost": (
        logging.ERROR,
        "a worker was killed by a mail that took too much; the mail is tried again",
    ),
    "web-fault": (
        logging.ERROR,
        "a page failed and its reader was told so; it is a mistake of ours, see `error` and `at`",
    ),
    "part-failed": (logging.ERROR, "a part of the daemon failed and was started again, see `error`"),
}


def emit(event: str, **fields: object) -> None:
    """Log one event of EVENTS with fields: ids, counts, states, classes of errors."""
    level, _ = EVENTS[event]
    _logger.log(level, event, extra={"fields": fields})


class _Lines(logging.Formatter):
    """`2026-11-24T09:00:00Z info decided mail=m17 ticket=T-10428`; control characters cannot get in."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = getattr(record, "fields", {})
        words = [f"{name}={_word(value)}" for name, value in fields.items()]
        return " ".join([at, record.levelname.lower(), record.getMessage(), *words])


class _Json(logging.Formatter):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        fields = {name: str(value) for name, value in getattr(record, "fields", {}).items()}
        return json.dumps(
            {"at": at, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
        )


def _word(value: object) -> str:
    text = str(value)
    plain = text.isascii() and text.isprintable() and " " not in text and text
    return text if plain else json.dumps(text)


def configure(*, as_json: bool = False, level: int = logging.INFO) -> None:
    """Write events to standard error. Libraries that print addresses or mails are quietened (libs.md §a.8)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if as_json else _Lines())
    _logger.handlers[:] = [handler]
    _logger.setLevel(level)
    _logger.propagate = False
    for noisy in ("mail.log", "mail.debug", "apscheduler", "imapclient", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
