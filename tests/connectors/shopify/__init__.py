"""The Shopify connector against the local Shopify."""
