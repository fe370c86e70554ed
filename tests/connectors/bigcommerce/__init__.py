"""The BigCommerce connector against the local BigCommerce."""
