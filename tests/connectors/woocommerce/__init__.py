"""The WooCommerce connector, seen through a local store."""
