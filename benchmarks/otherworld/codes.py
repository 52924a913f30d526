"""Pseudonyms and codes, made for a million rows at once and the same for the same seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HEX = np.array([f"{byte:02x}" for byte in range(256)], "S2")


def mixed(*parts: NDArray[np.int64] | int) -> NDArray[np.uint64]:
    """A hash of some integers, element by element (SplitMix64's finaliser)."""
    shape = np.broadcast_shapes(*(np.shape(part) for part in parts)) or (1,)
    state = np.full(shape, 0x9E3779B97F4A7C15, np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            state += np.asarray(part).astype(np.int64).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state ^= state >> np.uint64(31)
    return state


def chances(*parts: NDArray[np.int64] | int) -> NDArray[np.float64]:
    """Numbers in [0, 1) that always belong to the same integers: fixed properties of persons, habits of agencies."""
    return (mixed(*parts) >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def keys(hashes: NDArray[np.uint64], prefix: str = "") -> NDArray[np.bytes_]:
    """Sixteen hexadecimal digits for each hash, as bytes."""
    pairs = _HEX[np.ascontiguousarray(hashes).view(np.uint8)].reshape(-1, 8)
    text = np.ascontiguousarray(pairs).view("S16").ravel()
    return np.char.add(prefix.encode(), text) if prefix else text


def municipality_code(prefecture: int, number: int) -> str:
    """Five digits and the check digit of local governments' codes."""
    digits = f"{prefecture:02d}{number:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (6, 5, 4, 3, 2), strict=True)) % 11
    return f"{digits}{(11 - rest) % 10}"
