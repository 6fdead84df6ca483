"""Rules of the lint, one family a module; `portal.lint.run` runs them."""
