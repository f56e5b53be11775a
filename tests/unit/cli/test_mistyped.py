"""Whoever mistypes a command reads a sentence that says what to write, and never a traceback."""

from pathlib import Path

import pytest

from mailroute.cli.main import main

_HUGE = "9" * 30


@pytest.mark.parametrize("number", [_HUGE, "0", "-5", "x", "٣", "1.5", ""])
@pytest.mark.parametrize(
    "command",
    [
        ["quality", "--days"],
        ["suggest", "--days"],
        ["suggest", "--last"],
        ["suggest", "--take"],
        ["learn", "--days"],
        ["replay", "--days"],
        ["replay", "--last"],
        ["diff", "rules", "--days"],
        ["rules", "log", "--last"],
    ],
)
def test_a_number_out_of_bounds_is_told_with_the_bounds(
    command: list[str], number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    *before, option = command
    with pytest.raises(SystemExit) as left:
        main([*before, f"{option}={number}"])

    assert left.value.code == 2
    assert "write a number from 1 to " in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["new", "staff", "--set"], ["import", "a.csv", "--as", "people", "--map"]]
)
@pytest.mark.parametrize("typed", ["name", "=value", "", " =x"])
def test_a_pair_without_its_sign_is_told_how_to_write(
    command: list[str], typed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    *before, option = command
    with pytest.raises(SystemExit):
        main([*before, f"{option}={typed}"])

    assert "with an equals sign, KEY=VALUE" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["init", "schema"])
def test_a_place_that_cannot_be_written_is_named(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")

    assert main([command, str(tmp_path / "file" / "site")]) == 1
    said = capsys.readouterr().err
    assert said.startswith(str(tmp_path / "file"))
    assert "Not a directory" in said


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:00", "9999-12-31T23:59-12:00", "0001-01-01T00:00+14:00", "gestern"]
)
def test_a_moment_that_no_mail_has_is_told_how_to_write(
    moment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mail.eml").write_text("From: a@b.example\n\nkalt\n")

    assert main(["explain", f"--at={moment}", str(tmp_path / "mail.eml")]) == 2
    assert "write it like 2026-12-03T09:00" in capsys.readouterr().out
