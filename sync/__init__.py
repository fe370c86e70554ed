"""What the product does: import, ledger, orders in, stock out, plan, drift, incidents."""
