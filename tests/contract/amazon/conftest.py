"""The official models, read once, and a fresh account for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.amazon.world import World
from tests.contract.amazon.official import Contracts


@pytest.fixture(scope="package")
def contracts(specs: Path) -> Contracts:
    return Contracts.load(specs / "amazon")


@pytest.fixture
def world() -> World:
    return World()
