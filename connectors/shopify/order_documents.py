"""The GraphQL documents that read orders and where they are sent from."""

from __future__ import annotations

from connectors.shopify.document import Document

# What decides whether lines are asked for with their places; 6 points.
_SURROUNDINGS = """
fragment surroundings on QueryRoot {
  currentAppInstallation { accessScopes { handle } }
  locations(first: 2, includeInactive: true, includeLegacy: true) { nodes { id } }
}
"""

_LINES = """
fragment lines on LineItemConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    id
    sku
    quantity
    currentQuantity
    unfulfilledQuantity
    variant { inventoryItem { id } }
  }
}
"""

_REFUNDED = """
fragment refunded on RefundLineItemConnection {
  pageInfo { hasNextPage endCursor }
  nodes { quantity restockType restocked lineItem { id } location @include(if: $places) { id } }
}
"""

# Displayable: without those whose units went on into another one.
_ASSIGNED = """
fragment place on FulfillmentOrder {
  id
  updatedAt
  assignedLocation { location { id } }
}
fragment assigned on FulfillmentOrderLineItemConnection {
  pageInfo { hasNextPage endCursor }
  nodes { totalQuantity remainingQuantity lineItem { id } }
}
"""

_ORDER = (
    """
fragment order on Order {
  id
  name
  createdAt
  updatedAt
  cancelledAt
  closed
  test
  lineItems(first: 50) { ...lines }
  refunds {
    id
    refundLineItems(first: 20) { ...refunded }
  }
  fulfillmentOrders(first: 1, displayable: true) @include(if: $places) {
    pageInfo { hasNextPage }
    nodes {
      ...place
      lineItems(first: 10) { ...assigned }
    }
  }
}
"""
    + _LINES
    + _REFUNDED
    + _ASSIGNED
)

# 50 lines, 20 refunded lines and one fulfilment order of 10 lines beside each order: 648 points
# a page, 415 without places. Most orders fit; the others are completed by the documents below.
ORDERS = Document(
    "Orders",
    """
query Orders(
  $first: Int!
  $after: String
  $query: String!
  $places: Boolean!
  $moves: Boolean!
  $movesAfter: String
  $movesQuery: String
) {
  ...surroundings
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { ...order }
  }
  fulfillmentOrders(
    first: 250
    after: $movesAfter
    query: $movesQuery
    sortKey: UPDATED_AT
  ) @include(if: $moves) { ...moves }
}
fragment moves on FulfillmentOrderConnection {
  pageInfo { hasNextPage endCursor }
  nodes { id updatedAt orderId }
}
"""
    + _SURROUNDINGS
    + _ORDER,
)

MOVES = Document(
    "Moves",
    """
query Moves($after: String, $query: String!) {
  fulfillmentOrders(first: 250, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { id updatedAt orderId }
  }
}
""",
)

ORDERS_BY_ID = Document(
    "OrdersById",
    """
query OrdersById($ids: [ID!]!, $places: Boolean!) {
  ...surroundings
  nodes(ids: $ids) { ...order }
}
"""
    + _SURROUNDINGS
    + _ORDER,
)

MORE_LINES = Document(
    "MoreLines",
    """
query MoreLines($id: ID!, $after: String) {
  order(id: $id) {
    lineItems(first: 250, after: $after) { ...lines }
  }
}
"""
    + _LINES,
)

MORE_REFUNDED = Document(
    "MoreRefunded",
    """
query MoreRefunded($id: ID!, $after: String, $places: Boolean!) {
  refund(id: $id) {
    refundLineItems(first: 250, after: $after) { ...refunded }
  }
}
"""
    + _REFUNDED,
)

# Orders with several fulfilment orders, or with many lines in their one.
PLACES = Document(
    "Places",
    """
query Places($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order {
      id
      fulfillmentOrders(first: 10, displayable: true) {
        pageInfo { hasNextPage endCursor }
        nodes {
          ...place
          lineItems(first: 50) { ...assigned }
        }
      }
    }
  }
}
"""
    + _ASSIGNED,
)

MORE_PLACES = Document(
    "MorePlaces",
    """
query MorePlaces($id: ID!, $after: String) {
  order(id: $id) {
    fulfillmentOrders(first: 50, after: $after, displayable: true) {
      pageInfo { hasNextPage endCursor }
      nodes {
        ...place
        lineItems(first: 50) { ...assigned }
      }
    }
  }
}
"""
    + _ASSIGNED,
)

MORE_ASSIGNED = Document(
    "MoreAssigned",
    """
query MoreAssigned($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) {
    lineItems(first: 250, after: $after) { ...assigned }
  }
}
fragment assigned on FulfillmentOrderLineItemConnection {
  pageInfo { hasNextPage endCursor }
  nodes { totalQuantity remainingQuantity lineItem { id } }
}
""",
)
