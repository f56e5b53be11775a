"""mailroute classify"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mailroute.cli.common import add_config, add_json, print_json, rules_in_use, visible

NAME = "classify"
HELP = "say what kind of matter mails or plain text files are about, and which words spoke for it"
EXAMPLE = "mailroute classify mail.eml note.txt --pack property-de --json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="mails, or texts whose first line may be `Betreff: …`",
    )
    rules = parser.add_mutually_exclusive_group()
    rules.add_argument(
        "--pack", metavar="NAME", help="only the case types of a shipped pack, like property-de"
    )
    rules.add_argument(
        "--rules", type=Path, metavar="DIR", help="the rules to classify with (default: those in use)"
    )
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Any file that can be read gets its answer; `case_type` is null where it is not clear."""
    from mailroute.admin.matter import Judge
    from mailroute.rules import load_pack, shipped_packs

    if arguments.pack and arguments.pack not in shipped_packs():
        print(f"There is no pack {visible(arguments.pack)}. Possible are: {', '.join(shipped_packs())}.")
        return 2
    judge = Judge.of((load_pack(arguments.pack),) if arguments.pack else rules_in_use(arguments))
    for file in arguments.files:
        try:
            content = file.read_bytes()
        except OSError as error:
            print(visible(f"{file}: cannot be read: {error.strerror}"))
            return 1
        view = judge.view(str(file), content)
        if arguments.json:
            print_json(view)
        else:
            _print(view)
    return 0


def _print(view: dict[str, Any]) -> None:
    """For people: the verdict, then the best three with the words that spoke."""
    alarm = ", EMERGENCY" if view["emergency"] else ""
    roles = ", ".join(view["roles"])
    print(
        visible(
            f"{view['file']}: {view['case_type'] or 'unclear'} (urgency {view['urgency']}{alarm}) → {roles}"
        )
    )
    for one in view["case_types"][:3]:
        print(visible(f"  {one['score']:6g}  {one['id']}  {one['because']}  [{one['rule']}]"))
    print()
