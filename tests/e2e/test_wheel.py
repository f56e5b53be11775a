"""What travels in the wheel is what lies in git: nothing is missing, and nothing that git ignores comes along."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# where it lies in the repository → where it lies in the wheel
PLACES = {
    "src/mailroute/": "mailroute/",
    "templates/": "mailroute/shipped/templates/",
    "rules/": "mailroute/shipped/rules/",
    "daemon/": "mailroute/shipped/daemon/",
}
# What the build reads beside them.
BUILD_FILES = (".gitignore", "LICENSE", "README.md", "pyproject.toml")
# Ignored by git: a database, a key and the tracks of Python lie about in many a checkout.
STRAY = ("rules/try.sqlite", "daemon/own.key", "templates/de/__pycache__/own.pyc")


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tracked() -> list[str]:
    listed = run("git", "ls-files", "-z", "--", *PLACES).split("\0")
    # A file that is deleted and not yet committed is no part of what would be built.
    return [file for file in listed if file and (ROOT / file).exists()]


def checkout_with_strays(files: list[str], directory: Path) -> Path:
    for file in (*files, *BUILD_FILES):
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, directory / file)
    for file in STRAY:
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        (directory / file).write_text("must not travel")
    return directory


def place_in_the_wheel(file: str) -> str:
    place = next(place for place in PLACES if file.startswith(place))
    return PLACES[place] + file.removeprefix(place)


@pytest.mark.slow
def test_the_wheel_holds_what_git_holds(tmp_path: Path) -> None:
    files = tracked()
    source = checkout_with_strays(files, tmp_path / "checkout")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path / "dist"), str(source))
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == {place_in_the_wheel(file) for file in files}
