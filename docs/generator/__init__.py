"""What docs/build.py writes with."""
