"""The official contracts and the samples of errors, read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.walmart.official import Contracts


@pytest.fixture(scope="package")
def contracts(specs: Path) -> Contracts:
    return Contracts.load(specs / "walmart")


@pytest.fixture(scope="package")
def samples(specs: Path) -> dict[str, dict[str, Any]]:
    """The samples of errors by their name."""
    text = (specs / "walmart" / "error-samples.json").read_text("utf-8")
    return {each["name"]: each for each in json.loads(text)["samples"]}
