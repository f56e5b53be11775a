"""What `diff` and `replay` print: groups of mails that would change in the same way, with the reason of the first."""

from __future__ import annotations

import argparse
import time
from datetime import timedelta
from pathlib import Path

from mailroute.admin.replay import Comparison, Group, Question, compare
from mailroute.cli.common import grown, load_config, print_json, visible
from mailroute.clock import system_clock
from mailroute.flow.mail_keys import read_keys


def show(arguments: argparse.Namespace, new: Path | None) -> Comparison:
    """Compare and print, with a progress bar on a terminal."""
    settings = load_config(arguments)
    since = system_clock() - timedelta(days=arguments.days) if arguments.days else None
    last = None if since else arguments.last or 1000
    began = time.monotonic()
    question = Question(settings.database_url, settings.trust, new, read_keys(settings.keys))
    result = grown(compare(question, last=last, since=since), "mails")
    seconds = time.monotonic() - began
    if arguments.json:
        _print_json(result, seconds)
    else:
        _print(result, seconds)
    return result


def _print(result: Comparison, seconds: float) -> None:
    for group in result.largest_first():
        _print_group(group)
    for failed in result.failed:
        print(visible(f"{failed.mail}: could not be decided again: {failed.error}"))
    rate = f"{result.total / seconds:.0f} a second" if seconds > 0 else ""
    print(f"{result.total} mails decided again ({rate}); {result.changed} would go elsewhere.")


def _print_group(group: Group) -> None:
    changes = ", ".join(f"{key} {old} → {new}" for key, old, new in group.changes)
    print(visible(f"{group.count} {'mail' if group.count == 1 else 'mails'}: {changes}"))
    print(visible(f"    before: {group.first.old_step}"))
    print(visible(f"    then:   {group.first.new_step}"))
    if group.as_of_now:
        print(f"    {group.as_of_now} of them with the directory as of now: it has changed since their day")
    print(f"    {', '.join(group.mails[:5])}{', …' if group.count > 5 else ''}")
    print()


def _print_json(result: Comparison, seconds: float) -> None:
    for group in result.largest_first():
        print_json(
            {
                "mails": group.count,
                "changes": [{"key": key, "old": old, "new": new} for key, old, new in group.changes],
                "because": {"old": group.first.old_step, "new": group.first.new_step},
                "as_of_now": group.as_of_now,
                "examples": group.mails,
            }
        )
    print_json(
        {
            "summary": {
                "mails": result.total,
                "changed": result.changed,
                "failed": [{"mail": one.mail, "error": one.error} for one in result.failed],
                "seconds": round(seconds, 2),
            }
        }
    )
