"""Every Web API method the bot calls: known to the workspace, and covered by the manifest."""

import re
from pathlib import Path

from sandbox.slack.manifest import Manifest
from sandbox.slack.methods import METHODS

ROOT = Path(__file__).parents[3]

# Calls of the client that stand for several methods.
_COMPOSED: dict[str, tuple[str, ...]] = {
    "files_upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal"),
    "is_connected": (),  # asks the socket client, not Slack
}


def test_the_bots_calls_are_stood_in_for_and_granted() -> None:
    methods_of = {name.replace(".", "_"): (name,) for name in METHODS} | _COMPOSED
    granted = Manifest.load(ROOT / "manifest.yml").scopes
    called = _called()
    assert "chat_postMessage" in called, "the search finds the bot's calls"
    for call in called:
        assert call in methods_of, f"the workspace does not know {call}"
        for name in methods_of[call]:
            needed = METHODS[name].scopes
            assert not needed or granted.intersection(needed), f"{name} needs one of {needed}"


def _called() -> set[str]:
    sources = sorted((ROOT / "bot").rglob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in sources]
    return {call for text in texts for call in re.findall(r"\bclient\.(\w+)\(", text)}
