"""Which rules the daemon works by: taken anew when told, when their files change, or when another daemon has done so.

Doors stay open meanwhile, and a mail that is being read is decided by the rules it began with.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import watch

from mailroute import log
from mailroute.admin.impossible import Impossible
from mailroute.admin.reload import Fresh, followed, reload, signature
from mailroute.errors import MailrouteError, RulesetInvalid

if TYPE_CHECKING:
    from mailroute.daemon.serve import Daemon

# An editor writes several times, a `git pull` many files: wait until nothing has changed for so long. The `debounce` of
# watchfiles is how long it gathers at most; it is content with 50 ms of quiet.
_QUIET_S = 1.0
# Also looked for without being told: a directory that is a link somewhere else, or lies on a network, tells nothing.
_LOOK_MS = 15_000
_REST_S = 5.0


class RulesKeeper:
    """Gives one daemon its rules. One reload at a time."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()
        self._watching: threading.Thread | None = None
        self._refused = ""
        self._seen = self._signature()

    def reload(self) -> list[str]:
        """Check, test, activate; what was done, as sentences. Raises RulesetInvalid or Impossible: nothing changed."""
        daemon = self._daemon
        with self._one_at_a_time:
            seen = self._signature()
            try:
                fresh = reload(daemon.settings, daemon.store, daemon.site, daemon.clock)
            except (RulesetInvalid, Impossible) as error:
                self._seen = seen
                self._say_once(str(error), error)
                raise
            self._seen = seen
            self._take(fresh)
            return list(fresh.lines)

    def reload_soon(self) -> None:
        """The same in a thread of its own, for a signal: what is wrong stands in the log and in `rules log`."""
        threading.Thread(target=self._try, name="mailroute-reload", daemon=True).start()

    def follow(self) -> int:
        """Take over what another daemon on the same database has made active. A loop's step: 0, nothing is left."""
        daemon = self._daemon
        with self._one_at_a_time:
            fresh = followed(daemon.settings, daemon.store, daemon.site)
            if fresh is not None:
                self._take(fresh)
                for org, office in fresh.site.offices.items():
                    log.emit("rules-loaded", organisation=org, ruleset=office.ruleset.hash)
        return 0

    def watch(self) -> None:
        """Reload whenever a file of the rules or templates changes, until `stop`."""
        self._watching = threading.Thread(target=self._watch, name="mailroute-watch", daemon=True)
        self._watching.start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()
        if self._watching is not None:
            self._watching.join(5)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                for _ in watch(
                    *(path for path in self._paths() if path.is_dir()),
                    stop_event=self._stopping,
                    rust_timeout=_LOOK_MS,
                    yield_on_timeout=True,
                    raise_interrupt=False,
                ):
                    if self._signature() != self._seen and self._has_come_to_rest() and self._has_news():
                        self._try()
            except (OSError, RuntimeError) as error:
                # The directory is being replaced, or there are no watches left; we look again ourselves.
                log.emit("rules-unwatched", error=type(error).__name__)
                self._stopping.wait(_REST_S)

    def _has_come_to_rest(self) -> bool:
        return comes_to_rest(self._signature, lambda: self._stopping.wait(_QUIET_S))

    def _has_news(self) -> bool:
        """Whether the files are others than those of the last reload, also of one that is just under way."""
        with self._one_at_a_time:
            return self._signature() != self._seen

    def _try(self) -> None:
        try:
            self.reload()
        except (RulesetInvalid, Impossible):
            pass  # said and remembered already
        except MailrouteError as error:
            log.emit("store-unavailable", part="reload", error=str(error))

    def _take(self, fresh: Fresh) -> None:
        self._refused = ""
        self._daemon.renew(fresh.site, fresh.recipe)

    def _say_once(self, words: str, error: MailrouteError) -> None:
        if words == self._refused:
            return
        self._refused = words
        found = error.diagnostics if isinstance(error, RulesetInvalid) else ()
        first = next((one for one in found if one.level == "error"), None)
        # Codes and places only: what stands in the line may be personal.
        place = f"{first.file}:{first.line} {first.code}" if first else type(error).__name__
        log.emit("rules-refused", first=place, mistakes=max(1, len(found)))

    def _paths(self) -> list[Path]:
        settings = self._daemon.settings
        return [*settings.rules, *([settings.templates] if settings.templates else [])]

    def _signature(self) -> tuple[tuple[str, int, int], ...]:
        return signature(self._paths())


def comes_to_rest(look: Callable[[], object], wait: Callable[[], bool]) -> bool:
    """Wait until two looks, a wait apart, see the same: nobody writes any more. False if a wait says that we are to end."""
    seen = look()
    while not wait():
        before, seen = seen, look()
        if seen == before:
            return True
    return False
