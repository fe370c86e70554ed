"""The official schemas, and whether documents and answers agree with them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLEnumType,
    GraphQLIncludeDirective,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    build_client_schema,
    build_schema,
    get_directive_values,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

VERSIONS = ("2026-07", "2026-10")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_GID = re.compile(r"gid://shopify/\w+/\d+(\?\S+)?")


def load(specs: Path) -> dict[str, GraphQLSchema]:
    """Read both versions; `assume_valid` as SOURCES.md beside them advises."""
    folder = specs / "shopify"
    sdl = gzip.decompress((folder / "admin-2026-07.graphql.gz").read_bytes()).decode()
    packed = (folder / "admin_2026-10.introspection.json.gz").read_bytes()
    introspection = json.loads(gzip.decompress(packed))["data"]
    return {
        "2026-07": build_schema(sdl, assume_valid=True),
        "2026-10": build_client_schema(introspection, assume_valid=True),
    }


def document_problems(schema: GraphQLSchema, text: str) -> list[str]:
    """What is wrong with a document, deprecated fields and arguments included."""
    rules = [*specified_rules, NoDeprecatedCustomRule]
    return [error.message for error in validate(schema, parse(text), rules)]


def variable_problems(
    schema: GraphQLSchema, text: str, name: str, variables: dict[str, Any]
) -> list[str]:
    operation = get_operation_ast(parse(text), name)
    assert operation is not None
    values = get_variable_values(schema, operation.variable_definitions or (), variables)
    return [error.message for error in values] if isinstance(values, list) else []


def answer_problems(
    schema: GraphQLSchema,
    text: str,
    name: str,
    data: object,
    variables: dict[str, Any] | None = None,
) -> list[str]:
    """What in an answer's data does not have the shape that the schema promises."""
    document = parse(text)
    operation = get_operation_ast(document, name)
    assert isinstance(operation, OperationDefinitionNode)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    values = get_variable_values(schema, operation.variable_definitions or (), variables or {})
    assert not isinstance(values, list)
    checker = _Checker(schema, fragments, values)
    return list(checker.composite(operation.selection_set, root, data, name))


@dataclass(frozen=True)
class _Checker:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    def value(
        self, kind: GraphQLOutputType, node: FieldNode, value: object, path: str
    ) -> Iterator[str]:
        if isinstance(kind, GraphQLNonNull):
            if value is None:
                yield f"{path}: null where {kind} is promised"
                return
            kind = kind.of_type
        if value is None:
            return
        if isinstance(kind, GraphQLList):
            if not isinstance(value, list):
                yield f"{path}: {value!r} is no list"
                return
            for index, each in enumerate(value):
                yield from self.value(kind.of_type, node, each, f"{path}[{index}]")
        elif node.selection_set:
            yield from self.composite(node.selection_set, kind, value, path)
        elif not _is_leaf_value(kind, value):
            yield f"{path}: {value!r} is no {kind}"

    def composite(
        self, selections: SelectionSetNode, kind: object, value: object, path: str
    ) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no object"
            return
        if isinstance(kind, GraphQLAbstractType):
            # The answer does not name its type: one of the fragments has to fit whole.
            wanted = dict(self._narrowed(selections))
            fits = [
                name for name, each in wanted.items() if not [*self._fit(name, each, value, path)]
            ]
            if value and not fits:
                yield f"{path}: fits none of {sorted(wanted)}"
            return
        assert isinstance(kind, GraphQLObjectType)
        fields = dict(self._fields(selections))
        for key in value.keys() - fields.keys():
            yield f"{path}.{key}: was not asked for"
        for key, node in fields.items():
            if key not in value:
                yield f"{path}.{key}: is missing"
            else:
                promised = kind.fields[node.name.value].type
                yield from self.value(promised, node, value[key], f"{path}.{key}")

    def _fit(
        self, name: str, selections: SelectionSetNode, value: object, path: str
    ) -> Iterator[str]:
        return self.composite(selections, self.schema.type_map[name], value, path)

    def _narrowed(self, selections: SelectionSetNode) -> Iterator[tuple[str, SelectionSetNode]]:
        for node in selections.selections:
            if isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                yield fragment.type_condition.name.value, fragment.selection_set
                continue
            assert isinstance(node, InlineFragmentNode)
            assert node.type_condition
            yield node.type_condition.name.value, node.selection_set

    def _fields(self, selections: SelectionSetNode) -> Iterator[tuple[str, FieldNode]]:
        for node in selections.selections:
            included = get_directive_values(GraphQLIncludeDirective, node, self.variables)
            if included and not included["if"]:
                continue
            if isinstance(node, FieldNode):
                yield node.alias.value if node.alias else node.name.value, node
            elif isinstance(node, FragmentSpreadNode):
                yield from self._fields(self.fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)


def _is_leaf_value(kind: object, value: object) -> bool:
    if isinstance(kind, GraphQLEnumType):
        return value in kind.values
    match str(kind):
        case "Int":
            return type(value) is int and -(2**31) <= value < 2**31
        case "Boolean":
            return type(value) is bool
        case "String":
            return isinstance(value, str)
        case "ID":
            return isinstance(value, str) and _GID.fullmatch(value) is not None
        case "UnsignedInt64":
            return isinstance(value, str) and value.isdecimal()
        case "URL":
            return isinstance(value, str) and value.startswith("http")
        case "DateTime":
            return isinstance(value, str) and _STAMP.fullmatch(value) is not None
    raise AssertionError(f"no rule for the scalar {kind}: add one")


def subset_problems(local: GraphQLSchema, schema: GraphQLSchema) -> Iterator[str]:
    """Where the local schema promises or accepts something that the official does not."""
    for name, kind in local.type_map.items():
        if name.startswith("__"):
            continue
        theirs = schema.type_map.get(name)
        if type(theirs) is not type(kind):
            yield f"{name}: is not the same kind of type"
        if isinstance(kind, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
            unknown = kind.values.keys() - theirs.values.keys()
            yield from (f"{name}.{each}: unknown" for each in unknown)
        yield from _field_problems(name, _fields_of(kind), _fields_of(theirs))
    directive, theirs_directive = (
        local.get_directive("idempotent"),
        schema.get_directive("idempotent"),
    )
    assert directive
    if theirs_directive is None or str(directive.args["key"].type) != str(
        theirs_directive.args["key"].type
    ):
        yield "@idempotent: differs"


def _fields_of(kind: object) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = getattr(kind, "fields", {})
    return fields


def _field_problems(
    name: str, fields: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[str]:
    for key, field in fields.items():
        official = theirs.get(key)
        if official is None:
            yield f"{name}.{key}: unknown"
            continue
        if str(field.type) not in (str(official.type), f"{official.type}!"):
            yield f"{name}.{key}: {field.type} where {official.type} is official"
        for argument, ours in getattr(field, "args", {}).items():
            other = official.args.get(argument)
            if other is None or str(other.type) != str(ours.type):
                yield f"{name}.{key}({argument}): differs"
            elif ours.default_value != other.default_value:
                yield f"{name}.{key}({argument}): another default"
        for argument, other in getattr(official, "args", {}).items():
            if str(other.type).endswith("!") and argument not in field.args:
                yield f"{name}.{key}({argument}): is required officially"
