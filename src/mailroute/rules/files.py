"""Which files a rules directory has, and how their bytes become text. Looks at nothing outside the directory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from mailroute.rules.report import Report, Spot, nearest

Files = tuple[tuple[str, str], ...]

REQUIRED = ("organisation.yaml", "roles.yaml", "staff.yaml", "calendars.yaml")
# Needed where no pack brings any (`packs.report_no_matter`).
CASE_TYPES = "case-types.yaml"
OPTIONAL = (CASE_TYPES, "absences.yaml", "partners.yaml", "commands.yaml", "model.csv")
# The directory part: rows with validity dates, kept out of the ruleset and its hash (design §8).
DIRECTORY_FILES = ("properties.csv", "people.csv", "contracts.csv", "responsibilities.csv")
# Folders with one kind of file each; those of `tests` are read by `routing_tests`.
FOLDERS = {"properties": ".yaml", "contracts": ".csv", "tests": ".yaml", "grants": ".yaml"}
LEARNED = "evidence.csv"
MEANINGS = "meanings.csv"
_NOT_READ = ("tests",)
# What a pack consists of; the words that it has learned are not in every pack.
PACK_FILES = ("roles.yaml", "case-types.yaml", LEARNED, MEANINGS)

_YAML_BYTES = 1024 * 1024
_CSV_BYTES = 64 * 1024 * 1024
_ALL_BYTES = 256 * 1024 * 1024
_MOST_FILES = 20_000
_NO_TEXT = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def is_directory_file(name: str) -> bool:
    """Whether the file holds properties, people, contracts or grants rather than rules."""
    return name in DIRECTORY_FILES or name.startswith(("properties/", "contracts/", "grants/"))


def is_pack_file(name: str) -> bool:
    """Whether the file is one of a pack (packs/property-de/roles.yaml)."""
    folder, _, rest = name.partition("/")
    pack, _, file = rest.partition("/")
    return folder == "packs" and bool(pack) and file in PACK_FILES


def is_read(name: str) -> bool:
    """Whether a file of that name is read at all."""
    if name in REQUIRED or name in OPTIONAL or name in DIRECTORY_FILES:
        return True
    if is_pack_file(name):
        return True
    folder, slash, rest = name.partition("/")
    return (
        bool(slash)
        and folder not in _NOT_READ
        and "/" not in rest
        and rest.endswith(FOLDERS.get(folder, "\0"))
    )


def collect(directory: Path, report: Report) -> Files:
    """All files that are read, as (relative name, text), sorted; what cannot be read is reported."""
    texts: list[tuple[str, str]] = []
    total = 0
    for count, path in enumerate(_listed(directory, report)):
        name = path.relative_to(directory).as_posix()
        if not is_read(name):
            _report_unread(name, report)
            continue
        content = _content(directory, path, name, report)
        total += len(content or b"")
        if count >= _MOST_FILES or total > _ALL_BYTES:
            report.add(
                "MR105", Spot(name), "the directory holds too much", "Use the CSV files for large data."
            )
            break
        text = None if content is None else decode(name, content, report)
        if text is not None:
            texts.append((name, text))
    return tuple(texts)


def collect_pack(folder: Path, pack: str, report: Report) -> Files:
    """The files of a pack that lies in `folder`, under the names that they have in a ruleset."""
    texts: list[tuple[str, str]] = []
    for file in PACK_FILES:
        if file in (LEARNED, MEANINGS) and not (folder / file).exists():
            continue
        name = f"packs/{pack}/{file}"
        content = _content(folder, folder / file, name, report)
        text = None if content is None else decode(name, content, report)
        if text is not None:
            texts.append((name, text))
    return tuple(texts)


def collect_tests(directory: Path, report: Report, instead: Mapping[str, str] | None = None) -> Files:
    """The files of `tests/` as (relative name, text), sorted; what cannot be read as text is reported.

    `instead`: texts that are not written yet, by name.
    """
    texts: dict[str, str] = {}
    for path in _listed_in(directory / "tests", report):
        name = path.relative_to(directory).as_posix()
        content = _content(directory, path, name, report) if name.endswith(".yaml") else None
        text = None if content is None else decode(name, content, report)
        if text is not None:
            texts[name] = text
    plain = (
        (name, _text(name, text, report)) for name, text in sorted((texts | dict(instead or {})).items())
    )
    return tuple((name, text) for name, text in plain if text is not None)


def clean(files: Iterable[tuple[str, str]], report: Report) -> dict[str, str]:
    """The texts by name, with one kind of line end and no BOM; texts that are none are reported and left out."""
    texts: dict[str, str] = {}
    for name, text in sorted(files):
        if not is_read(name):
            _report_unread(name, report)
            continue
        plain = _text(name, text, report)
        if plain is not None:
            texts[name] = plain
    return texts


def _text(name: str, text: str, report: Report) -> str | None:
    """With one kind of line end and no BOM; None for what is no text, which is reported."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    bad = _NO_TEXT.search(plain)
    if len(plain) > (_CSV_BYTES if name.endswith(".csv") else _YAML_BYTES):
        _report_size(name, report)
        return None
    if bad:
        spot = _spot(name, plain, bad.start())
        report.add("MR104", spot, f"the character U+{ord(bad[0]):04X} is no text", "Delete it.")
        return None
    return plain


