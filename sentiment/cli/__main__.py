"""Run the command line as ``python -m sentiment.cli``."""

from sentiment.cli import main

main()
