"""Both sides of WooCommerce held against the official description and recorded answers."""
