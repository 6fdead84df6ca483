"""Markdown to sanitised HTML, by the library or by the shapes that nearly all texts have."""
