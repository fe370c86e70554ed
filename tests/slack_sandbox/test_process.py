"""The workspace as a process of its own."""

import asyncio
import os
import sys
from pathlib import Path

import httpx
import yaml

from tests.slack_sandbox.tiny_app import MANIFEST

ROOT = Path(__file__).parents[2]


async def test_it_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    process = await _start(manifest, SLACK_BOT_TOKEN="xoxb-given")
    assert process.stdout is not None
    word, address = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().split()
    assert word == "ready"
    async with httpx.AsyncClient() as outside:
        token = {"Authorization": "Bearer xoxb-given"}
        answer = await outside.post(f"{address}/api/auth.test", headers=token)
        assert answer.json()["ok"] is True
    process.terminate()
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, errors) == (0, b"")


async def test_a_bad_manifest_is_one_readable_line(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(yaml.safe_dump({"features": {"slash_commands": [{"command": "x"}]}}))
    process = await _start(manifest)
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    assert "must be a slash and a lower-case word" in errors.decode()
    assert "Traceback" not in errors.decode()


async def _start(manifest: Path, **settings: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox.slack",
        str(manifest),
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
