"""Run local stores in a process of their own: `python -m sandbox.woocommerce --shop alpha`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import timedelta

from sandbox.woocommerce.catalogue import generate
from sandbox.woocommerce.serve import serving
from sandbox.woocommerce.shop import Shop


async def _run(options: argparse.Namespace) -> None:
    shops = [
        Shop(name, version=options.version, order_lag=timedelta(seconds=options.order_lag))
        for name in options.shop
    ]
    for shop in shops:
        generate(shop, options.listings, options.seed)
    async with serving(shops, port=options.port) as address:
        for shop in shops:
            row = {
                "shop": shop.name,
                "url": shop.home,
                "consumer_key": shop.consumer_key,
                "consumer_secret": shop.consumer_secret,
                "base_url": f"{address}/woocommerce/{shop.name}",
                "control": f"{address}/_sandbox/{shop.name}",
            }
            sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; one line of JSON per store says how to reach it."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.woocommerce")
    parser.add_argument("--shop", action="append", required=True, help="a store's name")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--listings", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", default="10.5.0", help="of WooCommerce")
    parser.add_argument("--order-lag", type=float, default=0.0, help="seconds")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
