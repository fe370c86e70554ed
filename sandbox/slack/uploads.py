"""Files: the external upload, and reading them back."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.slack.app import AppIdentity
from sandbox.slack.directory import fresh_id
from sandbox.slack.errors import Refused
from sandbox.slack.models import File


class Uploads:
    """Keeps files from the moment their upload was announced."""

    def __init__(self, app: AppIdentity, now: Callable[[], float]) -> None:
        self._app = app
        self._now = now
        self._files: dict[str, File] = {}
        # So many messages that show a file are refused, as while Slack still works on it.
        self.unready = 0

    def announce(self, name: str, length: int) -> File:
        """Expect a file of this name and size in bytes."""
        file = File(fresh_id("F"), name, length, secrets.token_urlsafe(16), int(self._now()))
        self._files[file.id] = file
        return file

    def receive(self, key: str, content: bytes) -> bool:
        """Take an upload's bytes; False if none was announced under this key or the size differs."""
        for file in self._files.values():
            if file.upload_key == key and file.length == len(content):
                file.content = content
                return True
        return False

    def complete(self, file_id: str, title: str | None) -> File:
        """Finish an upload; refuse a file that never arrived."""
        file = self._files.get(file_id)
        if file is None or file.content is None:
            raise Refused("file_not_found")
        file.completed = True
        file.title = title or file.name
        return file

    def get(self, file_id: str) -> File:
        """Return a finished file; refuse an unknown one."""
        file = self._files.get(file_id)
        if file is None or not file.completed:
            raise Refused("file_not_found")
        return file

    def check_shown(self, blocks: object) -> None:
        """Refuse blocks that show a file which was never uploaded, or is not ready yet."""
        shown = list(_shown(blocks))
        if any(file not in self._files or not self._files[file].completed for file in shown):
            raise Refused("invalid_blocks")
        if shown and self.unready:
            self.unready -= 1
            raise Refused("invalid_blocks")

    def as_payload(self, file: File, base_url: str) -> dict[str, Any]:
        """Return the file object."""
        url = f"{base_url}/files/{file.id}"
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "user": self._app.bot_user_id,
            "size": file.length,
            "mode": "hosted",
            "is_external": False,
            "is_public": False,
            "url_private": url,
            "url_private_download": url,
            "permalink": url,
        }


def _shown(value: object) -> Iterator[str]:
    """Find the ids of the files that image blocks and elements show."""
    if isinstance(value, dict):
        file = value.get("slack_file")
        if isinstance(file, dict) and "id" in file:
            yield str(file["id"])
        for inner in value.values():
            yield from _shown(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shown(inner)
