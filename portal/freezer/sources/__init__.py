"""What changed under content/ and notices/, and reading it."""
