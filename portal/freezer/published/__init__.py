"""The published folder and the swap that replaces it whole."""
