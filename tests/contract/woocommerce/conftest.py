"""The official description and the recorded exchanges, read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.openapi import Description


@pytest.fixture(scope="package")
def description(specs: Path) -> Description:
    text = (specs / "woocommerce" / "wc-v3.openapi.json").read_text("utf-8")
    return Description(json.loads(text))


@pytest.fixture(scope="package")
def recorded(specs: Path) -> dict[str, dict[str, Any]]:
    """The recorded exchanges by their name."""
    text = (specs / "woocommerce" / "wc-v3-samples.json").read_text("utf-8")
    return {each["name"]: each for each in json.loads(text)["exchanges"]}