def report_missing(names: Iterable[str], report: Report) -> None:
    """Report the files that every rules directory needs."""
    have = set(names)
    for name in REQUIRED:
        if name not in have and not any(one.file == name for one in report.found):
            remedy = "Copy it from the example that `mailroute init` writes."
            report.add("MR101", Spot(name), f"{name} is missing", remedy)


def ruleset_files(texts: dict[str, str]) -> Files:
    """The files that are the ruleset, without the directory's."""
    return tuple((name, text) for name, text in sorted(texts.items()) if not is_directory_file(name))


def ruleset_hash(files: Files) -> str:
    """The name of a ruleset: 16 hex digits that any change of its files changes."""
    digest = hashlib.sha256()
    for name, text in files:
        for part in (name, text):
            content = part.encode("utf-8", "surrogatepass")
            # With its length, so that no text can play a border between two files.
            digest.update(len(content).to_bytes(8, "big") + content)
    return digest.hexdigest()[:16]


def _listed(directory: Path, report: Report) -> list[Path]:
    """The files of the directory and of its known folders, sorted; hidden ones and backups left out."""
    folders = (directory, *(directory / name for name in FOLDERS))
    _report_unread_folders(directory, report)
    return sorted(path for folder in folders for path in _listed_in(folder, report))


# Folders in which nobody would look for rules; further ones may hold the mails of routing tests.
_LOOKED_INTO_MOST = 1000
_OURS = (".yaml", ".yml", ".csv", ".xlsx", ".xls", ".ods")


def _report_unread_folders(directory: Path, report: Report) -> None:
    """Report what looks like rules in a folder that is not read, and a folder in place of a file."""
    known = {
        directory: {*FOLDERS, "packs"},
        **{directory / name: set() for name in FOLDERS if name != "tests"},
    }
    for home, read in known.items():
        for folder in _folders_in(home):
            name = folder.relative_to(directory).as_posix()
            if name in REQUIRED or name in OPTIONAL or name in DIRECTORY_FILES:
                report.add(
                    "MR114", Spot(name), "this is a folder, where a file is expected", "Put the file here."
                )
            elif folder.name not in read and _holds_rules(folder):
                known_folders = ", ".join(f"`{one}`" for one in FOLDERS)
                remedy = f"Put its files where they are read: here, or in {known_folders}, without a folder in between."
                report.add("MR113", Spot(name), "the files of this folder are not read", remedy)


def _folders_in(home: Path) -> list[Path]:
    try:
        return sorted(path for path in home.iterdir() if path.is_dir() and not _ignored(path.name))
    except OSError:
        # What hinders us is said where the files are listed.
        return []


def _holds_rules(folder: Path) -> bool:
    try:
        return any(path.suffix.lower() in _OURS for path in islice(folder.iterdir(), _LOOKED_INTO_MOST))
    except OSError:
        return False


def _listed_in(folder: Path, report: Report) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if not path.is_dir() and not _ignored(path.name))
        return [path for path in found if _has_a_name(path, report)]
    except FileNotFoundError:
        return []
    except OSError as error:
        if isinstance(error, NotADirectoryError) and not folder.exists():
            # The directory itself is a file, which whoever asked for it says.
            return []
        report.add("MR114", Spot(folder.name), f"this folder cannot be read: {error.strerror}")
        return []


