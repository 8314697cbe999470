"""The kill matrix: runs whose process is killed at named points, and what is counted after the recovery."""
