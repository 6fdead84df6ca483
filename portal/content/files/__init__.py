"""Files as people write them, read to fields that know their place."""
