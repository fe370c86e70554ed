"""Incidents in words: what failed, who acts next, and the buttons for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.slack import drift_words
from bot.slack.escape import duration, escape, when
from bot.slack.ids import Act
from bot.slack.views.incident_words import Told, can_undo, tell
from bot.slack.views.kit import are_you_sure, button, quiet, section, sections
from bot.slack.views.pages import fitting
from storage.incidents import IncidentRow
from sync.incidents import SNOOZE

SNOOZE_HOURS = SNOOZE // timedelta(hours=1)


def summary(incident: IncidentRow) -> str:
    """Say an incident in one line of mrkdwn."""
    told = tell(incident)
    return f":rotating_light: {escape(told.fact)} Since {when(incident.opened_at)}."


def text(incident: IncidentRow) -> str:
    """State the fact as plain text, for notifications and screen readers."""
    fact = tell(incident).fact
    if incident.closed_at is not None and ignored_by(incident):
        return escape(f"Left as it is: {fact}")
    if incident.closed_at is not None:
        lasted = duration((incident.closed_at - incident.opened_at).total_seconds())
        return escape(f"Recovered after {lasted}: {fact}")
    return escape(fact)


def message(incident: IncidentRow, now: datetime) -> list[Block]:
    """Show an incident in its current state."""
    told = tell(incident)
    if incident.closed_at is not None:
        lasted = duration((incident.closed_at - incident.opened_at).total_seconds())
        who = ignored_by(incident)
        end = f"Left as it is by <@{escape(who)}>" if who else f"Recovered after {lasted}"
        return [
            section(f":white_check_mark: *{end}*\n{escape(told.fact)}"),
            quiet(f"From {when(incident.opened_at)} to {when(incident.closed_at)}"),
        ]
    blocks: list[Block] = [section(f":rotating_light: *{escape(told.fact)}*")]
    if told.details:
        blocks += sections(_details(told))
    blocks.append(section(f"*Next:* {escape(told.next)}"))
    blocks.append(quiet("  ·  ".join(_state(incident, now))))
    return [*blocks, ActionsBlock(elements=_buttons(incident))]


def _details(told: Told) -> list[str]:
    """List what it is about, as much of it as one message takes."""
    beside = len(escape(told.fact)) + len(escape(told.next))
    every = [f"• {escape(line)}" for line in told.details]
    lines, left = fitting(every, most=len(every), beside=beside)
    return [*lines, *([f"• and {left:,} more"] if left else [])]


def ignored_by(incident: IncidentRow) -> str:
    """Name who left what an incident asks about as it is; empty where nobody did."""
    return str(incident.facts.get("ignored_by") or "")


def repeated(incident: IncidentRow, repeats: int) -> str:
    """Say in the thread that it happened again."""
    told = tell(incident)
    times = "once more" if repeats == 1 else f"{repeats:,} more times"
    return f"It happened {times}, last {when(incident.last_at)}. {escape(told.fact)}"


def _state(incident: IncidentRow, now: datetime) -> list[str]:
    said = [f"Since {when(incident.opened_at)}"]
    if incident.repeats:
        said.append(f"repeated {incident.repeats:,} times")
    if incident.acknowledged_by:
        said.append(f"<@{escape(incident.acknowledged_by)}> looks after it")
    if incident.snoozed_until is not None and incident.snoozed_until > now:
        said.append(f"quiet until {when(incident.snoozed_until)}")
    return said


def _buttons(incident: IncidentRow) -> list[ButtonElement]:
    value = str(incident.id)
    reconnect = [button("Reconnect", Act.RECONNECT, str(incident.store_id), style="primary")]
    own: dict[str, list[ButtonElement]] = {
        "needs_reconnect": reconnect,
        "access_ends": reconnect,
        "item_refused": [button("Retry", Act.RETRY, value, style="primary")],
        "drift": [
            button(drift_words.PUT_BACK, Act.PUT_BACK, value, style="primary"),
            button(
                drift_words.ADOPT,
                Act.ADOPT,
                value,
                confirm=are_you_sure(
                    drift_words.SURE_TITLE,
                    drift_words.SURE,
                    drift_words.SURE_YES,
                    drift_words.SURE_NO,
                ),
            ),
            button(drift_words.IGNORE, Act.IGNORE_ONCE, value),
        ],
        "breaker": [
            button(
                "Let it go out",
                Act.RELEASE,
                value,
                style="danger",
                confirm=are_you_sure(
                    "Change all of these?",
                    "The numbers listed here are written to the store at once.",
                    "Let it go out",
                    "Keep it back",
                ),
            ),
            button("Whole list", Act.HELD_LIST, value),
            *(
                [button("Undo it", Act.UNDO_LOOK, incident.subject)]
                if can_undo(incident.facts)
                else []
            ),
        ],
        "new_listings": [
            button("Take the store's numbers", Act.NEW_THEIRS, value, style="primary"),
            button("Use ours", Act.NEW_OURS, value),
            button("Leave them out", Act.NEW_LEAVE, value),
        ],
        "new_location": [
            button("Choose warehouses", Act.CHANGE_PLACES, str(incident.store_id), style="primary")
        ],
        "renamed": [
            button("Follow the new SKU", Act.RENAMED_FOLLOW, value, style="primary"),
            button("Leave them out", Act.RENAMED_LEAVE, value),
        ],
    }
    buttons = list(own.get(incident.kind, []))
    if incident.acknowledged_by is None:
        buttons.append(button("Acknowledge", Act.ACKNOWLEDGE, value))
    return [*buttons, button(f"Snooze {SNOOZE_HOURS} h", Act.SNOOZE, value)]
