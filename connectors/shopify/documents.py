"""Every GraphQL document that we send to Shopify: those of shop, listings and stock stand here."""

from __future__ import annotations

from connectors.shopify.document import Document
from connectors.shopify.order_documents import (
    MORE_ASSIGNED,
    MORE_LINES,
    MORE_PLACES,
    MORE_REFUNDED,
    MOVES,
    ORDERS,
    ORDERS_BY_ID,
    PLACES,
)

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
query Listings(
  $first: Int!
  $after: String
  $query: String
  $levels: Int!
  $count: Boolean!
  $limit: Int
) {
  productVariantsCount(limit: $limit) @include(if: $count) { count }
  productVariants(first: $first, after: $after, query: $query, sortKey: ID) {
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

STOCK_AT = Document(
    "StockAt",
    """
mutation StockAt($item: ID!, $location: ID!, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $location, available: 0)
    @idempotent(key: $key) {
    inventoryLevel { quantities(names: ["available"]) { name quantity } }
    userErrors { field message }
  }
}
""",
)

# The listings as `LISTINGS` reads them, in the form that bulk queries must have:
# edges instead of nodes, the id of every parent, no arguments of paging.
BULK_LISTINGS = """
{
  productVariants {
    edges {
      node {
        id
        title
        product { title status }
        inventoryItem {
          id
          sku
          tracked
          inventoryLevels {
            edges {
              node {
                id
                location { id }
                quantities(names: ["available", "committed"]) { name quantity }
              }
            }
          }
        }
      }
    }
  }
}
"""

RUN_BULK = Document(
    "RunBulk",
    """
mutation RunBulk($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: true) {
    bulkOperation { id createdAt }
    userErrors { field message code }
  }
}
""",
)

BULK = Document(
    "Bulk",
    """
query Bulk($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount url }
}
""",
)

ALL = (
    SHOP,
    LOCATIONS,
    LISTINGS,
    RUN_BULK,
    BULK,
    LEVELS,
    MORE_LEVELS,
    SET_QUANTITIES,
    STOCK_AT,
    ORDERS,
    MOVES,
    ORDERS_BY_ID,
    MORE_LINES,
    MORE_REFUNDED,
    PLACES,
    MORE_PLACES,
    MORE_ASSIGNED,
)
