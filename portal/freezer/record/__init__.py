"""What a build remembers: stamps of files, notices as they were read, what each page read."""
