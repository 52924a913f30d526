"""Requests before they are written: parallel arrays of whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from data_samples.simulator.chance import Ints

NOBODY = -1
"""No user, terminal or case; the rows of a batch have none."""
PROVIDED, NO_RECORD, WITHHELD, REFUSED, ERROR, PENDING = range(6)
RESULTS = ("provided", "no_record", "withheld", "refused", "error", "pending")
AS_IT_COMES = -1
"""The answer is drawn from the habits of procedure, provider and person."""

_TYPES: dict[str, type[np.generic]] = {
    "time": np.int64,
    "agency": np.int32,
    "provider": np.int32,
    "procedure": np.int32,
    "item": np.int32,
    "department": np.int32,
    "posting": np.int32,
    "user": np.int32,
    "terminal": np.int32,
    "person": np.int64,
    "case": np.int64,
    "result": np.int8,
    "event": np.int32,
}


@dataclass(frozen=True)
class Requests:
    """One element a request. `event` numbers the planted event (-1: none); only truth gets it."""

    time: Ints
    agency: npt.NDArray[np.int32]
    provider: npt.NDArray[np.int32]
    procedure: npt.NDArray[np.int32]
    item: npt.NDArray[np.int32]
    department: npt.NDArray[np.int32]
    posting: npt.NDArray[np.int32]
    user: npt.NDArray[np.int32]
    terminal: npt.NDArray[np.int32]
    person: Ints
    case: Ints
    result: npt.NDArray[np.int8]
    event: npt.NDArray[np.int32]

    @classmethod
    def of(cls, columns: Mapping[str, npt.ArrayLike]) -> Requests:
        """From columns of any whole-number type; single values are repeated."""
        n = len(np.asarray(columns["time"]))
        filled = {"result": AS_IT_COMES, "event": -1, **columns}
        return cls(
            **{name: np.broadcast_to(np.asarray(filled[name]).astype(kind), (n,)) for name, kind in _TYPES.items()}
        )

    @classmethod
    def none(cls) -> Requests:
        """No requests."""
        return cls.of(dict.fromkeys(_TYPES, np.empty(0)))

    @classmethod
    def joined(cls, parts: Iterable[Requests]) -> Requests:
        """All of some parts, one after the other."""
        all_parts = list(parts) or [cls.none()]
        return cls(**{f.name: np.concatenate([getattr(p, f.name) for p in all_parts]) for f in fields(cls)})

    def take(self, which: npt.NDArray[np.bool_] | Ints) -> Requests:
        """Some of the requests, by mask or by place."""
        return Requests(**{f.name: getattr(self, f.name)[which] for f in fields(self)})

    def but(self, **columns: npt.ArrayLike) -> Requests:
        """The same with some columns replaced."""
        old = {f.name: getattr(self, f.name) for f in fields(self)}
        return Requests.of({**old, **columns})

    def __len__(self) -> int:
        return len(self.time)
