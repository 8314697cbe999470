"""The commands behind `studio`, one file each."""
