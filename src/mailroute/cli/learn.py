"""mailroute learn"""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

from mailroute.cli.common import (
    add_config,
    add_json,
    add_rules_and_days,
    load_config,
    print_json,
    visible,
    with_progress,
)

if TYPE_CHECKING:
    from mailroute.admin.learning import Learned

NAME = "learn"
HELP = "learn from closed tickets how to order the three candidates of an unclear mail; stays on this machine"
EXAMPLE = "mailroute learn --days 365 --write"
DAYS = 365
_STRONGEST = 6


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    add_rules_and_days(parser, DAYS)
    parser.add_argument(
        "--write", action="store_true", help="write model.csv into the rules (default: only show)"
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """1 if there is too little to learn from. It has an effect once `features: [learned-order]` is in organisation.yaml."""
    from mailroute.admin.inside import looking
    from mailroute.admin.learning import MAILS_LEAST, learn, lessons
    from mailroute.admin.writing import replace_keeping_old
    from mailroute.clock import system_clock
    from mailroute.routing.learned_order import FEATURE
    from mailroute.rules import load, load_files, read_files
    from mailroute.rules.site_model import FILE, written
    from mailroute.store.examples import examples, examples_at_most

    loaded, files = load(arguments.rules), dict(read_files(arguments.rules))
    until = system_clock()
    since, org = until - timedelta(days=arguments.days), loaded.ruleset.organisation.id
    with looking(load_config(arguments)) as conn:
        total = examples_at_most(conn, org, since, until)
        read = with_progress(examples(conn, org, since, until), total, "tickets")
        learned = learn(lessons(loaded.ruleset, read))
    if len(learned.weights.before) < 2:
        print(
            f"Too little to learn from: it takes {MAILS_LEAST} closed or corrected tickets of two case types."
        )
        return 1
    text = written(learned.weights.before, learned.weights.words)
    load_files({**files, FILE: text}.items())
    if arguments.write:
        replace_keeping_old(arguments.rules / FILE, text)
    _print(learned, arguments)
    if not arguments.json:
        print(f"Written to {FILE}." if arguments.write else "Nothing was written: say --write.")
        if FEATURE not in loaded.ruleset.organisation.features:
            print(f"It has no effect before organisation.yaml says `features: [{FEATURE}]`.")
    return 0


def _print(learned: Learned, arguments: argparse.Namespace) -> None:
    for name in sorted(learned.weights.before):
        strongest = learned.weights.strongest(name, _STRONGEST)
        if arguments.json:
            words = [{"word": word, "weight": weight} for word, weight in strongest]
            print_json({"case_type": name, "mails": learned.mails[name], "words": words})
        else:
            said = ", ".join(f"{word} {weight:.1f}" for word, weight in strongest) or "no word of its own"
            print(visible(f"{name} ({learned.mails[name]} mails): {said}"))
    if arguments.json:
        print_json({"summary": {"mails": learned.mails.total(), "words": len(learned.weights.words), "tried": learned.tried,
                                "right_before": learned.right_before, "right_now": learned.right_now}})  # fmt: skip
        return
    print(f"{learned.mails.total()} mails, {len(learned.weights.words)} words.")
    if learned.tried:
        print(
            f"Of {learned.tried} unclear mails that it had not seen, the first of the three was right "
            f"{learned.right_before} times as it is, {learned.right_now} times with the model."
        )
