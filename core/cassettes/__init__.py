"""Recorded runs as data: what models, tools and people answered, and the course that came of it."""
