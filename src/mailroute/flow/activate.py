"""From settings to an open installation: database migrated, keys checked, rulesets activated, everything compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailroute import log
from mailroute.clock import Clock, system_clock
from mailroute.errors import Broken, SettingsInvalid, TryLater
from mailroute.flow.mail_keys import read_keys
from mailroute.flow.site import Recipe, Site, load_directories, make_keyring, open_site
from mailroute.model.tokens import Keyring
from mailroute.rules import Loaded, load_files, read
from mailroute.settings import Settings
from mailroute.store.engine import Connection, Store, migrate, open_store
from mailroute.store.keys import remember_key
from mailroute.store.rulesets import activate, active, directory_digest


@dataclass(frozen=True, slots=True)
class Installation:
    """What a daemon or a command works with. Close the store when done."""

    store: Store
    site: Site
    recipe: Recipe


def open_installation(
    settings: Settings, *, clock: Clock = system_clock, effects: Mapping[str, str] | None = None
) -> Installation:
    """Open the books and the rules of `mailroute.toml`. `effects` are for `activate_all`.

    Raises RulesetInvalid with every mistake in the rules, SettingsInvalid if keys and database do not belong
    together, AlreadyRunning if another daemon has the SQLite file, TryLater if the database does not answer.
    Commits the migration, the key's fingerprint and the rulesets that are not active yet.
    """
    as_before = _as_before(settings)
    loaded = as_before or load_directories(settings.rules)
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyring = make_keyring(settings.key_file)
    recipe = recipe_of(loaded, keyring, settings)
    site = open_site(loaded, keyring, settings.trust, settings.templates, recipe.keys, settings.web_url)
    migrate(settings.database_url)
    store = open_store(settings.database_url)
    try:
        store.write(lambda tx: remember_key(tx, keyring.fingerprint, *keyring.older_fingerprints)).result()
        if not as_before:
            activate_all(store, loaded, clock(), effects)
    except BaseException:
        store.close()
        raise
    return Installation(store, site, recipe)


def _as_before(settings: Settings) -> tuple[Loaded, ...]:
    """The rules without their directories, if all files are those that are active in these books; () if not.

    Checking 100,000 contracts that have not changed takes seconds, and seeing that they have not a fraction of one.
    Nothing of it may be activated: the directories are rows already.
    """
    found = [read(directory) for directory in settings.rules]
    known = _known(settings.database_url)
    loaded = []
    for one in found:
        if one is None or one.digest not in {digest for _, digest in known.values()}:
            return ()
        loaded.append(load_files(one.files))
        organisation = loaded[-1].ruleset.organisation.id
        if known.pop(organisation, None) != (loaded[-1].ruleset.hash, one.digest):
            return ()
    return tuple(loaded)


def _known(database_url: str) -> dict[str, tuple[str, str | None]]:
    """The active ruleset of each organisation, and what names its directory; empty without books."""
    try:
        with open_store(database_url, exclusive=False) as store, store.read() as conn:
            return {org: (name, directory_digest(conn, org)) for org, name in active(conn)}
    except (TryLater, Broken, SettingsInvalid):
        # Whatever is wrong with the books is said where they are opened to work with.
        return {}


def recipe_of(loaded: Sequence[Loaded], keyring: Keyring, settings: Settings) -> Recipe:
    """What a worker process needs to make the same Site."""
    files = tuple(one.ruleset.files for one in loaded)
    keys = read_keys(settings.keys)
    return Recipe(files, keyring, settings.trust, settings.templates, keys, settings.web_url)


def activate_all(
    store: Store, loaded: Sequence[Loaded], now: datetime, effects: Mapping[str, str] | None = None
) -> None:
    """Make rulesets and their directories the active ones, all or none. Commits its own transaction.

    `effects` say by organisation what the new rules change, for `mailroute rules log`.
    """

    def work(tx: Connection) -> None:
        for one in loaded:
            effect = (effects or {}).get(one.ruleset.organisation.id, "")
            activate(tx, one.ruleset, one.directory, now, digest=one.digest, effect=effect)

    store.write(work).result()
    for one in loaded:
        log.emit("rules-loaded", organisation=one.ruleset.organisation.id, ruleset=one.ruleset.hash)
