"""Rules of the lint, one family a module; `portal.content.lint` runs them."""
