"""What a bulk query must look like, and what Shopify says where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_operation_ast,
    parse,
    validate,
)

# Shopify: limits of one bulk query
_MOST_BYTES = 65_535
_MOST_CONNECTIONS = 5
_DEEPEST = 2


@dataclass(frozen=True)
class _Found:
    """One connection of a query: how deep, under which, and how it is asked for."""

    name: str
    depth: int
    parent: FieldNode | None
    in_list: bool
    node: FieldNode


def problems(schema: GraphQLSchema, text: str) -> list[str]:
    """Say what keeps a query from running in bulk, in Shopify's words."""
    if len(text.encode()) > _MOST_BYTES:
        return [f"The query is larger than {_MOST_BYTES} bytes."]
    try:
        document = parse(text)
    except GraphQLError as error:
        return [f"Invalid bulk query: {error.message}"]
    operation = get_operation_ast(document)
    if operation is None:
        return ["Bulk queries must contain exactly one operation."]
    if operation.operation is not OperationType.QUERY:
        return ["Invalid operation type. Only `query` operations are supported."]
    if errors := validate(schema, document):
        return [f"Invalid bulk query: {error.message}" for error in errors]
    root = schema.query_type
    assert root is not None  # noqa: S101 - our own schema
    found = list(_connections(operation.selection_set, root, None, 1, in_list=False))
    return list(_broken(operation, found))


def _broken(operation: OperationDefinitionNode, found: list[_Found]) -> Iterator[str]:
    tops = [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]
    if any(each.name.value in ("node", "nodes") for each in tops):
        yield "Bulk queries cannot contain a top level `node` field."
    if not found:
        yield "Bulk queries must contain at least one connection."
    if wrong := [each.name for each in found if _child(each.node, "edges") is None]:
        names = ", ".join(f"'{name}'" for name in wrong)
        yield (
            "All connection fields in a bulk query must select their contents using "
            f"'edges' > 'node', e.g: '{wrong[0]} {{ edges {{ node {{'. Selecting via 'nodes' is "
            f"not supported. Invalid connection fields: {names}."
        )
    if any(each.depth > _DEEPEST for each in found):
        yield (
            f"Bulk queries cannot contain connections with a nesting depth greater than {_DEEPEST}."
        )
    if len(found) > _MOST_CONNECTIONS:
        yield f"Bulk queries cannot contain more than {_MOST_CONNECTIONS} connections."
    parents = {each.parent.name.value: each.parent for each in found if each.parent}
    if nameless := [name for name, each in parents.items() if not _selects_id(each)]:
        yield (
            "The parent 'node' field for a nested connection must select the 'id' field without "
            "an alias and must be of 'ID' return type. Connection fields without 'id': "
            f"{', '.join(nameless)}."
        )
    if any(each.in_list for each in found):
        yield (
            "Queries that contain a connection field within a list field are not currently "
            "supported."
        )


def _connections(
    selections: SelectionSetNode | None,
    kind: GraphQLObjectType,
    parent: FieldNode | None,
    depth: int,
    *,
    in_list: bool,
) -> Iterator[_Found]:
    for node in selections.selections if selections else ():
        if isinstance(node, InlineFragmentNode):
            yield from _connections(node.selection_set, kind, parent, depth, in_list=in_list)
        if not isinstance(node, FieldNode) or node.name.value not in kind.fields:
            continue
        field = kind.fields[node.name.value].type
        inner = get_named_type(field)
        if not isinstance(inner, GraphQLObjectType):
            continue
        if inner.name.endswith("Connection"):
            yield _Found(node.name.value, depth, parent, in_list, node)
            yield from _connections(node.selection_set, inner, node, depth + 1, in_list=False)
        else:
            inside = in_list or (_is_list(field) and not inner.name.endswith("Edge"))
            yield from _connections(node.selection_set, inner, parent, depth, in_list=inside)


def _is_list(kind: GraphQLOutputType) -> bool:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    return isinstance(kind, GraphQLList)


def _child(node: FieldNode, name: str) -> FieldNode | None:
    for each in node.selection_set.selections if node.selection_set else ():
        if isinstance(each, FieldNode) and each.name.value == name:
            return each
    return None


def _selects_id(connection: FieldNode) -> bool:
    edges = _child(connection, "edges")
    row = _child(edges, "node") if edges else None
    found = _child(row, "id") if row else None
    return found is not None and found.alias is None
