"""The eBay connector against the local eBay."""