def _has_a_name(path: Path, report: Report) -> bool:
    """Whether the name is text, so that it can be shown and stored."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        shown = path.name.encode("utf-8", "backslashreplace").decode()
        report.add("MR114", Spot(shown), "the name of this file is not UTF-8 text", "Rename it.")
        return False
    return True


def _ignored(name: str) -> bool:
    return name.startswith((".", "#", "~")) or name.endswith(("~", ".bak", ".md", ".txt", ".swp"))


def _content(directory: Path, path: Path, name: str, report: Report) -> bytes | None:
    try:
        if not path.exists() and not path.is_symlink():
            report.add("MR101", Spot(name), "this file is missing", "Every pack has it; it may be empty.")
            return None
        if not path.resolve().is_relative_to(directory.resolve()) or not path.is_file():
            report.add(
                "MR114", Spot(name), "this is no plain file of this directory", "Put a copy of the file here."
            )
            return None
        limit = _CSV_BYTES if name.endswith(".csv") else _YAML_BYTES
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except RuntimeError:
        # What `resolve` says of a link that leads to itself, before Python 3.13.
        report.add(
            "MR114", Spot(name), "this file is a link that leads to itself", "Put a copy of the file here."
        )
        return None
    except OSError as error:
        report.add(
            "MR114", Spot(name), f"this file cannot be read: {error.strerror}", "Check its permissions."
        )
        return None
    if len(content) > limit:
        _report_size(name, report)
        return None
    return content


def _report_size(name: str, report: Report) -> None:
    limit = _CSV_BYTES if name.endswith(".csv") else _YAML_BYTES
    report.add(
        "MR105",
        Spot(name),
        f"this file has more than {limit // 2**20} MB",
        "Use the CSV files for large data, or several of them.",
    )


def decode(name: str, content: bytes, report: Report) -> str | None:
    """UTF-8 with or without BOM; what spreadsheets write otherwise is Windows-1252."""
    other = _no_text_file(content)
    if other is not None:
        report.add("MR104", Spot(name), *other)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace").replace("\r\n", "\n")
        rest = content[error.start : error.start + 400].decode("cp1252", "replace").splitlines()
        spot = _spot(name, before + (rest[0] if rest else ""), len(before))
        if not name.endswith(".csv"):
            remedy = 'Save the file as "UTF-8" in your editor.'
            report.add("MR104", spot, "from here on this is not UTF-8 text", remedy)
            return None
        remedy = 'Save it as "CSV UTF-8", or check that umlauts look right in `mailroute check`.'
        report.add("MR115", spot, "this file is not UTF-8; it was read as Windows-1252", remedy)
        return content.decode("cp1252", "replace")


def _no_text_file(content: bytes) -> tuple[str, str] | None:
    """What a file is that is no text at all, and what to do; None for what may be text."""
    if content.startswith(b"PK\x03\x04"):
        return (
            "this is no text but a document or workbook under another name",
            "Save it as text or CSV UTF-8 from the program that wrote it; renaming changes nothing.",
        )
    beginning = content[:400]
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")) or beginning.count(0) * 3 > len(beginning) > 0:
        return (
            "this is not UTF-8 but UTF-16, which some programs call Unicode",
            'Save it as "UTF-8", a table as "CSV UTF-8".',
        )
    return None


def _spot(name: str, text: str, index: int) -> Spot:
    start = text.rfind("\n", 0, index) + 1
    line = text.count("\n", 0, index) + 1
    return Spot(name, line, index - start + 1, text[start:].split("\n", 1)[0][:400])


def _report_unread(name: str, report: Report) -> None:
    if name.partition("/")[0] in _NOT_READ and "/" in name:
        return
    known = [*REQUIRED, *OPTIONAL, *DIRECTORY_FILES, *(f"{name}/…{end}" for name, end in FOLDERS.items())]
    remedy = nearest(name, known)
    if name.endswith((".xlsx", ".xls", ".ods")):
        remedy = f"Save it as CSV UTF-8, or take in what is in it: `mailroute import {name}`."
    renamed = name.removesuffix(".yml") + ".yaml"
    if name.endswith(".yml") and is_read(renamed):
        remedy = f"Rename it to `{renamed}`."
    report.add("MR113", Spot(name), "a file of this name is not read", remedy)
