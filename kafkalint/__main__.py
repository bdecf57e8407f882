"""`python -m kafkalint`."""

from kafkalint.cli import main

main(prog_name="kafkalint")
