"""Back from what was rendered to the files that were written."""
