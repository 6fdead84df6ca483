"""Index and query: bigrams for the live route and for the static site."""
