"""What a person can do, one verb per method: the only door for pages, API and CLI."""
