"""The local Amazon over a socket."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager

from sandbox.amazon.app import create_app
from sandbox.amazon.shop import Shop
from sandbox.serving import serving_app


def serving(
    shops: Iterable[Shop], *, host: str = "127.0.0.1", port: int = 0
) -> AbstractAsyncContextManager[str]:
    """Serve accounts in the running loop and yield the address; port 0 takes a free one."""
    return serving_app(create_app(shops), host=host, port=port)
