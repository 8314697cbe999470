"""Runs the workflow of an organization: walks its blocks, each agent by the SDK's Runner, under one trace.

After a crash and after a decision the walk begins again. What came of a finished step is answered by the journal,
so the walk comes quickly to where it was. What decides the way is recorded no later than what depends on it.
"""
