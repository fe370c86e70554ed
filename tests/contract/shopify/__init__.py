"""Both sides of Shopify held against the official schemas and recorded answers."""
