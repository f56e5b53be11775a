"""From settings to an open installation: database migrated, keys checked, rulesets activated, everything compiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailroute import log
from mailroute.clock import Clock, system_clock
from mailroute.flow.mail_keys import read_keys
from mailroute.flow.site import Recipe, Site, load_directories, make_keyring, open_site
from mailroute.model.tokens import Keyring
from mailroute.rules import Loaded
from mailroute.settings import Settings
from mailroute.store.engine import Connection, Store, migrate, open_store
from mailroute.store.keys import remember_key
from mailroute.store.rulesets import activate


@dataclass(frozen=True, slots=True)
class Installation:
    """What a daemon or a command works with. Close the store when done."""

    store: Store
    site: Site
    recipe: Recipe


def open_installation(settings: Settings, *, clock: Clock = system_clock) -> Installation:
    """Open the books and the rules of `mailroute.toml`.

    Raises RulesetInvalid with every mistake in the rules, SettingsInvalid if keys and database do not belong
    together, AlreadyRunning if another daemon has the SQLite file, TryLater if the database does not answer.
    Commits the migration, the key's fingerprint and the rulesets that are not active yet.
    """
    loaded = load_directories(settings.rules)
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    keyring = make_keyring(settings.key_file)
    recipe = recipe_of(loaded, keyring, settings)
    site = open_site(loaded, keyring, settings.trust, settings.templates, recipe.keys)
    migrate(settings.database_url)
    store = open_store(settings.database_url)
    try:
        store.write(lambda tx: remember_key(tx, keyring.fingerprint, *keyring.older_fingerprints)).result()
        activate_all(store, loaded, clock())
    except BaseException:
        store.close()
        raise
    return Installation(store, site, recipe)


def recipe_of(loaded: Sequence[Loaded], keyring: Keyring, settings: Settings) -> Recipe:
    """What a worker process needs to make the same Site."""
    files = tuple(one.ruleset.files for one in loaded)
    return Recipe(files, keyring, settings.trust, settings.templates, read_keys(settings.keys))


def activate_all(store: Store, loaded: Sequence[Loaded], now: datetime) -> None:
    """Make rulesets and their directories the active ones, all or none. Commits its own transaction."""

    def work(tx: Connection) -> None:
        for one in loaded:
            activate(tx, one.ruleset, one.directory, now, digest=one.digest)

    store.write(work).result()
    for one in loaded:
        log.emit("rules-loaded", organisation=one.ruleset.organisation.id, ruleset=one.ruleset.hash)
