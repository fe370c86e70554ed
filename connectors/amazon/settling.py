"""What became of accepted writes: feeds tell it in a report, patches by what is shown.

DONE says that a feed ended, not that its messages were taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from connectors.amazon.calls import CANCEL_FEED, FEED, FEED_FILE
from connectors.amazon.client import SellerClient
from connectors.amazon.handles import FeedHandle, PatchHandle, read_handle
from connectors.amazon.items import ISSUES, Item, read_items
from connectors.amazon.keys import Seller
from connectors.errors import Refused, StoreError, Unavailable
from connectors.http import Row, parse_json
from connectors.protocol import WriteOutcome

# Listings change "minutes later". A patch that is not seen by then was swallowed, or something
# was sold since: what stands there has to be read back, as after every write.
_PATCH_OVER = timedelta(minutes=15)
# Feeds have been seen to hang for days. People are told after the hour that a feed may take
# (the trait settles_within); half an hour later nobody waits any more.
_GIVE_UP_AFTER = timedelta(minutes=90)

_APPLIED = WriteOutcome("applied")
_LOST = WriteOutcome("unknown", reason="Amazon does not tell what became of this number.")
_HANGS = WriteOutcome("unknown", reason="Amazon has not worked through a feed in 90 minutes.")


async def settle(
    client: SellerClient, seller: Seller, handles: Sequence[str]
) -> list[WriteOutcome]:
    """Answer for each handle what is known by now; `accepted` again where it is open.

    Whatever is raised may be asked again.
    """
    known: dict[str, WriteOutcome] = {}
    patches: list[PatchHandle] = []
    feeds: dict[str, list[FeedHandle]] = {}
    for text in handles:
        match read_handle(text):
            case PatchHandle() as patch:
                patches.append(patch)
            case FeedHandle() as message:
                feeds.setdefault(message.feed, []).append(message)
            case None:
                known[text] = _LOST
    if patches:
        known |= await _patches(client, seller, patches)
    for feed, messages in feeds.items():
        known |= await _feed(client, feed, messages)
    return [known[text] for text in handles]


async def _patches(
    client: SellerClient, seller: Seller, patches: Sequence[PatchHandle]
) -> dict[str, WriteOutcome]:
    skus = list(dict.fromkeys(patch.sku for patch in patches))
    live = await read_items(client, seller, skus, ISSUES)
    now = client.time.now()
    # Of several patches of one item the latest is what it shows in the end.
    latest: dict[str, PatchHandle] = {}
    for patch in sorted(patches, key=lambda each: each.sent_at):
        latest[patch.sku] = patch
    shown = {sku for sku, patch in latest.items() if _is_shown(patch, live.get(sku))}
    return {
        str(patch): _APPLIED if patch.sku in shown else _patched(patch, live.get(patch.sku), now)
        for patch in patches
    }


def _is_shown(patch: PatchHandle, item: Item | None) -> bool:
    return item is not None and item.quantity == patch.value


def _patched(patch: PatchHandle, item: Item | None, now: datetime) -> WriteOutcome:
    if item is None:
        words = "Amazon no longer has this listing."
        return WriteOutcome("rejected", reason=words, code="UNKNOWN_ITEM")
    if _is_shown(patch, item):
        return _APPLIED
    problem = next((each for each in item.problems if each.is_about_stock), None)
    if problem is not None:
        return WriteOutcome("rejected", reason=problem.words, code=problem.code)
    if now - datetime.fromtimestamp(patch.sent_at, UTC) < _PATCH_OVER:
        return WriteOutcome("accepted", handle=str(patch))
    return _APPLIED


async def _feed(
    client: SellerClient, feed: str, messages: Sequence[FeedHandle]
) -> dict[str, WriteOutcome]:
    try:
        answer = await client.read(FEED, path=FEED.path(feed=feed))
    except Refused as refused:
        gone = WriteOutcome("unknown", reason=refused.said or "Amazon does not know the feed.")
        return {str(each): gone for each in messages}
    row = answer.row()
    status = row.text("processingStatus")
    if status in ("IN_QUEUE", "IN_PROGRESS"):
        return await _running(client, feed, messages, status, answer.at)
    if "resultFeedDocumentId" in row:
        report = await _report(client, row.text("resultFeedDocumentId"))
        return _reported(status, report, messages)
    if status == "CANCELLED":
        stopped = WriteOutcome("unsent", reason="Amazon cancelled a feed before it began.")
        return {str(each): stopped for each in messages}
    if status == "DONE":
        return dict.fromkeys(map(str, messages), _APPLIED)
    return {str(each): _fatal(None) for each in messages}


async def _running(
    client: SellerClient, feed: str, messages: Sequence[FeedHandle], status: str, now: datetime
) -> dict[str, WriteOutcome]:
    """Wait on; in the end take back what has not begun, so that it never lands too late."""
    sent_at = datetime.fromtimestamp(min(each.sent_at for each in messages), UTC)
    if now - sent_at < _GIVE_UP_AFTER:
        return {str(each): WriteOutcome("accepted", handle=str(each)) for each in messages}
    outcome = _HANGS
    if status == "IN_QUEUE":
        try:
            await client.run(CANCEL_FEED, path=CANCEL_FEED.path(feed=feed))
        except StoreError:
            pass  # it began after all, or nobody knows: as for one that hangs
        else:
            words = "A feed waited too long at Amazon and was taken back."
            outcome = WriteOutcome("unsent", reason=words)
    return dict.fromkeys(map(str, messages), outcome)


async def _report(client: SellerClient, file: str) -> Row:
    content, _ = await client.download(FEED_FILE, file)
    try:
        return parse_json(content)
    except Unavailable:
        raise Unavailable("Amazon's report about a feed is not in the form we know.") from None


def _reported(status: str, report: Row, messages: Sequence[FeedHandle]) -> dict[str, WriteOutcome]:
    """Read what a report says of each message; an issue may name it by its SKU alone."""
    errors = [
        issue
        for issue in (report.rows("issues") if "issues" in report else [])
        if issue.text("severity") == "ERROR"
    ]
    # Backwards: of several the first one is kept.
    by_message = {each.whole("messageId"): each for each in errors[::-1] if "messageId" in each}
    by_sku = {
        each.text("sku"): each for each in errors[::-1] if "sku" in each and "messageId" not in each
    }
    of_all = next((each for each in errors if not {"sku", "messageId"} & _keys(each)), None)
    taken = report.row("summary").whole("messagesAccepted")
    outcomes: dict[str, WriteOutcome] = {}
    for message in messages:
        issue = by_message.get(message.message) or by_sku.get(message.sku)
        if issue is not None:
            outcomes[str(message)] = _refused(issue)
        elif of_all is not None and not taken:
            outcomes[str(message)] = _refused(of_all)
        else:
            outcomes[str(message)] = _APPLIED if status == "DONE" and taken else _fatal(of_all)
    return outcomes


def _keys(issue: Row) -> set[str]:
    return {key for key in ("sku", "messageId") if key in issue}


def _refused(issue: Row) -> WriteOutcome:
    code = issue.text("code") if "code" in issue else "INVALID"
    return WriteOutcome("rejected", reason=issue.text("message"), code=code)


def _fatal(issue: Row | None) -> WriteOutcome:
    """Say that a feed broke off: what it did before is not known."""
    words = issue.text("message") if issue is not None else "Amazon broke off a feed."
    return WriteOutcome("unknown", reason=words)
