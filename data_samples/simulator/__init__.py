"""A country's worth of made-up linkage logs, honest work first and misuse planted in it."""

from data_samples.simulator.world import simulate

__all__ = ["simulate"]
