"""Run local accounts in a process of their own: `python -m sandbox.walmart --shop alpha`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import timedelta

from sandbox.walmart.catalogue import generate
from sandbox.walmart.serve import serving
from sandbox.walmart.shop import Shop


async def _run(options: argparse.Namespace) -> None:
    shops = [
        Shop(
            name,
            order_lag=timedelta(seconds=options.order_lag),
            read_lag=timedelta(seconds=options.read_lag),
        )
        for name in options.shop
    ]
    for shop in shops:
        generate(shop, options.listings, options.seed)
        shop.feeds.takes = timedelta(seconds=options.feed_time)
    async with serving(shops, port=options.port) as address:
        for shop in shops:
            row = {
                "shop": shop.name,
                "client_id": shop.client_id,
                "client_secret": shop.client_secret,
                "base_url": f"{address}/walmart/{shop.client_id}",
                "control": f"{address}/_sandbox/{shop.name}",
            }
            sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; one line of JSON per account says how to reach it."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.walmart")
    parser.add_argument("--shop", action="append", required=True, help="an account's name")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--listings", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order-lag", type=float, default=1.0, help="seconds")
    parser.add_argument("--read-lag", type=float, default=2.0, help="seconds")
    parser.add_argument("--feed-time", type=float, default=900.0, help="seconds")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
