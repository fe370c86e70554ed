"""The official contracts, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.ebay.official import Contracts


@pytest.fixture(scope="package")
def contracts(specs: Path) -> Contracts:
    return Contracts.load(specs / "ebay")
