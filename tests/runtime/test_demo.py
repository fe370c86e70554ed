"""`make demo` as a process: it comes up, shows its pages, and ends when it is told to."""

from __future__ import annotations

import re
import signal
import subprocess

import httpx
import pytest

from tests.runtime.command import COMMAND, ROOT, environment

# A proxy that answers nobody: everything of the demo is on this machine, and goes past it.
PROXY = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy"), "http://127.0.0.1:9")


@pytest.mark.xdist_group("story")
def test_the_demo_serves_its_pages_until_it_is_stopped() -> None:
    words = [*COMMAND, "demo", "--no-browser"]
    with subprocess.Popen(  # noqa: S603 - our own command
        words, cwd=ROOT, env=environment(**PROXY), stdout=subprocess.PIPE, text=True
    ) as demo:
        try:
            assert demo.stdout is not None
            said = ""
            while not (found := re.search(r"Open (http://127\.0\.0\.1:\d+)/ and", said)):
                line = demo.stdout.readline()
                assert line, said
                said += line
            with httpx.Client(base_url=found[1], trust_env=False, timeout=60) as http:
                assert "Local Slack" in http.get("/").text
                assert "The stores" in http.get("/stores").text
                stores = http.get("/stores/state").json()["stores"]
        finally:
            demo.send_signal(signal.SIGTERM)
            rest = demo.communicate(timeout=60)[0]
    assert (demo.returncode, rest.rstrip().endswith("Stopped.")) == (0, True)
    assert [one["compared"] > 0 for one in stores] == [True, *[False] * 6]
    north = stores[0]
    assert north["agree"] == north["compared"] == 72
