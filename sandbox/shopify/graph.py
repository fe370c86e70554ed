"""One GraphQL request from its body to its answer, with every rule on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from sandbox.shopify.bucket import QUERY_LIMIT
from sandbox.shopify.call import Call
from sandbox.shopify.cost import CostOf
from sandbox.shopify.faults import Operation
from sandbox.shopify.resolvers import load_schema, type_name
from sandbox.shopify.shop import Shop

# Shopify: items in an array argument
_ARRAY_LIMIT = 250


@dataclass(frozen=True)
class _Prepared:
    """A document that is valid against the schema, or what is wrong with it."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A request that can be run."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: VariableValues
    given: Mapping[str, Any]
    name: str | None

    @property
    def kind(self) -> Operation:
        return "mutation" if self.operation.operation is OperationType.MUTATION else "query"


class Refusal(Exception):
    """The request is answered by top-level errors alone."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.body = body


class Graph:
    """The schema, ready to answer for any shop."""

    def __init__(self) -> None:
        self.schema: GraphQLSchema = load_schema()
        self._documents = lru_cache(maxsize=64)(self._read)

    def prepare(self, body: Mapping[str, Any]) -> Prepared:
        """Parse, validate and coerce; Refusal where Shopify would not start."""
        read = self._documents(str(body.get("query", "")))
        if read.document is None:
            raise Refusal(_errors(*(_coded(each, "undefinedField") for each in read.errors)))
        name = body.get("operationName")
        operation = get_operation_ast(read.document, name)
        if operation is None:
            raise Refusal(_errors({"message": "An operation name is required"}))
        given = body.get("variables") or {}
        _check_arrays(given)
        values = get_variable_values(self.schema, operation.variable_definitions or (), dict(given))
        if isinstance(values, list):
            raise Refusal(_errors(*(_bad_variable(each, given) for each in values)))
        return Prepared(read.document, operation, values, given, name)

    def run(self, call: Call, request: Prepared) -> dict[str, Any]:
        """Run a prepared request, paid for out of the shop's bucket."""
        shop = call.shop
        fragments = {
            each.name.value: each
            for each in request.document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        cost = CostOf(self.schema, request.operation, fragments, request.variables)
        requested = cost.requested()
        dear = shop.faults.take("expensive", request.kind)
        if dear or requested > QUERY_LIMIT:
            raise Refusal(_too_expensive(QUERY_LIMIT + 1 if dear else requested))
        if shop.faults.take("throttled", request.kind):
            shop.bucket.drain()
        if requested > shop.bucket.available():
            raise Refusal(_throttled(shop, requested))
        result = execute_sync(
            self.schema,
            request.document,
            context_value=call,
            variable_values=dict(request.given),
            operation_name=request.name,
            type_resolver=type_name,
        )
        actual = min(requested, cost.actual(result.data))
        shop.bucket.take(actual)
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer = {"errors": [each.formatted for each in result.errors], **answer}
        answer["extensions"] = {"cost": _cost(shop, requested, actual)}
        if call.searches:
            answer["extensions"]["search"] = call.searches
        return answer

    def _read(self, text: str) -> _Prepared:
        try:
            document = parse(text)
        except GraphQLError as error:
            return _Prepared(None, (error,))
        errors = tuple(validate(self.schema, document))
        return _Prepared(None if errors else document, errors)


def _errors(*errors: Mapping[str, Any]) -> dict[str, Any]:
    return {"errors": list(errors)}


def _coded(error: GraphQLError, code: str) -> dict[str, Any]:
    return {**error.formatted, "extensions": {"code": code}}


def _bad_variable(error: GraphQLError, given: Mapping[str, Any]) -> dict[str, Any]:
    problem = {"path": [], "explanation": error.message}
    return {
        **error.formatted,
        "extensions": {"code": "INVALID_VARIABLE", "value": dict(given), "problems": [problem]},
    }


def _check_arrays(value: Any) -> None:
    """Refuse any array of more than 250 items, wherever it is."""
    if isinstance(value, Mapping):
        for each in value.values():
            _check_arrays(each)
    elif isinstance(value, list):
        if len(value) > _ARRAY_LIMIT:
            raise Refusal(
                _errors(
                    {
                        "message": (
                            f"The input array size of {len(value)} is greater than the maximum "
                            f"allowed of {_ARRAY_LIMIT}."
                        ),
                        "extensions": {"code": "MAX_INPUT_SIZE_EXCEEDED"},
                    }
                )
            )
        for each in value:
            _check_arrays(each)


def _too_expensive(requested: int) -> dict[str, Any]:
    words = f"Query cost is {requested}, which exceeds the single query max cost limit (1000)."
    return _errors({"message": words, "extensions": {"code": "MAX_COST_EXCEEDED"}})


def _throttled(shop: Shop, requested: int) -> dict[str, Any]:
    documentation = "https://shopify.dev/api/usage/rate-limits"
    extensions = {"code": "THROTTLED", "documentation": documentation}
    return {
        **_errors({"message": "Throttled", "extensions": extensions}),
        "extensions": {"cost": _cost(shop, requested, None)},
    }


def _cost(shop: Shop, requested: int, actual: int | None) -> dict[str, Any]:
    return {
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": shop.bucket.status(),
    }
