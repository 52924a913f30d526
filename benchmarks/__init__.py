"""What a week costs, against the floor of reading its log once: `python -m benchmarks --help`."""
