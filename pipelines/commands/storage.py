"""Which failures mean that a place cannot be read or written, however a library dresses them up."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator

from features.errors import REFUSED_BY_STORE, STORE_REFUSES, StorageError

_WRAPPING = frozenset({"mlflow", "sqlalchemy", "alembic"})
"""Libraries that hand a failure of storage on as one of their own."""
_STORES = (("duckdb", "IOException"), ("sqlite3", "OperationalError"))
"""What else storage fails as; of a library that nothing has imported it is none."""
_ADVICE = {
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EFBIG: "allow larger files there",
    errno.EROFS: "choose a place that can be written",
    errno.EACCES: "give this account the right to it",
    errno.EPERM: "give this account the right to it",
    errno.ENOENT: "make it or correct its name",
    errno.ENOTDIR: "correct its name: a part of it is a file",
    errno.EISDIR: "correct its name: it is a folder",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def storage_fault(error: BaseException) -> StorageError | None:
    """What to tell of a failure to read or write; None if it was something else."""
    for each in _chain(error):
        if isinstance(each, BrokenPipeError):
            return StorageError(
                "nobody reads standard output any more; what was done stays done: run it again to see it"
            )
        if getattr(each, "error_code", None) in STORE_REFUSES:
            return StorageError(REFUSED_BY_STORE)
        if isinstance(each, OSError):
            return StorageError(_told(each))
        if _is_of_a_store(each):
            return StorageError(
                f"storage cannot be read or written: {_first_line(each)}; see to that place, run it again"
            )
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The failure, and what lies behind it where a library wrapped it."""
    here: BaseException | None = error
    while here is not None:
        yield here
        wrapped = type(here).__module__.partition(".")[0] in _WRAPPING
        here = (here.__cause__ or here.__context__) if wrapped else None


def _told(error: OSError) -> str:
    what = (error.strerror or type(error).__name__).lower()
    if error.filename is None:
        return f"storage cannot be read or written: {what}; {_ADVICE.get(error.errno or 0, 'see to it')}, run it again"
    advice = _ADVICE.get(error.errno or 0, "see to it")
    return f"{error.filename} cannot be read or written: {what}; {advice}, run it again"


def _is_of_a_store(error: BaseException) -> bool:
    loaded = ((sys.modules[module], kind) for module, kind in _STORES if module in sys.modules)
    return any(isinstance(error, getattr(module, kind)) for module, kind in loaded)


def _first_line(error: BaseException) -> str:
    """The rest could quote a statement."""
    return str(error).partition("\n")[0].removeprefix("IO Error: ")
