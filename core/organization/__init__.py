"""What an organization is: spec, problems, edits, layout, files. Pure data and functions."""
