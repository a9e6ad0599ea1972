"""Items, lots, places and the append-only ledger of what moved between them."""
