"""The signed ledger of what was published: lines, chain, keys, the site's manifest."""
