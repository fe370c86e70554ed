"""The BigCommerce connector and the local BigCommerce against the official contracts."""
