"""What is remembered: tables, migrations, and queries by noun. The only place that knows SQL."""
