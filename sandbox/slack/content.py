"""What a message says: checked text, blocks and attachments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox.slack.args import Args
from sandbox.slack.blockkit import characters, check_message, complete_blocks
from sandbox.slack.blockkit.limits import BLOCKS_TEXT, MESSAGE_TEXT, limit
from sandbox.slack.errors import Refused, invalid_blocks

# What Slack puts in the text of a message that came with blocks alone.
NO_TEXT: Final = "This content can't be displayed."


@dataclass(frozen=True)
class Content:
    """Checked content; None means that the field was not given."""

    text: str | None
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None
    sent: dict[str, Any]

    @classmethod
    def read(cls, args: Args | Mapping[str, Any], *, longest: int | None = None) -> "Content":
        """Read and check the content of a request.

        `longest` refuses a longer text; without it the text is cut as `chat.postMessage` does.
        """
        given = args if isinstance(args, Args) else Args(args)
        text = given.text("text")
        blocks = given.structure("blocks", "invalid_blocks_format")
        attachments = given.structure("attachments", "invalid_blocks_format")
        for value in (blocks, attachments):
            if value is not None and not isinstance(value, list):
                raise Refused("invalid_blocks_format")
        if not (text or blocks or attachments):
            raise Refused("no_text")
        if attachments and len(attachments) > limit("message.attachments.max_items"):
            raise Refused("too_many_attachments")
        if text is not None and longest is not None and len(text) > longest:
            raise Refused("msg_too_long")
        sent = {
            name: value
            for name, value in (("text", text), ("blocks", blocks), ("attachments", attachments))
            if value is not None
        }
        problems = check_message(sent)
        if problems:
            raise invalid_blocks(problems)
        if characters(blocks) > BLOCKS_TEXT:
            raise Refused("msg_blocks_too_long" if longest is None else "msg_too_long")
        return cls(
            text=text[:MESSAGE_TEXT] if text is not None else None,
            blocks=None if blocks is None else complete_blocks(blocks),
            attachments=attachments,
            sent=sent,
        )
