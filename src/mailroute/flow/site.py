"""Everything a process needs to decide: for each organisation its compiled rules and templates, and the keys.

A `Site` is immutable; a reload makes a new one. It is built from rules directories, never from the database's rows.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailroute import shipped
from mailroute.errors import Diagnostic, RulesetInvalid, SettingsInvalid
from mailroute.flow.names import NamesByHeart
from mailroute.model.mail import Trust
from mailroute.model.ruleset import Ruleset
from mailroute.model.tokens import ALPHABET, Key, Keyring
from mailroute.notify.templates import Templates
from mailroute.notify.templates import load as load_templates
from mailroute.routing.inboxes import Inboxes
from mailroute.routing.work import Rules
from mailroute.rules import Loaded, load, load_files
from mailroute.rules.installation import partners_here, shared_names


@dataclass(frozen=True, slots=True)
class Office:
    """One organisation, ready to decide and to write letters."""

    rules: Rules
    templates: Templates

    @property
    def ruleset(self) -> Ruleset:
        """What administrators wrote."""
        return self.rules.ruleset


@dataclass(frozen=True, slots=True)
class Site:
    """All organisations of this installation. `trust` says whose word about senders we believe, `keys`
    are the files that open encrypted mail. `web_url` is where our pages are, "" where there are none.

    `names` fills itself from the database while mails are decided.
    """

    offices: dict[str, Office]
    inboxes: Inboxes
    keyring: Keyring
    trust: Trust
    names: NamesByHeart = field(default_factory=NamesByHeart)
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    web_url: str = ""

    def prepare_to_read(self) -> None:
        """Compile now what the first mail would otherwise wait for."""
        for office in self.offices.values():
            _ = office.rules.classifier


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a Site is made of, small and picklable, so that a worker process can make the same one."""

    files: tuple[tuple[tuple[str, str], ...], ...]
    keyring: Keyring
    trust: Trust
    templates: Path | None
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    web_url: str = ""

    def site(self) -> Site:
        """Read, check, compile. Raises RulesetInvalid, which cannot happen for files that were active once."""
        return open_site(
            [load_files(one) for one in self.files],
            self.keyring,
            self.trust,
            self.templates,
            self.keys,
            self.web_url,
        )


def load_directories(directories: Sequence[Path], *, whole: bool = True) -> tuple[Loaded, ...]:
    """Read every rules directory. Raises RulesetInvalid with all mistakes of all of them.

    `whole`: these are all organisations of the installation, so that partners can be looked for among them.
    """
    loaded: list[Loaded] = []
    diagnostics: list[Diagnostic] = []
    for directory in directories:
        try:
            loaded.append(load(directory))
        except RulesetInvalid as error:
            diagnostics += error.diagnostics
    rulesets = [one.ruleset for one in loaded]
    for nth, one in enumerate(rulesets):
        diagnostics += shared_names(one, rulesets[:nth])
        # Who a directory with mistakes would be, nobody knows.
        known = rulesets if whole and len(loaded) == len(directories) else None
        diagnostics += partners_here(one, known)
    if diagnostics:
        raise RulesetInvalid(tuple(diagnostics))
    return tuple(loaded)


def open_site(
    loaded: Sequence[Loaded],
    keyring: Keyring,
    trust: Trust,
    templates: Path | None,
    keys: tuple[bytes, ...] = (),
    web_url: str = "",
) -> Site:
    """Compile rules and templates once. A template with mistakes gives way to ours."""
    folders = [*([templates] if templates else []), shipped.path("templates")]
    rules: dict[str, Rules] = {}
    for one in loaded:
        rules[one.ruleset.organisation.id] = Rules(one.ruleset, rules)
    offices = {
        one.id: Office(rules[one.id], load_templates(folders, one.language))
        for one in (one.ruleset.organisation for one in loaded)
    }
    inboxes = Inboxes(one.ruleset.organisation for one in loaded)
    return Site(offices, inboxes, keyring, trust, keys=keys, web_url=web_url)


def read_keyring(file: Path) -> Keyring:
    """The keys that sign reply addresses: one `name hex` a line, newest first.

    Raises SettingsInvalid if the file is missing, open to others, or not of this form.
    """
    try:
        mode = file.stat().st_mode
        lines = file.read_text(encoding="ascii").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid(
            (f"{file}: the keys cannot be read ({error}); `mailroute init` makes them",)
        ) from None
    if mode & 0o077:
        raise SettingsInvalid((f"{file}: others may read the keys; run: chmod 600 {file}",))
    keys = tuple(_key(file, line) for line in lines if line.strip() and not line.startswith("#"))
    if not keys:
        raise SettingsInvalid((f"{file}: there is no key in it; `mailroute init` makes one",))
    return Keyring(keys)


def _key(file: Path, line: str) -> Key:
    name, _, secret = line.strip().partition(" ")
    try:
        value = bytes.fromhex(secret)
    except ValueError:
        value = b""
    if len(name) != 1 or name not in ALPHABET or len(value) < 32:
        raise SettingsInvalid((f"{file}: a line must be a letter, a blank and 64 hex digits",))
    return Key(name, value)


def make_keyring(file: Path) -> Keyring:
    """Write a new key file that only its owner can read, if there is none; return what it holds."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(
                f"# keys of the reply addresses, newest first; keep them secret\nk {secrets.token_hex(32)}\n"
            )
    return read_keyring(file)
