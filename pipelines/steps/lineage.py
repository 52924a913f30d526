"""Lineage of steps in OpenLineage form (https://openlineage.io/spec): what each step read and wrote, and how it ended.

Names of datasets are places below the lake, in a namespace that is the lake's id: no place of a machine, nobody's name. What
cannot be sent costs nobody the week: it is a warning.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from features.errors import BadParametersError
from pipelines.lake import Lake
from pipelines.lake.identity import identity
from pipelines.logs import EventLog

PRODUCER = "shirabe"
JOBS = "shirabe"
"""Namespace of the jobs: `shirabe` / `weekly.STEP`."""
ASKED_BY = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT")
"""What the environment begins with where lineage is asked for by it; as OpenLineage's own clients read it."""
QUIET = {"source_code_location": {"disabled": True}, "environment_variables": []}
"""Facets that the client would add: the folder's repository, and the environment. They say where a machine has its files."""
Names = Callable[[], Iterable[Path]]


@dataclass(frozen=True)
class Lineage:
    """The lineage of one run on a lake; `file` is below the lake and is added to, empty: only if the environment asks."""

    lake: Lake
    file: str = ""
    log: EventLog = field(default_factory=EventLog)

    @property
    def asked(self) -> bool:
        """Whether anybody wants it."""
        return bool(self.file) or any(name.startswith(ASKED_BY) for name in os.environ)

    @contextmanager
    def step(self, name: str, reads: Names, writes: Names) -> Iterator[None]:
        """Send START, and COMPLETE or FAIL; what is written is looked for at the end, and whatever is raised goes on."""
        if not self.asked:
            yield
            return
        run = self._run_id()
        given = self._below(reads)
        self._send("START", name, run, given, [])
        try:
            yield
        except BaseException as error:
            # The kind alone: a message names files of the machine.
            self._send("FAIL", name, run, given, [], type(error).__name__)
            raise
        self._send("COMPLETE", name, run, given, self._below(writes))

    def _below(self, names: Names) -> list[str]:
        """Places below the lake, as the lake knows them; those elsewhere are what was delivered, by the folder alone."""
        root = self.lake.root
        return sorted({p.relative_to(root).as_posix() if p.is_relative_to(root) else f"data/{p.name}" for p in names()})

    def _run_id(self) -> str:
        _require_library()
        from openlineage.client.uuid import generate_new_uuid

        return str(generate_new_uuid())

    def _send(
        self, state: str, name: str, run: str, reads: Sequence[str], writes: Sequence[str], failure: str = ""
    ) -> None:
        from openlineage.client import event_v2 as events
        from openlineage.client.facet_v2 import error_message_run

        space = f"{JOBS}://{identity(self.lake)}"
        facets: dict[str, Any] = {}
        if failure:
            facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(
                message=failure, programmingLanguage="PYTHON"
            )
        event = events.RunEvent(
            eventTime=datetime.now(UTC).isoformat(), producer=PRODUCER, eventType=events.RunState[state],
            run=events.Run(runId=run, facets=facets), job=events.Job(namespace=JOBS, name=f"weekly.{name}"),
            inputs=[events.InputDataset(namespace=space, name=each) for each in reads],
            outputs=[events.OutputDataset(namespace=space, name=each) for each in writes],
        )  # fmt: skip
        try:
            self._client.emit(event)
        except Exception as error:  # a lineage server that is down must not cost anybody the week
            self.log.warned("lineage_not_sent", f"the lineage of {name} could not be sent ({type(error).__name__})")

    @cached_property
    def _client(self) -> Any:
        from openlineage.client import OpenLineageClient

        config: dict[str, Any] = {"facets": QUIET}
        if self.file:
            place = self.lake.root / self.file
            place.parent.mkdir(parents=True, exist_ok=True)
            config["transport"] = {"type": "file", "log_file_path": str(place), "append": True}
        return OpenLineageClient(config=config)


def _require_library() -> None:
    if find_spec("openlineage") is None:
        raise BadParametersError(
            "lineage is asked for (lineage.file, or OPENLINEAGE_… in the environment) and its library is not installed; "
            "install shirabe[lineage], or do not ask for it"
        )
