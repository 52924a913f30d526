"""The library of scenarios: `NAME.yaml` declares a kind of misuse, `NAME.py` plants it."""
