"""Databases for tests: one server, one migrated template, a fresh copy for whoever asks."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from storage import embedded, schema

HOME = "STOCKROOM_TEST_HOME"  # where this run's throw-away server lives, told to xdist's workers
TEMPLATE = "stockroom_template"

# A database is a thousand files. Made in memory that takes 40 ms, on a disk up to a second.
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
ROOM = 4 * 1024**3  # bytes; a run's databases and their log take one at most


@contextmanager
def throw_away_home(*, quick: bool = False) -> Iterator[Path]:
    """Yield a folder for a server's home; not below pytest's own, which `nobody` cannot reach.

    `quick`: in memory, where the machine has that.
    """
    within = MEMORY if quick and _has_room(MEMORY) else None
    folder = Path(tempfile.mkdtemp(prefix="stockroom-", dir=within))
    folder.chmod(0o755)
    try:
        yield folder / "postgres"
    finally:
        shutil.rmtree(folder)


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of this run's server.

    `TEST_DATABASE_URL` names one to use instead; its user must be allowed to create databases.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
    elif home := os.environ.get(HOME):  # shared with the other workers; the last one stops it
        with embedded.running(Path(home), durable=False) as url:
            yield url
    else:
        with throw_away_home(quick=True) as own, embedded.running(own, durable=False) as url:
            yield url


def make_template(server_url: str) -> str:
    """Make the migrated database that others are copied from, once per server; returns its name."""
    # Named after the schema's text, so that a server that outlives the run never lends an old one.
    name = f"{TEMPLATE}_{schema.head()}_{uuid.uuid5(uuid.NAMESPACE_OID, _migrations()).hex[:8]}"
    with _connect(server_url) as connection:
        connection.execute("select pg_advisory_lock(hashtext(%s))", (TEMPLATE,))
        known = "select 1 from pg_database where datname = %s"
        if connection.execute(known, (name,)).fetchone() is None:
            unfinished = f"{name}_new"
            _drop(connection, unfinished)
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(unfinished)))
            schema.migrate(at(server_url, unfinished))
            rename = sql.SQL("alter database {} rename to {}")
            connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


@contextmanager
def fresh(server_url: str, template: str | None = None) -> Iterator[str]:
    """Yield the URL of a new database, empty or copied from a template; dropped afterwards."""
    name = f"stockroom_test_{uuid.uuid4().hex[:12]}"
    copied = sql.SQL("create database {} template {} strategy file_copy")
    with _connect(server_url) as connection:
        connection.execute(
            copied.format(sql.Identifier(name), sql.Identifier(template or "template0"))
        )
    try:
        yield at(server_url, name)
    finally:
        with _connect(server_url) as connection:
            _drop(connection, name)


def at(server_url: str, database: str) -> str:
    """Return the URL of another database of the same server."""
    head, question, options = server_url.partition("?")
    return f"{head.rpartition('/')[0]}/{database}{question}{options}"


def _has_room(folder: Path) -> bool:
    """Say whether a server fits in a folder: its data, and its programs, which may be copied."""
    if not os.access(folder, os.W_OK):
        return False
    held = os.statvfs(folder)
    return held.f_bavail * held.f_frsize >= ROOM and not held.f_flag & os.ST_NOEXEC


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url, autocommit=True)


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    # "with (force)": what a test left connected must not keep its database alive
    connection.execute(
        sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    )


def _migrations() -> str:
    folder = Path(__file__).parent.parent / "migrations"
    return "".join(path.read_text() for path in sorted(folder.rglob("*.py")))


def kill(home: Path) -> None:
    """Kill the server under `home` as hard as it goes."""
    os.kill(int((home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
