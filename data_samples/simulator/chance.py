"""Randomness that is the same for the same seed, and the few draws that NumPy lacks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_HEX = np.frombuffer("".join(f"{word:04x}" for word in range(65_536)).encode(), dtype=np.uint32)
"""Four hexadecimal digits for each 16-bit word: one gather a word is four times faster than one a digit."""


def stream(*tags: int) -> np.random.Generator:
    """A generator of its own for a seed and what it is used for: one more use changes no other draw."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(list(tags))))


def mixed(values: Ints, salt: int = 0) -> npt.NDArray[np.uint64]:
    """A bijective scramble of 64-bit integers (splitmix64's finaliser): distinct in, distinct out."""
    offset = (salt * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) % 2**64
    z = np.asarray(values).astype(np.uint64) + np.uint64(offset)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def unit(values: Ints, salt: int = 0) -> Floats:
    """A fixed number in [0, 1) for each integer: a lasting habit without storing it."""
    return (mixed(values, salt) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def ragged(counts: Ints) -> tuple[Ints, Ints]:
    """For counts per group: the group of each element and its place within the group."""
    total = int(counts.sum())
    group = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return group, np.arange(total) - starts[group]


def choose(r: Floats, cumulative: Floats, first: Ints, last: Ints) -> Ints:
    """Weighted choice within segments [first, last) of one list; -1 where a segment has no weight.

    `cumulative` has one element more than the list and begins with 0.
    """
    low, high = cumulative[first], cumulative[last]
    found = np.searchsorted(cumulative, low + r * (high - low), side="right") - 1
    found = np.clip(found, first, np.maximum(last - 1, first))
    return np.where(high > low, found, -1)


def running(weights: Floats) -> Floats:
    """Cumulative weights as `choose` wants them."""
    return np.concatenate([[0.0], np.cumsum(weights)])


def tokens(values: npt.NDArray[np.uint64], prefix: str, digits: int, known: Bools | None = None) -> pa.Array:
    """Strings of `prefix` and hexadecimal digits (a multiple of four); null where not known."""
    n, head = len(values), np.frombuffer(prefix.encode(), dtype=np.uint8)
    width = len(head) + digits
    text = np.empty((n, width), dtype=np.uint8)
    text[:, : len(head)] = head
    words = values.astype("<u8").view("<u2").reshape(n, 4)[:, : digits // 4]
    text[:, len(head) :] = _HEX[words].view(np.uint8).reshape(n, digits)
    offsets = np.arange(n + 1, dtype=np.int32) * width
    valid = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string(), n, buffers)
