"""Code in: organizations read from Python, Agent Builder exports, AutoGen Studio teams and our own packages."""
