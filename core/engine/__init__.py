"""Runs organizations: journal, events, spans, and the process that works on runs.

Only `host`, `live`, `events` and `owner` may be imported while a page is being painted: the rest needs the Agents
SDK, whose import takes seconds.
"""
