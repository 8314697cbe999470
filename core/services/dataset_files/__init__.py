"""Reading tables of inputs from what people have: CSV of any kind, JSON lines, pasted cells, plain lines."""

from core.services.dataset_files.reading import Form, Manner, Problem, Survey, Wanted, rows_of, survey

__all__ = ["Form", "Manner", "Problem", "Survey", "Wanted", "rows_of", "survey"]
