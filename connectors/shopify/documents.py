"""Every GraphQL document that we send to Shopify.

Page sizes are chosen by the cost law of the Admin API: a query may ask for at
most 1,000 points, and a page of 250 costs 11 times one row, not 250 times.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """One named operation."""

    name: str
    text: str


# Shopify: at most 250 objects in a page and in an array argument
PAGE = 250
# Rows of one connection after which reading begins anew, further on.
# Shopify: at most 25,000 objects of a connection can be paged through
PASS = 20_000
# Levels asked for beside each item at first: few shops have more places (189 points a page) ...
FEW_LEVELS = 10
# ... and what is asked for once one item had more (420 points a page).
ALL_LEVELS = 250

_LEVELS = """
fragment levels on InventoryLevelConnection {
  pageInfo { hasNextPage endCursor }
  nodes {
    location { id }
    quantities(names: ["available", "committed"]) { name quantity }
  }
}
"""

SHOP = Document(
    "Shop",
    """
query Shop {
  shop { id name currencyCode }
  currentAppInstallation { accessScopes { handle } }
}
""",
)

LOCATIONS = Document(
    "Locations",
    """
query Locations($after: String) {
  locations(first: 250, after: $after, includeInactive: true, includeLegacy: true) {
    pageInfo { hasNextPage endCursor }
    nodes { id name isActive isFulfillmentService }
  }
}
""",
)

LISTINGS = Document(
    "Listings",
    """
query Listings($after: String, $query: String, $levels: Int!) {
  productVariants(first: 250, after: $after, query: $query, sortKey: ID) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      title
      product { title status }
      inventoryItem {
        id
        sku
        tracked
        inventoryLevels(first: $levels) { ...levels }
      }
    }
  }
}
"""
    + _LEVELS,
)

LEVELS = Document(
    "Levels",
    """
query Levels($ids: [ID!]!, $levels: Int!) {
  nodes(ids: $ids) {
    ... on InventoryItem {
      id
      inventoryLevels(first: $levels) { ...levels }
    }
  }
}
"""
    + _LEVELS,
)

MORE_LEVELS = Document(
    "MoreLevels",
    """
query MoreLevels($id: ID!, $after: String) {
  inventoryItem(id: $id) {
    inventoryLevels(first: 250, after: $after) { ...levels }
  }
}
"""
    + _LEVELS,
)

SET_QUANTITIES = Document(
    "SetQuantities",
    """
mutation SetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}
""",
)

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
  nodes { quantity restockType restocked lineItem { id } }
}
"""

# 50 lines and 20 refunded lines beside each order: 409 points a page.
ORDERS = Document(
    "Orders",
    """
query Orders($after: String, $query: String!) {
  orders(first: 250, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
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
    }
  }
}
"""
    + _LINES
    + _REFUNDED,
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
query MoreRefunded($id: ID!, $after: String) {
  refund(id: $id) {
    refundLineItems(first: 250, after: $after) { ...refunded }
  }
}
"""
    + _REFUNDED,
)

ALL = (
    SHOP,
    LOCATIONS,
    LISTINGS,
    LEVELS,
    MORE_LEVELS,
    SET_QUANTITIES,
    ORDERS,
    MORE_LINES,
    MORE_REFUNDED,
)
