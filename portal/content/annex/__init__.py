"""Annex forms (附件): their definitions read to blocks."""
