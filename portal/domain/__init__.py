"""Rules of the field, on explicit dates: standard library only, no clock, no input or output."""
