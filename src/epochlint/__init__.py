"""epochlint: a linter for training arithmetic."""

__version__ = "0.1.0"
