"""Importing: an office's spreadsheet to the clean list of a notice."""
