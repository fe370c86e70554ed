"""How long a sale in one store takes to the write at the other, less the poll interval."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from uuid import uuid4

import httpx

from bench.catalogue import make_shop, sku
from bench.figure import Figure, Ratio, percentile
from bench.ground import Ground
from bench.shops import Call, Street
from bench.stockroom import site
from sandbox.shopify import Shop

POLL = 1  # seconds; the shortest that the clock keeps, so that a run sees many sales
PATIENCE = 30.0  # seconds for one sale
HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Size:
    """Listings of each store, and sales, one after another."""

    listings: int
    sales: int


async def measure(ground: Ground, size: Size) -> list[Ratio]:
    alpha, beta = shops = [make_shop(name, size.listings) for name in ("alpha", "beta")]
    dice = random.Random(1)  # noqa: S311 - when people buy, nothing secret
    whole, own, floor = [], [], []
    async with site(ground, shops, {"orders_every_seconds": POLL}) as here:
        async with here.start(), httpx.AsyncClient(trust_env=False) as http:
            for number in range(size.sales):
                await asyncio.sleep(dice.random() * POLL)
                sold, polled, written = await _sell(here.street, alpha, beta, number)
                whole.append((written.at - sold) * 1000)
                own.append((written.at - polled.at) * 1000)
                floor.append(await _bare(http, here.street, beta, polled, written))
    return [
        Ratio(
            f"sale to write elsewhere, less the poll, p{per_cent}",
            percentile(own, per_cent),
            percentile(floor, per_cent),
            "ms",
            note=(
                "floor: the same two calls, sent by hand; with the wait for a poll every"
                f" {POLL} s: {percentile(whole, per_cent):,.0f} ms"
            ),
        )
        for per_cent in (50, 99)
    ]


async def _sell(street: Street, alpha: Shop, beta: Shop, number: int) -> tuple[float, Call, Call]:
    """Sell one unit; when, the poll that met it, and the write at the other store."""
    wanted = sku(number % len(alpha.variants))
    item = beta.item(wanted).id
    sold = time.perf_counter()
    alpha.sell(wanted)
    while time.perf_counter() < sold + PATIENCE:
        for written in street.named("beta", "SetQuantities", sold):
            if item in str(written.body):
                return sold, next(street.named("alpha", "Orders", sold)), written
        await asyncio.sleep(0.005)
    raise TimeoutError(f"the sale of {wanted} was written nowhere within {PATIENCE:.0f} s")


async def _bare(
    http: httpx.AsyncClient, street: Street, shop: Shop, polled: Call, written: Call
) -> float:
    """Ask and write the same by hand: milliseconds until the write is here."""
    begun = time.perf_counter()
    for call in (polled, written):
        # Under a key of its own: a repeated one would be answered from memory.
        body = {**call.body, "variables": {**call.body["variables"]}}
        if "key" in body["variables"]:
            body["variables"]["key"] = str(uuid4())
        token = {"X-Shopify-Access-Token": shop.token if call is written else _token(call)}
        await http.post(f"{street.url}{call.path}", json=body, headers=HEADERS | token)
    return (street.calls[-1].at - begun) * 1000


def _token(call: Call) -> str:
    return f"shpat_{call.path.split('/')[2]}_1"  # a local shop's first token


FIGURE = Figure("sale", measure, full=Size(1_000, 60), tiny=Size(5, 1))
