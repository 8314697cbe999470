"""The inspector: fields for whatever is selected on the canvas, one file per kind."""
