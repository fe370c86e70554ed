"""The official schemas, read once."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLSchema

from tests.contract.shopify import official


@pytest.fixture(scope="package")
def schemas(specs: Path) -> dict[str, GraphQLSchema]:
    return official.load(specs)
