"""Text of others, made fit to be shown: as text, never as a command to Slack."""

from __future__ import annotations

from datetime import UTC, datetime

ELLIPSIS = "…"


def escape(text: str) -> str:
    """Make a text stand in mrkdwn as it is: `<!channel>` or `<@U1>` in it stays text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Read what was typed after a command, in which Slack writes three characters as entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def short(text: str, limit: int) -> str:
    """Fit a label into a hard limit of Slack's; what it names stands whole elsewhere."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def when(moment: datetime | None, never: str = "never") -> str:
    """Write a time so that each reader sees it in their own zone."""
    if moment is None:
        return never
    fallback = moment.astimezone(UTC).strftime("%d %b %Y %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{fallback}>"


def duration(seconds: float) -> str:
    """Say a length of time as a person would: 40 s, 12 min, 3 h 5 min, 2 days."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"
