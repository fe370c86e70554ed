"""The story is the acceptance test of the whole: every number, read by plain HTTP, agrees."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.runtime.command import COMMAND, ROOT, environment


@pytest.mark.xdist_group("story")
def test_the_story_ends_with_every_number_agreeing() -> None:
    played = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, "story"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    ended = re.fullmatch(r"(\d+) of (\d+) listings agree", played.stdout.splitlines()[-1])
    assert ended is not None
    assert ended[1] == ended[2]
    assert int(ended[2]) >= 60
    assert played.stderr == ""
