"""A seller's keys, from whatever a person pasted."""

from __future__ import annotations

import re

from connectors.errors import BadCredentials

API = "https://marketplace.walmartapis.com"
# Walmart's ids are UUIDs today; nothing promises that.
_CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{3,100}")


def client_id(given: str) -> str:
    """Read the client id; BadCredentials(field="client_id") for what cannot be one."""
    text = given.strip()
    if not _CLIENT_ID.fullmatch(text):
        raise BadCredentials(
            "Enter the client id as Developer Portal shows it under API keys, such as "
            "8b1f6f5e-3d2c-4f0a-9c57-2a6d1e7b9f04.",
            field="client_id",
        )
    return text


def client_secret(given: str) -> str:
    """Read the client secret; BadCredentials(field="client_secret") for what cannot be one."""
    text = given.strip()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise BadCredentials(
            "Enter the client secret that Developer Portal shows beside the client id.",
            field="client_secret",
        )
    return text
