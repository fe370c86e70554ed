"""Our table of Web API methods against Slack's method reference."""

from typing import Any

import pytest

from sandbox.slack.methods import METHODS, Method
from sandbox.slack.methods.method import COMMON_ERRORS
from tests.contract.slack.official import read_spec

_TIERS = {"t1": 1, "t2": 2, "t3": 3, "t4": 4, "t5": "special", None: None}


@pytest.fixture(params=sorted(METHODS))
def method(request: pytest.FixtureRequest) -> Method:
    """Each of our methods."""
    return METHODS[request.param]


def published(method: Method) -> dict[str, Any]:
    """Return Slack's own facts about it."""
    facts: dict[str, Any] = read_spec("methods-index.json")[method.name]
    return facts


def test_arguments(method: Method) -> None:
    facts = published(method)
    assert set(method.required) | ({"token"} & set(facts["required"])) == set(facts["required"])
    assert method.arguments | {"token"} == set(facts["args"]) | {"token"}


def test_scopes_and_tier(method: Method) -> None:
    facts = published(method)
    assert set(method.scopes) == set(facts["scope"].get("bot", []))
    assert method.tier == _TIERS[facts["tier"]]


def test_errors_are_documented(method: Method) -> None:
    assert method.errors <= set(published(method)["errors"])
    assert set(method.missing.values()) <= method.errors


def test_common_errors_exist() -> None:
    index = read_spec("methods-index.json")
    older = read_spec("web-api/slack_web_openapi_v2_without_examples.json")
    documented = {error for facts in index.values() for error in facts["errors"]}
    assert documented, "the reference lists errors"
    for error in COMMON_ERRORS:
        assert error in documented or f'"{error}"' in str(older).replace("'", '"'), error
