"""Every mistake in a rules directory fails for the right reason, and for no other.

Each folder of tests/golden/check is named after a code. What lies in its `rules/` is laid over the demo firm, then
the lines of its `changes.txt` are done: `remove FILE`, `grow FILE` (beyond every limit), `link FILE` (to a file that
lies elsewhere). What lies in its `templates/` is the site's own letters. With `also/` there is a second organisation in
the installation: the demo firm under the name xyz, with what lies there laid over it. The demo firm's routing tests are there
only if the folder has `rules/tests`: most changes break some. `expected.txt` is all that is said.
"""

import re
import shutil
from pathlib import Path

import pytest

from mailroute.admin.check import check_directory
from mailroute.admin.trial import read_tests, run_tests
from mailroute.clock import system_clock
from mailroute.errors import RulesetInvalid
from mailroute.flow.site import load_directories
from mailroute.rules.codes import CODES, codes_page, example
from mailroute.rules.installation import partners_here, shared_names
from tests.conftest import Golden

HERE = Path(__file__).parent / "check"
CHECKOUT = HERE.parents[2]
FOLDERS = sorted(path for path in HERE.iterdir() if path.is_dir())


def laid_over_the_demo_firm(folder: Path, tmp_path: Path) -> Path:
    """A copy of the demo firm with the changes of `folder`."""
    firm = tmp_path / "rules"
    # Packs that a firm has no copy of are taken from where they lie.
    without = ("packs",) if (folder / "rules" / "tests").exists() else ("packs", "tests")
    shutil.copytree(CHECKOUT / "rules", firm, ignore=shutil.ignore_patterns(*without))
    if (folder / "rules").exists():
        shutil.copytree(folder / "rules", firm, dirs_exist_ok=True)
    changes = folder / "changes.txt"
    for line in changes.read_text().splitlines() if changes.exists() else ():
        verb, name = line.split()
        match verb:
            case "remove":
                (firm / name).unlink()
            case "grow":
                (firm / name).write_bytes(b"# much too long\n" * 70_000)
            case "link":
                elsewhere = tmp_path / "elsewhere.yaml"
                elsewhere.write_text("street: x\n")
                (firm / name).symlink_to(elsewhere)
            case _:
                pytest.fail(f"{changes}: no such change: {line}")
    return firm


def said_about(firm: Path, templates: Path | None = None) -> str:
    """Everything that is wrong with the rules, and with the letters if there are any, as a person would read it."""
    if templates is not None:
        return "".join(f"{one}\n" for one in check_directory(firm, templates).diagnostics)
    # Without our own letters, which have no mistakes and take long to render.
    try:
        (loaded,) = load_directories((firm,), whole=False)
    except RulesetInvalid as invalid:
        return "".join(f"{one}\n" for one in invalid.diagnostics)
    tests, mistakes = read_tests(firm, loaded)
    outcomes = () if mistakes else run_tests(tests, loaded, None, system_clock())
    failed = [one.diagnostic() for one in outcomes if not one.passed]
    return "".join(f"{one}\n" for one in (*loaded.warnings, *mistakes, *failed))


def said_with_another(firm: Path, folder: Path, tmp_path: Path) -> str:
    """What does not fit the other organisation of the installation."""
    other = tmp_path / "xyz"
    shutil.copytree(CHECKOUT / "rules", other, ignore=shutil.ignore_patterns("packs", "tests"))
    organisation = other / "organisation.yaml"
    organisation.write_text(
        organisation.read_text().replace("id: abc\n", "id: xyz\n").replace("@abc-", "@xyz-")
    )
    shutil.copytree(folder / "also", other, dirs_exist_ok=True)
    (one,), (another,) = (load_directories((path,), whole=False) for path in (firm, other))
    return "".join(
        f"{found}\n"
        for found in (
            *shared_names(one.ruleset, (another.ruleset,)),
            *partners_here(one.ruleset, (another.ruleset,)),
        )
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_check_says_what_is_wrong_and_nothing_else(folder: Path, tmp_path: Path, golden: Golden) -> None:
    firm = laid_over_the_demo_firm(folder, tmp_path)
    templates = folder / "templates"
    said = said_about(firm, templates if templates.exists() else None)
    if (folder / "also").exists():
        said += said_with_another(firm, folder, tmp_path)
    code = folder.name[:5]
    codes = {line.split(": ")[1].split()[1] for line in said.splitlines() if not line.startswith("    ")}
    assert codes == {code}
    golden.check(folder / "expected.txt", said)


def test_every_code_has_a_folder() -> None:
    assert {folder.name[:5] for folder in FOLDERS} == set(CODES)


def test_every_code_that_the_program_can_say_is_in_the_table() -> None:
    source = (CHECKOUT / "src" / "mailroute").rglob("*.py")
    said = {code for file in source for code in re.findall(r"\bMR\d{3}\b", file.read_text())}
    assert said == set(CODES)


def test_the_demo_firm_has_no_mistakes() -> None:
    assert said_about(CHECKOUT / "rules") == ""


def test_the_examples_of_help_are_up_to_date(golden: Golden) -> None:
    texts = {folder.name[:5]: (folder / "expected.txt").read_text() for folder in reversed(FOLDERS)}
    file = CHECKOUT / "src" / "mailroute" / "rules" / "examples.txt"
    golden.check(file, "".join(f"== {code} ==\n{texts[code]}" for code in sorted(texts)))
    assert all(example(code) for code in CODES)


def test_the_page_of_codes_is_up_to_date(golden: Golden) -> None:
    golden.check(CHECKOUT / "docs" / "codes.md", codes_page())
