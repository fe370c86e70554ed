"""Run local accounts in a process of their own: `python -m sandbox.amazon --shop alpha`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import timedelta

from sandbox.amazon.catalogue import generate
from sandbox.amazon.serve import serving
from sandbox.amazon.shop import Shop


async def _run(options: argparse.Namespace) -> None:
    shops = [Shop(name, order_lag=timedelta(seconds=options.order_lag)) for name in options.shop]
    for shop in shops:
        generate(shop, options.listings, options.seed)
        shop.patch_time = timedelta(seconds=options.patch_time)
        shop.feeds.takes = timedelta(seconds=options.feed_time)
        shop.reports.takes = timedelta(seconds=options.report_time)
        shop.order_delay = timedelta(seconds=options.order_delay)
    async with serving(shops, port=options.port) as address:
        for shop in shops:
            row = {
                "shop": shop.name,
                "seller_id": shop.seller_id,
                "marketplaces": ",".join(shop.sites),
                "client_id": shop.keys.client_id,
                "client_secret": shop.keys.client_secret,
                "refresh_token": shop.keys.refresh_token,
                "base_url": f"{address}/amazon/{shop.seller_id}",
                "control": f"{address}/_sandbox/{shop.name}",
            }
            sys.stdout.write(json.dumps(row) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; one line of JSON per account says how to reach it."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.amazon")
    parser.add_argument("--shop", action="append", required=True, help="an account's name")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--listings", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--order-lag", type=float, default=1.0, help="seconds")
    parser.add_argument("--order-delay", type=float, default=120.0, help="seconds")
    parser.add_argument("--patch-time", type=float, default=60.0, help="seconds")
    parser.add_argument("--feed-time", type=float, default=600.0, help="seconds")
    parser.add_argument("--report-time", type=float, default=60.0, help="seconds")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
