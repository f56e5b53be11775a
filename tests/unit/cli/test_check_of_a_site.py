"""`mailroute check` in the folder of a site looks at everything that the daemon would use, letters included."""

import json
from pathlib import Path

import pytest

from mailroute.cli.main import main

SLIP = "{{ kundenname }}\n"


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    assert main(["init", str(tmp_path / "site")]) == 0
    capsys.readouterr()
    keep_one_letter(tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")
    return tmp_path / "site"


def keep_one_letter(site: Path) -> None:
    """Remove the letters that are as ours anyway: to check all of them takes most of the time."""
    for file in site.glob("templates/*/*"):
        if (file.parent.name, file.stem) != ("de", "acknowledgement"):
            file.unlink()


def spoil_a_letter(site: Path) -> None:
    with (site / "templates" / "de" / "acknowledgement.txt").open("a") as file:
        file.write(SLIP)


@pytest.mark.parametrize("named", [[], ["rules"]])
def test_the_letters_of_the_site_are_checked_without_being_asked_for(
    named: list[str], site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil_a_letter(site)

    assert main(["check", *named]) == 1
    said = capsys.readouterr().out
    assert "templates/de/acknowledgement.txt:" in said
    assert "there is no value `kundenname` here" in said


def test_a_directory_named_from_elsewhere_is_checked_with_the_letters_beside_it(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil_a_letter(site)
    monkeypatch.chdir(tmp_path)

    assert main(["check", "site/rules"]) == 1
    assert "there is no value `kundenname` here" in capsys.readouterr().out


def test_a_directory_without_settings_beside_it_is_checked_alone(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil_a_letter(site)
    monkeypatch.chdir(tmp_path)
    (site / "mailroute.toml").unlink()

    assert main(["check", "site/rules"]) == 0


def test_another_directory_is_checked_without_the_letters_of_this_site(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "other")]) == 0
    spoil_a_letter(site)

    assert main(["check", str(tmp_path / "other" / "rules")]) == 0


def test_a_letter_with_a_mistake_keeps_a_reload_from_happening(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil_a_letter(site)

    assert main(["reload"]) == 1
    assert "there is no value `kundenname` here" in capsys.readouterr().err


def test_review_tools_find_letters_and_rules_where_they_lie(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil_a_letter(site)
    (site / "rules" / "organization.yaml").write_text("id: abc\n")

    assert main(["check", "--sarif"]) == 1
    [one] = json.loads(capsys.readouterr().out)["runs"]
    places = [it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for it in one["results"]]
    assert sorted(places) == ["rules/organization.yaml", "templates/de/acknowledgement.txt"]


def test_of_two_organisations_each_mistake_is_named_with_its_directory(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(site / "second")]) == 0
    other = site / "second" / "rules"
    organisation = other / "organisation.yaml"
    organisation.write_text(
        organisation.read_text().replace("\nid: abc\n", "\nid: xyz\n").replace("service@", "post@")
    )
    with (other / "roles.yaml").open("a") as file:
        file.write("\nhausmeister: {name: Hausmeister}\n")
    config = site / "mailroute.toml"
    config.write_text(config.read_text().replace('rules = ["rules"]', 'rules = ["rules", "second/rules"]'))
    (site / "rules").rename(site / "abc")
    (site / "second" / "rules").rename(site / "xyz")
    config.write_text(config.read_text().replace('["rules", "second/rules"]', '["abc", "xyz"]'))
    capsys.readouterr()

    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "xyz/roles.yaml:" in said
    assert "0 errors, 1 warning." in said
