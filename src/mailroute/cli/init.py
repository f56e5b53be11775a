"""mailroute init"""

from __future__ import annotations

import argparse
from pathlib import Path

from mailroute.cli.common import add_json, print_json

NAME = "init"
HELP = "write mailroute.toml, rules/ and templates/ for a new site"
EXAMPLE = "mailroute init /etc/mailroute"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("directory", type=Path, metavar="DIR")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Never overwrites anything."""
    import shutil

    from mailroute import shipped
    from mailroute.flow.site import make_keyring
    from mailroute.settings import example

    directory: Path = arguments.directory
    taken = [name for name in ("mailroute.toml", "rules", "templates") if (directory / name).exists()]
    if taken:
        print(f"{directory / taken[0]} exists already; nothing was written. Choose another directory.")
        return 1
    directory.mkdir(parents=True, exist_ok=True)
    # Packs stay where they are: a copy would hide the better ones of the next version.
    shutil.copytree(shipped.path("rules"), directory / "rules", ignore=shutil.ignore_patterns("packs"))
    _help_editors(directory / "rules")
    shutil.copytree(shipped.path("templates"), directory / "templates")
    # The templates that lie beside it are this site's own: whoever edits one wants to see the change.
    text = example().replace('# templates = ""\n', 'templates = "templates"\n')
    (directory / "mailroute.toml").write_text(text, encoding="utf-8")
    make_keyring(directory / "state" / "keys")
    if arguments.json:
        written = ("mailroute.toml", "rules", "templates", "state/keys")
        print_json({"directory": str(directory), "written": list(written)})
        return 0
    print(
        f"Written to {directory}: mailroute.toml, rules/ (a small example firm), templates/, state/keys.\n"
        f"Next: put your firm into {directory / 'rules'}, then `mailroute check {directory / 'rules'}`;\n"
        f"name your mailbox and relay in {directory / 'mailroute.toml'}, then "
        f"`mailroute serve --config {directory / 'mailroute.toml'}`."
    )
    return 0


def _help_editors(rules: Path) -> None:
    """Write the schemas, and into each file the line by which an editor finds its own."""
    from mailroute.cli.schema import write
    from mailroute.rules.json_schema import comment

    write(rules / ".schema")
    for file in sorted(rules.rglob("*.yaml")):
        line = comment(file.relative_to(rules).as_posix())
        file.write_text(line + file.read_text(encoding="utf-8"), encoding="utf-8")
