"""What was read of the notices, kept on disk: stamps of files, heads, whole notices."""
