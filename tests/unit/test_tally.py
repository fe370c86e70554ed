"""The story's reckoning must be able to say no."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox import bigcommerce, woocommerce
from sandbox.shopify.app import create_app
from sandbox.shopify.catalogue import generate
from sandbox.shopify.shop import Shop
from sandbox.story.shopkeeper import Shopkeeper, keeper_of
from sandbox.story.tally import ledger, reckon


@pytest.fixture
def shop() -> Shop:
    made = Shop("north")
    generate(made, 64)
    return made


@pytest.fixture
async def keeper(shop: Shop) -> AsyncIterator[Shopkeeper]:
    transport = httpx.ASGITransport(create_app([shop]))
    async with httpx.AsyncClient(transport=transport) as http:
        made = keeper_of(http, "http://local", shop)
        made.warehouses = ("shelf",)
        yield made


def exported(shop: Shop, **changed: int) -> str:
    """What `stockroom export` prints when the ledger is as the shop, but for some SKUs."""
    lines = ["SKU,Title,Warehouse,On hand,Committed,Available"]
    for variant in shop.variants:
        sku, status = variant.item.sku, variant.product.status
        if sku and status == "ACTIVE" and sku != "TWIN-1" and variant.item.tracked:
            available = changed.get(sku, shop.available(sku))
            cell = sku.replace('"', '""')
            mark = "'" if sku.startswith("-") else ""
            lines.append(f'"{mark}{cell}",x,shelf,0,0,{available}')
    return "\n".join(lines) + "\n"


async def test_a_shop_that_shows_the_ledger_agrees(shop: Shop, keeper: Shopkeeper) -> None:
    tally = await reckon([keeper], ledger(exported(shop)))
    assert (tally.differing, tally.compared, tally.proves_it) == ([], 64, True)
    assert tally.report()[-1] == "64 of 64 listings agree"
    assert tally.left == {"no SKU": 1, "duplicate SKU": 2, "not tracked": 1, "not on sale": 2}


async def test_one_wrong_number_is_told(shop: Shop, keeper: Shopkeeper) -> None:
    wrong = shop.available("LOUD-TITLE") + 1
    tally = await reckon([keeper], ledger(exported(shop, **{"LOUD-TITLE": wrong})))
    assert not tally.proves_it
    assert f"ledger says {wrong}" in "\n".join(tally.report())
    assert tally.report()[-1] == "63 of 64 listings agree"


async def test_an_oversold_product_shows_nothing(shop: Shop, keeper: Shopkeeper) -> None:
    shop.set_by_hand("LOUD-TITLE", 0)
    assert (await reckon([keeper], ledger(exported(shop, **{"LOUD-TITLE": -2})))).proves_it


async def test_what_the_ledger_does_not_know_differs(keeper: Shopkeeper) -> None:
    tally = await reckon([keeper], {})
    assert (tally.agreeing, tally.proves_it) == (0, False)


async def test_too_few_prove_nothing() -> None:
    small = Shop("small")
    small.add_location("Here")
    small.add_listing("MUG", 3)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app([small]))) as http:
        keeper = keeper_of(http, "http://local", small)
        keeper.warehouses = ("shelf",)
        tally = await reckon([keeper], {"mug": {"shelf": 3, "elsewhere": 9}})
    assert (tally.agreeing, tally.compared, tally.proves_it) == (1, 1, False)
    assert "Only 1 were compared." in tally.report()


async def test_a_store_of_several_warehouses_shows_their_sum(
    shop: Shop, keeper: Shopkeeper
) -> None:
    keeper.warehouses = ("shelf", "attic")
    exact = exported(shop)
    assert (await reckon([keeper], ledger(exact))).proves_it
    more = ledger(f"{exact}LOUD-TITLE,x,attic,0,0,3\n")
    tally = await reckon([keeper], more)
    assert (tally.agreeing, tally.compared) == (63, 64)
    shop.set_by_hand("LOUD-TITLE", shop.available("LOUD-TITLE") + 3)
    assert (await reckon([keeper], more)).proves_it


async def test_what_stockroom_leaves_alone_is_told_apart_on_every_platform() -> None:
    woo, big = woocommerce.Shop("alpha"), bigcommerce.Shop("alpha")
    woo.add_listing("MUG", 3)
    woo.add_listing("SET", 3, kind="bundle")
    woo.add_listing("OLD", 3, status="trash")
    woo.add_listing("RED", 4, parent=woo.add_parent("Cap"))
    big.add_listing("MUG", 3, safety=1)
    big.add_listing("HIDDEN", 3, visible=False)
    big.add_listing(None, 3)
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(woocommerce.create_app([woo]))) as there,
        httpx.AsyncClient(transport=httpx.ASGITransport(bigcommerce.create_app([big]))) as here,
    ):
        kept, left = await keeper_of(there, "http://local", woo).sellable()
        assert kept == {"MUG": 3, "RED": 4}
        assert {key: len(titles) for key, titles in left.items()} == {
            "not tracked": 1,
            "not on sale": 1,
            "no SKU": 1,
        }
        kept, left = await keeper_of(here, "http://local", big).sellable()
        assert kept == {"MUG": 3}
        assert sorted(left) == ["no SKU", "not on sale"]
