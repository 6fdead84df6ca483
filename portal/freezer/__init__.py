"""The static build: plan, GET, write, prune, manifest."""
