"""What every test may ask for: a fresh database, the official contracts, no network."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from storage.database import Database
from tests import databases

ROOT = Path(__file__).parent.parent


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_refuse_network)
    # A busy machine makes an example slow, not wrong.
    settings.register_profile("house", deadline=None)
    settings.load_profile("house")
    if hasattr(config, "workerinput"):  # one of xdist's workers; the rest is the controller's
        return
    if os.environ.get("STOCKROOM_REQUIRE_SPECS") == "1" and not _specs().is_dir():
        raise pytest.UsageError(f"the official contracts are required and not in {_specs()}")
    if "TEST_DATABASE_URL" not in os.environ:
        # Only the name is made here: the first test that needs the server starts it.
        run = ExitStack()
        os.environ[databases.HOME] = str(run.enter_context(databases.throw_away_home(quick=True)))
        config.add_cleanup(run.close)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _specs().is_dir():
        words = f"CONTRACTS NOT CHECKED: no official contracts in {_specs()}; set STOCKROOM_SPECS"
        terminalreporter.write_line(words, red=True, bold=True)


@pytest.fixture(scope="session")
def specs() -> Path:
    """The folder of the official contracts, which are never copied into the repository."""
    if not _specs().is_dir():
        pytest.skip(f"no official contracts in {_specs()}: set STOCKROOM_SPECS")
    return _specs()


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of a server on which databases may be made."""
    with databases.server() as url:
        yield url


@pytest.fixture(scope="session")
def database_template(database_server: str) -> str:
    """The name of the database, migrated by Alembic itself, that fresh ones are copied from."""
    return databases.make_template(database_server)


@pytest.fixture
def database_url(database_server: str, database_template: str) -> Iterator[str]:
    """The URL of a fresh, migrated database of the test's own."""
    with databases.fresh(database_server, database_template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database of the test's own."""
    database = Database(database_url)
    yield database
    await database.close()


def _specs() -> Path:
    return (ROOT / os.environ.get("STOCKROOM_SPECS", "../shared/specs")).resolve()


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Let tests connect to this machine only, whatever library tries."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_local(str(address[0])):
        raise PermissionError(f"tests talk to this machine only, not to {address[0]}")


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:  # a name: resolving it would already ask the network
        return host in ("localhost", "")
