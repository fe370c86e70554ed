"""The official description, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.etsy.official import Contract


@pytest.fixture(scope="package")
def contract(specs: Path) -> Contract:
    return Contract.load(specs / "etsy" / "etsy-openapi-v3.json")
