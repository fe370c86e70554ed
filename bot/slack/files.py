"""Files for one person: they come in the direct messages with us."""

from __future__ import annotations

from bot.slack.asking import Ask
from bot.slack.escape import escape


async def send_file(ask: Ask, content: str, filename: str, title: str) -> None:
    """Send a file to the person who asks, under a message that says what it is."""
    sent = await ask.client.chat_postMessage(channel=ask.asker.user, text=escape(title))
    await ask.client.files_upload_v2(
        channel=str(sent["channel"]), content=content, filename=filename, title=title
    )
