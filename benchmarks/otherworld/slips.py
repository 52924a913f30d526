"""A slip: one request before it is sent, in numbers. All work, honest or not, becomes slips of this one form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True)
class Slips:
    """Columns of requests, all of one length."""

    at: NDArray[np.int64]
    """Microseconds since the period began."""
    requester: NDArray[np.int16]
    provider: NDArray[np.int16]
    procedure: NDArray[np.int16]
    item: NDArray[np.int16]
    section: NDArray[np.int32]
    official: NDArray[np.int32]
    """Number of the posting, -1 for a file upload."""
    terminal: NDArray[np.int32]
    person: NDArray[np.int32]
    case: NDArray[np.int32]
    """Number of the application written into case_ref, -1 none, -2 the month's collective number."""
    months: NDArray[np.int16]
    """Length of the period asked about."""
    miss: NDArray[np.float32]
    """How likely the answer is empty; below 0, as usual for the item."""
    event: NDArray[np.int32]
    """The planted event or hard negative, -1 none."""

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Slips:
        return Slips(*(getattr(self, field.name)[rows] for field in fields(self)))

    def day(self) -> NDArray[np.int64]:
        return self.at // DAY


_TYPES = (np.int64, np.int16, np.int16, np.int16, np.int16, np.int32, np.int32, np.int32, np.int32, np.int32,
          np.int16, np.float32, np.int32)  # fmt: skip


def slips(count: int, **columns: NDArray[np.int64] | NDArray[np.float64] | int | float) -> Slips:
    """Slips from columns or constants; what is not given is -1."""
    names = [field.name for field in fields(Slips)]
    arrays = [
        np.broadcast_to(np.asarray(columns.get(name, -1)), count).astype(kind)
        for name, kind in zip(names, _TYPES, strict=True)
    ]
    return Slips(*arrays)


def joined(parts: Sequence[Slips]) -> Slips:
    """Several heaps as one."""
    return Slips(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Slips)))


def changed(heap: Slips, **columns: NDArray[np.int64] | NDArray[np.float64] | int | float) -> Slips:
    """The same slips with some columns replaced."""
    whole = {field.name: getattr(heap, field.name) for field in fields(Slips)}
    return slips(len(heap), **{**whole, **columns})
