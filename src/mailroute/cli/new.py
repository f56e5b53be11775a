"""mailroute new"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mailroute.cli.common import add_json, print_json, visible
from mailroute.cli.options import pair

if TYPE_CHECKING:
    from mailroute.admin.drafting import Desk, Draft
    from mailroute.rules.drafts import Question

NAME = "new"
HELP = "add a property, a member of staff or a case type: asks, checks each answer, shows the change first"
EXAMPLE = 'mailroute new staff   |   mailroute new staff --set name="Frau Koch" --set phone=089123 --write'

_SAID = {
    "de": {
        "intro": "Leer lassen heißt: wie in Klammern, oder nicht angeben. `?` zeigt, was möglich ist.",
        "possible": "Möglich sind: {}",
        "free": "Freier Text.",
        "recognised": "Der Satz wird erkannt.",
        "not": "Der Satz wird nicht so erkannt: {}. Geben Sie Wörter an, die in ihm stehen.",
        "write": "Schreiben? [J/n] ",
        "nothing": "Nichts geschrieben.",
        "written": "Geschrieben: {}",
        "say": "Nichts geschrieben: sagen Sie --write.",
    },
    "en": {
        "intro": "Empty means: as in brackets, or leave it out. `?` shows what is possible.",
        "possible": "Possible are: {}",
        "free": "Any text.",
        "recognised": "The sentence is recognised.",
        "not": "The sentence is not recognised as that: {}. Give words that stand in it.",
        "write": "Write it? [Y/n] ",
        "nothing": "Nothing was written.",
        "written": "Written: {}",
        "say": "Nothing was written: say --write.",
    },
}
_NO = ("n", "no", "nein")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("kind", choices=("property", "staff", "case-type"))
    parser.add_argument("--rules", type=Path, default=Path("rules"), metavar="DIR", help="default: rules")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        type=pair,
        metavar="KEY=VALUE",
        help="an answer, for scripts: nothing is asked then; keys are those of the file, lists have commas, "
        "`when.words`, `name.en`, `roles.ROLE` go inside, `sentence` becomes a routing test",
    )
    parser.add_argument("--write", action="store_true", help="with --set: write it (default: only show)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if it is right; a wrong answer or a mistake anywhere in the directory is 1, and nothing is written."""
    from mailroute.admin.drafting import Desk, completed, draft
    from mailroute.clock import system_clock
    from mailroute.rules.drafts import KINDS

    desk = Desk.of(arguments.rules, KINDS[arguments.kind])
    said = _SAID[language_of(os.environ)]
    if not arguments.set and sys.stdin.isatty():
        try:
            return _converse(arguments, desk, said)
        except EOFError:
            # Whoever closes the input has thought better of it.
            print("\n" + said["nothing"])
            return 1
    made = draft(desk, completed(desk, dict(arguments.set)), system_clock())
    _finish(arguments, made, wanted=arguments.write)
    if arguments.json:
        recognised = None if made.test is None else not made.test
        diff = "\n".join(made.lines())
        print_json(
            {"files": list(made.files), "diff": diff, "written": arguments.write, "recognised": recognised}
        )
        return 0
    _print(made, said)
    print(said["written"].format(", ".join(made.files)) if arguments.write else said["say"])
    return 0


def _converse(arguments: argparse.Namespace, desk: Desk, said: Mapping[str, str]) -> int:
    from mailroute.admin.drafting import draft, interview
    from mailroute.clock import system_clock

    print(said["intro"])
    answers = interview(
        desk,
        lambda question, usual: _ask(desk, question, usual, said),
        lambda text: print(f"  ✗ {visible(text)}"),
    )
    made = draft(desk, answers, system_clock())
    _print(made, said)
    wanted = input(said["write"]).strip().lower() not in _NO
    _finish(arguments, made, wanted=wanted)
    print(said["written"].format(", ".join(made.files)) if wanted else said["nothing"])
    return 0


def language_of(environment: Mapping[str, str]) -> str:
    """The language that this terminal is set to: "de" or "en"."""
    set_to = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    return "de" if set_to.lower().startswith("de") else "en"


def _ask(desk: Desk, question: Question, usual: str, said: Mapping[str, str]) -> str:
    text = question.text.in_language("de" if said is _SAID["de"] else "en")
    while True:
        answer = input(f"{text}{f' [{usual}]' if usual else ''}: ").strip()
        if answer != "?":
            return answer
        choices = desk.choices(question)
        print("  " + visible(said["possible"].format(", ".join(choices)) if choices else said["free"]))


def _finish(arguments: argparse.Namespace, made: Draft, *, wanted: bool) -> None:
    from mailroute.admin.drafting import write
    from mailroute.cli.schema import write as write_schemas

    if not wanted:
        return
    write(arguments.rules, made)
    # The first line of what was written names its schema.
    if not (arguments.rules / ".schema").exists():
        write_schemas(arguments.rules / ".schema")


def _print(made: Draft, said: Mapping[str, str]) -> None:
    for line in made.lines():
        print(visible(line) if line else "")
    for warning in made.warnings:
        print(warning)
    if made.test is not None:
        wrong = "; ".join(f"{one.key}: {one.got}" for one in made.test)
        print(visible(said["not"].format(wrong) if wrong else said["recognised"]))
