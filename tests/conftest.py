"""What holds for every test: its folder is its kind, and in CI nothing is skipped."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from tests.support.servers import Postgres, ServerMissing, postgres

HERE = Path(__file__).parent
_POSTGRES = {"postgres_server", "postgres_url", "postgres_tables"}
KINDS = ("unit", "dialogue", "golden", "property", "crash", "e2e", "browser", "corpora")

# Two cores shared with a database server: how long one example took says nothing about our code.
# Where a change is judged (.ci/run) the examples are the same each time, so that red means the change; at a desk new
# ones are tried at every run.
_JUDGED = os.environ.get("MAILROUTE_NO_SKIPS") == "1"
settings.register_profile("mailroute", deadline=None, derandomize=_JUDGED)
settings.load_profile("mailroute")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected files of tests/golden; look at the change with git diff",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the name of its folder, so that nobody can forget to."""
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        if folder not in KINDS:
            raise pytest.UsageError(f"{item.nodeid}: a test lives in one of the folders {', '.join(KINDS)}")
        item.add_marker(folder)
        if "postgresql" in item.name or _POSTGRES & set(getattr(item, "fixturenames", ())):
            item.add_marker("postgres")


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what is there for the whole run: modules, eight thousand tests, their fixtures.

    It went through all of them again and again, half a second each time; what tests leave it still collects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def _skips_are_failures() -> bool:
    return os.environ.get("MAILROUTE_NO_SKIPS") == "1"


def _turn_skip_into_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    # An expected failure is reported as a skip too; that one ran and said what it had to say.
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        report.outcome = "failed"
        report.longrepr = f"{reason}\n(a skip is a failure here: MAILROUTE_NO_SKIPS=1)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(ServerMissing):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, str(call.excinfo.value))
    if _skips_are_failures():
        _turn_skip_into_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    if _skips_are_failures():
        _turn_skip_into_failure(report)
    return report


class Golden:
    """Compare a text with the file that holds what it should be, or rewrite that file."""

    def __init__(self, update: bool) -> None:
        self.update = update

    def check(self, expected: Path, actual: str | bytes) -> None:
        """Fail unless `actual` is what the file says; with --update-golden make the file say it."""
        content = actual.encode() if isinstance(actual, str) else actual
        if self.update:
            expected.parent.mkdir(parents=True, exist_ok=True)
            expected.write_bytes(content)
            return
        if not expected.exists():
            pytest.fail(f"{expected} does not exist yet: pytest --update-golden writes it", pytrace=False)
        wanted = expected.read_bytes()
        if isinstance(actual, str):
            # As text, so that pytest shows the lines that differ.
            assert actual == wanted.decode(), f"differs from {expected} (pytest --update-golden rewrites it)"
        assert content == wanted, f"differs from {expected} (pytest --update-golden rewrites it)"


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(update=request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run: starting it costs seconds, a database in it milliseconds."""
    with postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """An empty database of the test's own, as an SQLAlchemy URL (postgresql+psycopg://…)."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_server.dsn("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield postgres_server.url(name)
        # FORCE: a test about dying connections may leave some behind.
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
