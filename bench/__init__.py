"""The measurements behind every number the project claims: `python -m bench`."""
