"""The core of Troupe: what an organization is, how it runs, what is remembered. Knows no screen."""
