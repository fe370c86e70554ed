"""What a query costs, by the law fitted to Shopify's recorded answers.

A scalar costs nothing, an object 1, a list of objects 1 for all of it, a mutation
10. A connection costs 2 and its rows: far less than proportional to their number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues

# Rows asked for, and what they count as.  # recorded: exact for plain reads
_ROWS = ((0, 0), (1, 1), (3, 2), (5, 3), (10, 4), (20, 5), (50, 7), (100, 9), (250, 11))
_MUTATION = 10
_COUNT = 10
_CONNECTION = 2
_FREE = frozenset(
    {
        "PageInfo",
        "InventorySetQuantitiesUserError",
        "InventoryAdjustmentGroup",
        "BulkOperationUserError",
        "UserError",
    }
)


def rows_weight(rows: int) -> int:
    """Weigh the rows of a connection; above 250 the last step is used."""
    return next((weight for most, weight in _ROWS if rows <= most), _ROWS[-1][1])


class CostOf:
    """Costs of one operation: what it asks for, and what its answer turned out to be."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = fragments
        self._variables = variables
        root = schema.get_root_type(operation.operation)
        assert root is not None  # noqa: S101 - validated before
        self._root = root

    def requested(self) -> int:
        return self._selection(self._operation.selection_set, self._root, None)

    def actual(self, data: Mapping[str, Any] | None) -> int:
        return self._selection(self._operation.selection_set, self._root, data or {})

    def _selection(
        self,
        selections: SelectionSetNode | None,
        parent: GraphQLCompositeType,
        data: Mapping[str, Any] | None,
    ) -> int:
        """Add up a selection; without `data` every object counts as present."""
        total = 0
        for node in selections.selections if selections else ():
            if self._left_out(node):
                continue
            if isinstance(node, FieldNode):
                total += self._field(node, parent, data)
            elif isinstance(node, InlineFragmentNode):
                total += self._selection(node.selection_set, self._narrowed(node, parent), data)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                narrowed = self._narrowed(fragment, parent)
                total += self._selection(fragment.selection_set, narrowed, data)
        return total

    def _left_out(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return bool((skip and skip["if"]) or (include and not include["if"]))

    def _narrowed(
        self,
        node: InlineFragmentNode | FragmentDefinitionNode,
        parent: GraphQLCompositeType,
    ) -> GraphQLCompositeType:
        if node.type_condition is None:
            return parent
        named = self._schema.type_map[node.type_condition.name.value]
        assert isinstance(named, GraphQLCompositeType)  # noqa: S101 - validated before
        return named

    def _field(
        self, node: FieldNode, parent: GraphQLCompositeType, data: Mapping[str, Any] | None
    ) -> int:
        if isinstance(parent, GraphQLUnionType) or node.name.value.startswith("__"):
            return 0
        definition = parent.fields.get(node.name.value)
        if definition is None:  # a field of another type of the same interface
            return 0
        kind = get_named_type(definition.type)
        if is_leaf_type(kind) or kind.name == "PageInfo":
            return 0
        assert isinstance(  # noqa: S101 - all that is neither leaf nor input
            kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
        )
        alias = node.alias.value if node.alias else node.name.value
        answer = None if data is None else data.get(alias)
        if parent is self._schema.mutation_type:
            return _MUTATION + self._widest(node, kind, data, answer)
        if kind.name == "Count":
            return _COUNT
        if kind.name.endswith("Connection"):
            arguments = get_argument_values(definition, node, self._variables)
            listed = None if answer is None else answer.get("nodes", answer.get("edges"))
            rows = int(arguments.get("first") or 0) if listed is None else len(listed)
            return _CONNECTION + rows_weight(rows) * self._rows(node, kind, answer)
        own = 0 if kind.name in _FREE else 1
        if data is not None and answer is None:
            return 0
        return own + self._widest(node, kind, data, answer)

    def _rows(
        self, node: FieldNode, kind: GraphQLCompositeType, answer: Mapping[str, Any] | None
    ) -> int:
        """One row of a connection: `nodes` counts as an object with its fields."""
        return self._selection(node.selection_set, kind, answer)

    def _widest(
        self,
        node: FieldNode,
        kind: GraphQLCompositeType,
        data: Mapping[str, Any] | None,
        answer: Any,
    ) -> int:
        if data is None:
            return self._selection(node.selection_set, kind, None)
        rows = answer if isinstance(answer, list) else [answer]
        costs = [self._selection(node.selection_set, kind, row) for row in rows if row is not None]
        return max(costs, default=0)
