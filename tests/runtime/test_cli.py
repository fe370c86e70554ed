"""Exit codes and words: what somebody meets who gets something wrong at the terminal."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox.slack.manifest import Manifest, read_manifest
from sandbox.slack.server import serve
from sandbox.slack.workspace import Workspace
from tests import databases
from tests.runtime.command import COMMAND, KEY, ROOT, environment, stockroom


@pytest.fixture
def empty_database(database_server: str) -> Iterator[str]:
    """A database without any schema."""
    with databases.fresh(database_server) as url:
        yield url


def test_help_names_every_command() -> None:
    ended = stockroom("--help", env=environment())
    assert ended.code == 0
    words = [
        "demo",
        "story",
        "run",
        "bot",
        "worker",
        "clock",
        "migrate",
        "doctor",
        "connect",
        "status",
        "export",
        "rotate-key",
        "claim-code",
        "restored",
    ]
    assert [word for word in words if word not in ended.out] == []


@pytest.mark.parametrize("words", [(), ("sell",), ("connect",), ("run", "--fast")])
def test_what_cannot_be_understood_is_2(words: tuple[str, ...]) -> None:
    ended = stockroom(*words, env=environment())
    assert ended.code == 2
    assert "usage: stockroom" in ended.problems


def test_missing_settings_are_all_named_and_2() -> None:
    ended = stockroom("bot", env=environment())
    assert ended.code == 2
    for name in ("DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "STOCKROOM_SECRET_KEY"):
        assert name in ended.problems


def test_a_malformed_setting_is_2_and_not_shown() -> None:
    ended = stockroom("migrate", env=environment(STOCKROOM_SECRET_KEY="my-little-key"))
    assert ended.code == 2
    assert "STOCKROOM_SECRET_KEY" in ended.problems
    assert "my-little-key" not in ended.said


def test_a_wrong_database_is_one_line_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://stock:the-password@127.0.0.1:1/stock"
    ended = stockroom(
        "migrate", env=environment(DATABASE_URL=url, STOCKROOM_DATA_DIR=str(tmp_path))
    )
    assert ended.code == 1
    assert ended.problems.startswith("Cannot reach postgresql")
    assert ended.problems.count("\n") == 1
    assert "the-password" not in ended.said


def test_an_old_schema_is_refused_in_one_line_until_migrated(
    empty_database: str, tmp_path: Path
) -> None:
    env = environment(
        DATABASE_URL=empty_database,
        STOCKROOM_DATA_DIR=str(tmp_path),
        STOCKROOM_SECRET_KEY=KEY,
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_APP_TOKEN="xapp-1",
    )
    for word in ("status", "bot", "worker", "clock"):
        ended = stockroom(word, env=env)
        assert ended.code == 1
        (said,) = [line for line in ended.problems.splitlines() if "schema" in line]
        assert "run `stockroom migrate`" in said
        assert "Traceback" not in ended.said

    assert stockroom("migrate", env=env).code == 0
    assert "already" in stockroom("migrate", env=env).out
    assert stockroom("status", env=env).code == 0


def test_a_newer_schema_is_refused(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    env = environment(DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path))
    for word in ("migrate", "status"):
        ended = stockroom(word, env=env)
        assert ended.code == 1
        assert "newer" in ended.problems


def test_what_nobody_foresaw_is_one_line_with_a_reference(
    database_url: str, tmp_path: Path
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("alter table workspace rename to elsewhere")
    env = environment(DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path))
    ended = stockroom("status", env=env)
    assert ended.code == 1
    assert ended.problems.count("\n") == 1
    assert "Traceback" not in ended.said
    reference = ended.problems.split("reference ")[1][:8]
    log = (tmp_path / "stockroom.log").read_text()
    assert f"reference={reference}" in log
    assert "elsewhere" in log or "workspace" in log


def test_status_of_nothing(database_url: str, tmp_path: Path) -> None:
    env = environment(DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path))
    ended = stockroom("status", env=env)
    assert (ended.code, ended.problems) == (0, "")
    assert "stockroom run" in ended.out


def test_connect_refuses_what_it_does_not_know(database_url: str, tmp_path: Path) -> None:
    env = environment(
        DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path), STOCKROOM_SECRET_KEY=KEY
    )
    unknown = stockroom("connect", "corner-shop", env=env)
    assert (unknown.code, "shopify" in unknown.problems) == (2, True)
    nobody = stockroom("connect", "shopify", env=env)
    assert (nobody.code, "stockroom run" in nobody.problems) == (1, True)
    malformed = (
        ("--setting", "fast"),
        ("--setting", "push_every_seconds=soon"),
        ("--base-url", "x"),
    )
    for words in malformed:
        refused = stockroom("connect", "shopify", *words, env=env)
        assert (refused.code, refused.problems.count("\n")) == (2, 1)


def test_doctor_says_what_is_wrong(database_url: str, tmp_path: Path) -> None:
    env = environment(DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path))
    ended = stockroom("doctor", env=env)
    assert ended.code == 1
    assert "SLACK_BOT_TOKEN" in ended.out
    assert "STOCKROOM_SECRET_KEY" in ended.out
    assert "ok     database" in ended.out
    assert "ok     ledger" in ended.out


@pytest.mark.parametrize("lacking", [None, "files:write"])
async def test_doctor_compares_the_scopes_that_slack_names(
    database_url: str, tmp_path: Path, lacking: str | None
) -> None:
    manifest = read_manifest(ROOT / "manifest.yml")
    scopes = manifest["oauth_config"]["scopes"]
    scopes["bot"] = [scope for scope in scopes["bot"] if scope != lacking]
    slack = Workspace(Manifest.parse(manifest))
    async with serve(slack) as address:
        env = environment(
            DATABASE_URL=database_url,
            STOCKROOM_DATA_DIR=str(tmp_path),
            STOCKROOM_SECRET_KEY=KEY,
            SLACK_API_URL=f"{address}/api/",
            SLACK_BOT_TOKEN=slack.app.bot_token,
            SLACK_APP_TOKEN=slack.app.app_token,
        )
        ended = await asyncio.to_thread(stockroom, "doctor", env=env)
    said = next(line for line in ended.out.splitlines() if "Slack workspace" in line)
    if lacking is None:
        assert said.startswith("ok ")
        assert ended.code == 0
    else:
        assert "the app lacks files:write: install it again with manifest.yml." in said
        assert ended.code == 1


def test_a_reader_that_leaves_is_no_error(database_url: str, tmp_path: Path) -> None:
    done = subprocess.run(  # noqa: S602 - a pipe is the point, and the words are ours
        f"{shlex.join(COMMAND)} status | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        cwd=ROOT,
        env=environment(DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_own_postgres_is_copied_away_and_put_back() -> None:
    with databases.throw_away_home() as home:
        env = environment(STOCKROOM_DATA_DIR=str(home.parent), STOCKROOM_SECRET_KEY=KEY)
        assert stockroom("migrate", env=env).code == 0
        kept, stands = home.parent / "kept", home.parent / "postgres"
        for words in (("cp", "-a", stands, kept), ("rm", "-r", stands), ("cp", "-a", kept, stands)):
            subprocess.run(words, check=True, timeout=60)  # noqa: S603 - the words are ours
        ended = stockroom("restored", env=env)
        assert (ended.code, ended.problems) == (0, "")
        assert "nothing had to be turned off" in ended.out
        assert "ok     ledger" in stockroom("doctor", env=env).out
