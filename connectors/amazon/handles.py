"""What an accepted write is asked about by: kept as text, and read back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PatchHandle:
    """One patch: when it was sent (seconds since 1970, Amazon's clock), and what it set."""

    sent_at: int
    value: int
    sku: str

    def __str__(self) -> str:
        return f"patch|{self.sent_at}|{self.value}|{self.sku}"


@dataclass(frozen=True, slots=True)
class FeedHandle:
    """One message of one feed."""

    feed: str
    sent_at: int
    message: int
    sku: str

    def __str__(self) -> str:
        return f"feed|{self.sent_at}|{self.message}|{self.feed}|{self.sku}"


Handle = PatchHandle | FeedHandle


def read_handle(text: str) -> Handle | None:
    """Read a handle back, None where it cannot be one of ours; a SKU may hold anything."""
    match text.split("|", 3):
        case ["patch", sent_at, value, sku] if sent_at.isdecimal() and value.isdecimal():
            return PatchHandle(int(sent_at), int(value), sku)
        case ["feed", sent_at, message, rest] if sent_at.isdecimal() and message.isdecimal():
            feed, bar, sku = rest.partition("|")
            return FeedHandle(feed, int(sent_at), int(message), sku) if bar else None
        case _:
            return None
