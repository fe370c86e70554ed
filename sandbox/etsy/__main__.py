"""Run local shops in a process of their own: `python -m sandbox.etsy --shop alpha`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import timedelta

from sandbox.etsy.catalogue import generate
from sandbox.etsy.serve import serving
from sandbox.etsy.shop import Shop


async def _run(options: argparse.Namespace) -> None:
    shops = [Shop(name, order_lag=timedelta(seconds=options.order_lag)) for name in options.shop]
    for shop in shops:
        generate(shop, options.listings, options.seed)
    async with serving(shops, port=options.port) as address:
        for shop in shops:
            row = {
                "shop": shop.name,
                "keystring": shop.keys.keystring,
                "shared_secret": shop.keys.shared_secret,
                "shop_id": shop.id,
                "refresh_token": shop.keys.refresh_token,
                "base_url": f"{address}/etsy/{shop.name}",
                "control": f"{address}/_sandbox/{shop.name}",
            }
            sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; one line of JSON per shop says how to reach it."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.etsy")
    parser.add_argument("--shop", action="append", required=True, help="a shop's name")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--listings", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order-lag", type=float, default=1.0, help="seconds")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
