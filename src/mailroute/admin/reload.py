"""From changed files to active rules: check → test → replay → activate, all organisations or none (design §8).

What has mistakes, or fails its own routing tests, changes nothing; it is remembered for `mailroute rules log` and
mailed to the administrators, each distinct set of mistakes once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from mailroute.admin.acts import Act
from mailroute.admin.check import mistakes_in_letters
from mailroute.admin.impossible import Impossible
from mailroute.admin.inside import SOCKET, ask_daemon, daemon_listens, looking
from mailroute.admin.replay import Comparison, Question, compare
from mailroute.admin.trial import read_tests, run_tests
from mailroute.clock import Clock, system_clock
from mailroute.errors import Diagnostic, RulesetInvalid, SettingsInvalid, TryLater
from mailroute.flow.activate import activate_all, open_installation, recipe_of
from mailroute.flow.mail_keys import read_keys
from mailroute.flow.refuse import remember_refusal
from mailroute.flow.site import Recipe, Site, load_directories, open_site
from mailroute.rules import Loaded
from mailroute.settings import Settings
from mailroute.store.engine import Store
from mailroute.store.rulesets import active, files

# How many of the latest mails are decided again before changed rules become active, and for how long at most.
_REPLAYED = 200
_REPLAYED_AT_ONCE = 20
_REPLAY_S = 10.0
_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a daemon goes on with; `lines` say what changed."""

    site: Site
    recipe: Recipe
    lines: tuple[str, ...]


def checked(settings: Settings, now: datetime) -> tuple[Loaded, ...]:
    """Read the rules directories, render the site's own letters, run the tests. Raises RulesetInvalid with all that is wrong."""
    loaded = load_directories(settings.rules)
    mistakes: list[Diagnostic] = []
    if settings.templates is not None:
        mistakes += mistakes_in_letters(settings.templates)
    # Of a letter with a mistake that is said; the tests ask which letters go out, not what stands in them.
    templates = None if mistakes else settings.templates
    for directory, one in zip(settings.rules, loaded, strict=True):
        tests, found = read_tests(directory, one)
        wrong = [diagnostic for diagnostic in found if diagnostic.level == "error"]
        mistakes += wrong
        if not wrong:
            outcomes = run_tests(tests, one, templates, now)
            mistakes += [outcome.diagnostic() for outcome in outcomes if not outcome.passed]
    if mistakes:
        raise RulesetInvalid(tuple(mistakes))
    return loaded


def reload(settings: Settings, store: Store, site: Site, clock: Clock) -> Fresh:
    """Make the rules of the directories the active ones. Commits.

    Raises RulesetInvalid; then the old ones stay active, and the refusal is remembered and mailed. Raises Impossible if an
    organisation of `site` would be gone: its mails and tickets still need it.
    """
    try:
        loaded = checked(settings, clock())
    except RulesetInvalid as error:
        remember_refusal(store, site, error, clock())
        raise
    gone = set(site.offices) - {one.ruleset.organisation.id for one in loaded}
    if gone:
        raise Impossible(f"the organisation {min(gone)} would be gone; take it out and restart the daemon")
    before = {org: office.ruleset.hash for org, office in site.offices.items()}
    recipe = recipe_of(loaded, site.keyring, settings)
    fresh = open_site(loaded, site.keyring, settings.trust, settings.templates, recipe.keys, settings.web_url)
    effects = _effects(settings, loaded, before)
    activate_all(store, loaded, clock(), effects)
    return Fresh(fresh, recipe, tuple(_said(one, before, effects) for one in loaded))


def _effects(settings: Settings, loaded: Sequence[Loaded], before: dict[str, str]) -> dict[str, str]:
    """By organisation what the new rules would have done otherwise; nothing where they are the first or the same."""
    return {
        one.ruleset.organisation.id: effect_on_stored_mails(settings, directory)
        for directory, one in zip(settings.rules, loaded, strict=True)
        if before.get(one.ruleset.organisation.id) not in (None, one.ruleset.hash)
    }


def _said(one: Loaded, before: dict[str, str], effects: dict[str, str]) -> str:
    org, name = one.ruleset.organisation.id, one.ruleset.hash
    if before.get(org) == name:
        return f"{org}: ruleset {name} as before, its directory read anew"
    effect = f"; {effects[org]}" if effects.get(org) else ""
    return (
        f"{org}: ruleset {name} is active" + (f", {before[org]} was before" if org in before else "") + effect
    )


def effect_on_stored_mails(settings: Settings, directory: Path) -> str:
    """What the rules of a directory would have done otherwise with the latest mails, in one line.

    Looks at as many as a few seconds allow, and never keeps rules from becoming active.
    """
    began = monotonic()
    question = Question(settings.database_url, settings.trust, directory, read_keys(settings.keys))
    result: Comparison | None = None
    try:
        for state in compare(question, last=_REPLAYED, since=None, workers=1, at_once=_REPLAYED_AT_ONCE):
            result = state
            if monotonic() - began > _REPLAY_S:
                break
    except RulesetInvalid:
        return "not tried on stored mails, for the files change again"
    if result is None or not result.done:
        return "no mail is stored yet that they could be tried on"
    groups = [
        f"{group.count} × " + ", ".join(f"{key} {old} → {new}" for key, old, new in group.changes)
        for group in result.largest_first()[:_GROUPS]
    ]
    more = " …" if len(result.groups) > _GROUPS else ""
    said = f"of {result.done} stored mails {result.changed or 'none'} would go elsewhere"
    return said + (f": {'; '.join(groups)}{more}" if groups else "")


def followed(settings: Settings, store: Store, site: Site) -> Fresh | None:
    """The rules that another daemon on this database has made active; None if they are those of `site`."""
    with store.read() as conn:
        now_active = dict(active(conn))
        if all(office.ruleset.hash == now_active.get(org) for org, office in site.offices.items()):
            return None
        texts = tuple(files(conn, org, now_active[org]) for org in site.offices if org in now_active)
    recipe = Recipe(texts, site.keyring, settings.trust, settings.templates, site.keys, site.web_url)
    return Fresh(recipe.site(), recipe, ())


def ask_to_reload(settings: Settings) -> list[str]:
    """`mailroute reload`: have the daemon do it; without one on this machine check, test, replay and activate here.

    Raises Impossible with the daemon's words, RulesetInvalid if there is none.
    """
    path = settings.state / SOCKET
    if daemon_listens(path):
        return ask_daemon(path, Act("reload"))
    loaded = checked(settings, system_clock())
    before = _active_in_the_books(settings)
    effects = _effects(settings, loaded, before)
    open_installation(settings, effects=effects).store.close()
    said = [_said(one, before, effects) for one in loaded]
    return [*said, "no daemon runs here; the next one starts with this"]


def _active_in_the_books(settings: Settings) -> dict[str, str]:
    """The active ruleset of each organisation; none where there are no books yet."""
    try:
        with looking(settings) as conn:
            return dict(active(conn))
    except (TryLater, SettingsInvalid):
        # What is wrong with the books is said where they are opened to write.
        return {}


def signature(directories: Sequence[Path]) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every file below: another one means that somebody has changed something."""
    found = []
    for directory in directories:
        for path in directory.rglob("*"):
            try:
                state = path.stat()
            except OSError:
                continue
            if path.is_file() and not path.name.startswith("."):
                found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(sorted(found))
