"""mailroute check"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from mailroute.cli.common import DEFAULT_CONFIG, add_config, add_json, is_configured, print_json

if TYPE_CHECKING:
    from mailroute.errors import Diagnostic

NAME = "check"
HELP = "check a rules directory: all mistakes, each with its place and its remedy"
EXAMPLE = "mailroute check rules/"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument(
        "directory",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="default: those of mailroute.toml, with the templates that it names; without it rules",
    )
    parser.add_argument("--templates", type=Path, metavar="DIR", help="your own templates, checked as well")
    parser.add_argument(
        "--with",
        dest="others",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="the rules of another organisation of the installation, which partners.yaml may name; repeatable",
    )
    parser.add_argument("--sarif", action="store_true", help="one SARIF 2.1.0 object, for code review tools")
    add_config(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 if there is no error; warnings are printed but do not count."""
    from mailroute.admin.check import check_directory

    directories, templates = _what(arguments)
    found: list[Diagnostic] = []
    summaries: list[str] = []
    for directory in directories:
        others = [*arguments.others, *(one for one in directories if one != directory)]
        report = check_directory(directory, templates, others)
        found += [_named(one, directory if len(directories) > 1 else None) for one in report.diagnostics]
        summaries.append(report.summary)
    found = list(dict.fromkeys(found))
    errors = sum(one.level == "error" for one in found)
    if arguments.sarif:
        from mailroute.admin.sarif import sarif

        # Where there are several, each file is named with its directory.
        base = directories[0] if len(directories) == 1 else directories[0].parent
        print_json(sarif(base, found, templates))
        return 1 if errors else 0
    for one in found:
        if arguments.json:
            print_json(dataclasses.asdict(one))
        else:
            print(one)
            print()
    if not arguments.json:
        print(_counted(errors, len(found) - errors) if found else "\n".join(summaries))
    return 1 if errors else 0


def _what(arguments: argparse.Namespace) -> tuple[tuple[Path, ...], Path | None]:
    """The directories and the templates to check: those of the site, where nothing else is named."""
    from mailroute.settings import load_settings

    config = _config_of(arguments)
    if config is None:
        return (arguments.directory or Path("rules"),), arguments.templates
    settings = load_settings(config)
    if arguments.directory is None:
        return settings.rules, arguments.templates or settings.templates
    ours = arguments.directory.resolve() in [one.resolve() for one in settings.rules]
    return (arguments.directory,), arguments.templates or (settings.templates if ours else None)


def _config_of(arguments: argparse.Namespace) -> Path | None:
    """The settings that were named or lie here; for a directory named from elsewhere, those that lie beside it."""
    if is_configured(arguments):
        return Path(arguments.config)
    if arguments.directory is None:
        return None
    beside = Path(arguments.directory).resolve().parent / DEFAULT_CONFIG
    return beside if beside.exists() else None


def _named(one: Diagnostic, directory: Path | None) -> Diagnostic:
    """With its directory's name, where there are several that have a file of that name."""
    if directory is None or one.code == "MR700":
        return one
    return dataclasses.replace(one, file=f"{directory.name}/{one.file}")


def _counted(errors: int, warnings: int) -> str:
    return f"{errors} error{'s'[errors == 1 :]}, {warnings} warning{'s'[warnings == 1 :]}."
