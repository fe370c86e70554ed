"""`/stock history SKU`: every movement with its balance, in pages, and a picture of the level."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from bot.slack import history_words, picture
from bot.slack.views.history import Picture, Turn, history
from sandbox.slack.blockkit import check_message
from storage.facts import ProductRow
from storage.history import Line, Stretch
from storage.movements import KINDS
from sync.history import Curve, History, read_curve, read_page
from sync.show import find_row
from tests.slack.office import Office

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def image_of(message: dict[str, Any]) -> dict[str, Any] | None:
    return next((block for block in message["blocks"] if block["type"] == "image"), None)


async def stocked(office: Office) -> None:
    await office.world.turn_on(await office.world.connect("alpha"), "copy")


async def test_what_was_booked_stands_with_who_why_and_the_balance(office: Office) -> None:
    world, shop = office.world, office.world.shops["alpha"]
    await stocked(office)
    sold = shop.sell("MUG", 3)
    await world.rest()
    shop.fulfil(sold)
    await world.rest()
    shop.refund(sold, "MUG", 1, "RETURN")
    await world.rest()
    await office.slash(office.operator, "adjust MUG")
    await office.operator.type("value", "-2", block_id="number")
    await office.operator.type("value", "damaged <!channel>", block_id="reason")
    await office.submit(office.operator)
    await office.operator.close()
    answer = await office.slash(office.viewer, "history  mug")
    rows = re.findall(r"\*([+-]\d+)\*  Alpha main: (.*) → \*(-?\d+)\* available, (\d+) on", answer)
    assert rows == [
        ("-2", "adjusted “damaged &lt;!channel&gt;” by <@U0OPERATOR1>", "6", "6"),
        ("+1", "put back from #1001, Alpha", "8", "8"),
        ("+0", "3 units of #1001 sent, Alpha", "7", "7"),
        ("-3", "sold in #1001, Alpha", "7", "10"),
        ("+10", "copied from Alpha by <@U0MANAGER01>", "10", "10"),
    ]
    assert answer.count("<!date^") == len(rows)
    assert "Page 1 of 1, 5 movements, newest first" in answer
    assert await world.level("MUG") == (6, 0, 6)

    block = image_of(office.viewer.ephemerals()[-1])
    assert block is not None
    assert block["alt_text"].startswith("Available units of MUG from 23 Nov 2026 to 23 Nov 2026: 6")
    file = office.slack.uploads.get(block["slack_file"]["id"])
    image = Image.open(io.BytesIO(file.content or b""))
    assert (image.format, image.size) == ("PNG", (picture.WIDTH, picture.HEIGHT))
    assert office.manager.messages("app") == [], "the picture is the asker's alone"


async def test_pages_are_turned_in_place_and_stay_what_they_are(office: Office) -> None:
    await stocked(office)
    for _ in range(34):
        await office.world.adjust("MUG", 1)
    first = await office.slash(office.viewer, "history MUG")
    assert "Page 1 of 3, 35 movements" in first
    shown = image_of(office.viewer.ephemerals()[-1])
    await office.world.adjust("MUG", 100)  # what comes meanwhile moves no page
    seen = [first]
    for _ in range(2):
        await office.click(office.viewer, "history_older", on="message")
        message = office.viewer.ephemerals()[-1]
        assert (image_of(message) or {})["slack_file"] == (shown or {})["slack_file"]
        seen.append(str(message))
    balances = re.findall(r"→ \*(\d+)\* available", "\n".join(seen))
    assert balances == [str(number) for number in range(44, 9, -1)]
    assert len(office.viewer.ephemerals()) == 1
    await office.click(office.viewer, "history_newer", on="message")
    assert "Page 2 of 3" in str(office.viewer.ephemerals()[-1])


async def test_a_product_without_movements_and_one_that_is_not_there(office: Office) -> None:
    await office.world.connect("alpha")
    assert history_words.NOTHING in await office.slash(office.viewer, "history MUG")
    assert image_of(office.viewer.ephemerals()[-1]) is None
    assert "Did you mean MUG" in await office.slash(office.viewer, "history mugg")
    assert history_words.HOW in await office.slash(office.viewer, "history")


async def test_without_a_picture_the_numbers_still_come(office: Office) -> None:
    await stocked(office)
    for method in ("files.getUploadURLExternal", "files.completeUploadExternal"):
        office.slack.faults.refuse(method, "internal_error")
        answer = await office.slash(office.viewer, "history MUG")
        assert history_words.NO_PICTURE in answer
        assert "*10* available" in answer
    answer = await office.slash(office.viewer, "history MUG")
    assert history_words.NO_PICTURE not in answer
    assert image_of(office.viewer.ephemerals()[-1]) is not None


@pytest.mark.parametrize(("refusals", "pictured"), [(2, True), (3, False)])
async def test_a_picture_that_slack_still_works_on_is_offered_again(
    office: Office, refusals: int, pictured: bool
) -> None:
    await stocked(office)
    office.slack.uploads.unready = refusals
    before = len(office.viewer.ephemerals())
    answer = await office.slash(office.viewer, "history MUG")
    refused = [r for r in office.slack.inspector.records if r.error == "invalid_blocks"]
    assert len(refused) == refusals
    office.slack.inspector.records.clear()  # these refusals were ordered
    assert len(office.viewer.ephemerals()) == before + 1
    assert (image_of(office.viewer.ephemerals()[-1]) is not None) is pictured
    assert (history_words.NO_PICTURE in answer) is not pictured
    assert "*10* available" in answer


async def test_r13_another_workspace_reads_no_movement_of_it(office: Office) -> None:
    await stocked(office)
    world = office.world
    async with world.database.transaction() as session:
        product = await find_row(session, world.workspace_id, "MUG")
        assert product is not None
        for workspace, count in ((world.workspace_id, 1), (world.workspace_id + 1, 0)):
            assert len((await read_page(session, workspace, product)).lines) == count
            curve = await read_curve(
                session, workspace, product.id, now=world.clock.now(), stretches=9
            )
            assert (curve is not None) == bool(count)


async def test_r1_the_curve_goes_through_every_level(office: Office) -> None:
    await stocked(office)
    world = office.world
    levels = [10]
    for units in (5, -20, 3, 40):
        world.clock.time += timedelta(hours=6)
        await world.adjust("MUG", units)
        levels.append(levels[-1] + units)
    world.clock.time += timedelta(hours=6)
    async with world.database.transaction() as session:
        product = await find_row(session, world.workspace_id, "MUG")
        assert product is not None
        fine, coarse = [
            await read_curve(
                session, world.workspace_id, product.id, now=world.clock.now(), stretches=parts
            )
            for parts in (860, 1)
        ]
    assert fine is not None
    assert coarse is not None
    assert [stretch.last for stretch in fine.stretches] == levels
    assert [stretch.place for stretch in fine.stretches] == [
        pytest.approx(860 * number / 5, abs=2) for number in range(5)
    ]
    [whole] = coarse.stretches
    assert (whole.lowest, whole.highest, whole.last) == (-5, 38, 38)


def pixel(image: Image.Image, share: float, level: float, low: float, high: float) -> Any:
    """The colour at a share of the time and a level of an axis from low to high."""
    room = picture.HEIGHT - picture.TOP - picture.BOTTOM
    x = picture.LEFT + round(share * picture.STRETCHES)
    return image.getpixel((x, picture.TOP + round(room * (high - level) / (high - low))))


def test_the_picture_shows_steps_and_what_is_oversold_in_red() -> None:
    half = picture.STRETCHES // 2
    stretches = (Stretch(0, 20, 20, 20, NOW), Stretch(half, -10, -10, -10, NOW))
    drawn = picture.draw(Curve(NOW, NOW + timedelta(days=30), stretches))
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    low, high = -10, 20

    def at(share: float, level: float) -> str:
        return "#{:02x}{:02x}{:02x}".format(*pixel(image, share, level, low, high))

    assert at(0.25, 20) == picture.LEVEL
    assert at(0.25, 13) == picture.FILL
    assert at(0.25, -7) == picture.PAPER
    assert at(0.75, -10) == picture.SHORT
    assert at(0.75, -7) == picture.SHORT_FILL
    assert at(0.75, 13) == picture.PAPER


@pytest.mark.parametrize("levels", [(0, 0), (1, 1), (-3, -1), (-(10**9), 10**9), (7, 99_999)])
def test_any_level_can_be_drawn(levels: tuple[int, int]) -> None:
    low, high = levels
    marks = list(picture._marks(min(low, 0), max(high, 0)))
    assert marks[0] <= min(low, 0) < max(high, 0) + 1 <= marks[-1] + 1
    assert 2 <= len(marks) <= 8
    assert 0 in marks
    curve = Curve(NOW, NOW, (Stretch(0, low, high, high, NOW),))
    assert picture.draw(curve).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["<!channel>", "☕" * 255, '"\\' * 128, "\x01" * 255])
def test_every_page_is_a_valid_message(name: str) -> None:
    lines = tuple(
        Line(
            id=10**12, at=NOW, warehouse=name, kind=kind, on_hand_delta=10**9,
            committed_delta=-(10**9), available_after=10**9, on_hand_after=10**9, actor="U1",
            note=name * 3, order=name if kind in KINDS[5:] else None, store=name, total=90,
        )
        for kind in (*KINDS, *KINDS[:5])
    )  # fmt: skip
    found = History(ProductRow(10**12, name, name), lines, 10**12, 2, 6, 90)
    alt = history_words.picture(
        name[:255], -(10**9), 10**9, 10**9, picture.day(NOW), picture.day(NOW)
    )
    blocks = [block.to_dict() for block in history(found, Picture("F0123456789", alt))]
    assert not check_message({"text": "x", "blocks": blocks})
    assert "<!channel>" not in str(blocks).replace(alt, "")
    turn = json.loads(blocks[-1]["elements"][0]["value"])
    assert turn["page"] == 1
    assert Turn(1, 2, None).write() == '{"product": 1, "page": 2, "top": null}'
