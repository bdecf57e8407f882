"""Findings mended: edits on the text as it was written, proven before anything is kept."""
