"""`python -m epochlint`, and the console script."""

from __future__ import annotations

import gc
import sys

from epochlint.cli import main

# A run makes many small frozen records and drops them file by file; collecting cycles meanwhile costs a tenth of the
# time.
gc.disable()

if __name__ == "__main__":
    sys.exit(main())
