"""The checks that kafkalint ships: one theme in each folder, one check in each file."""
