"""Small helpers of this package. They know nothing of its agents."""
