"""The eBay connector and the local eBay against the official contracts."""
