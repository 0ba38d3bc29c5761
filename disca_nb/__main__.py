"""Run the command line as ``python -m disca_nb``."""

import sys

from disca_nb.cli import main

if __name__ == "__main__":
    sys.exit(main())
