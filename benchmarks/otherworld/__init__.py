"""A second world, written from the contracts alone, by which the detectors are judged on habits they do not know.

It shares no code or scenario with `data_samples`, so what was tuned there cannot flatter itself here; see README.md.
"""
