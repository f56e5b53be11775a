"""`mailroute suggest` and `mailroute learn` on a new site: nothing to say is said, and nothing is written."""

import json
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.cli.main import main


def test_a_new_site_has_nothing_to_learn_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "site"
    assert main(["init", str(site)]) == 0
    config, rules = ["--config", str(site / "mailroute.toml")], ["--rules", str(site / "rules")]
    examples = sorted((shipped.path("rules") / "examples").glob("*.eml"))
    assert main(["ingest", *config, *map(str, examples)]) == 0
    capsys.readouterr()
    assert main(["suggest", *config, *rules]) == 0
    assert capsys.readouterr().out.startswith("Nothing to propose")
    assert main(["learn", *config, *rules]) == 1
    assert "Too little to learn from" in capsys.readouterr().out
    assert not (site / "rules" / "model.csv").exists()
    assert main(["suggest", *config, *rules, "--json"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == []
