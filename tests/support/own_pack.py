"""The demo firm with a pack of its own, called `eigenes`."""

import shutil
from collections.abc import Mapping
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def firm_with_pack(tmp_path: Path, case_types: str, tables: Mapping[str, str], packs: str) -> Path:
    """Its rules in a new folder; `tables` are the learned files of the pack by name, `packs` how the firm takes it in."""
    rules = tmp_path / "rules"
    shutil.copytree(CHECKOUT / "rules", rules, ignore=shutil.ignore_patterns("packs"))
    pack = rules / "packs" / "eigenes"
    pack.mkdir(parents=True)
    (pack / "roles.yaml").write_text("sammler: {name: Sammler}\n")
    (pack / "case-types.yaml").write_text(case_types)
    for name, text in tables.items():
        (pack / name).write_text(text)
    organisation = rules / "organisation.yaml"
    organisation.write_text(f"{organisation.read_text()}\npacks: {packs}\n")
    return rules
