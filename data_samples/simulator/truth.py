"""What was planted: truth.parquet of the results contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data_samples.simulator.casework import Week, World
from data_samples.simulator.chance import Ints
from data_samples.simulator.columns import Names, request_tokens, subject_tokens
from data_samples.simulator.planting import Planner
from data_samples.simulator.requests import NOBODY, Requests
from data_samples.simulator.seasons import week_name
from data_samples.simulator.settings import DAY

TEXT = pa.string()
SCHEMA = pa.schema([
    ("scenario_id", TEXT), ("scenario", TEXT), ("hard_negative", pa.bool_()), ("week", TEXT),
    ("request_id", TEXT),
    ("agency_code", TEXT), ("requester_user", TEXT), ("subject_key", TEXT), ("difficulty", TEXT),
])  # fmt: skip


class Truth:
    """Planted requests, collected week by week."""

    def __init__(self, world: World, names: Names) -> None:
        self.world, self.names = world, names
        self.parts: list[pa.Table] = []

    def note(self, week: Week, rows: Requests, number: Ints, planner: Planner) -> None:
        """Write down the planted rows of a week, and the agencies that fell silent in it."""
        marked = np.flatnonzero(rows.event >= 0)
        if len(marked):
            self.parts.append(self._requests(week, rows.take(marked), number[marked], planner))
        for event in planner.events:
            if week.number in event.silent_weeks:
                agency = self.names.agency[int(event.agencies[0])].as_py()
                line = {
                    "scenario_id": event.scenario_id, "scenario": event.scenario.name, "hard_negative": False,
                    "week": week_name(week.monday), "agency_code": agency, "difficulty": event.difficulty,
                }  # fmt: skip
                self.parts.append(pa.Table.from_pylist([line], schema=SCHEMA))

    def _requests(self, week: Week, rows: Requests, number: Ints, planner: Planner) -> pa.Table:
        events = [planner.events[e] for e in rows.event.tolist()]
        grade = self.world.country.grade[rows.agency, week.number]
        user = pa.array(rows.user, mask=(rows.user == NOBODY) | (grade < 1))
        return pa.Table.from_arrays(
            [
                pa.array([e.scenario_id for e in events], TEXT),
                pa.array([e.scenario.name for e in events], TEXT),
                pa.array([e.scenario.kind == "hard_negative" for e in events]),
                pa.array([week_name(day) for day in (rows.time // DAY).tolist()], TEXT),
                request_tokens(self.world, number),
                self.names.agency.take(pa.array(rows.agency)),
                self.names.user.take(user),
                subject_tokens(self.world, rows.agency.astype(np.int64), rows.person, grade >= 1),
                pa.array([e.difficulty for e in events], TEXT),
            ],
            schema=SCHEMA,
        )

    def write(self, target: Path) -> None:
        """Write what was noted, by event and request."""
        table = pa.concat_tables(self.parts) if self.parts else SCHEMA.empty_table()
        order = [("scenario_id", "ascending"), ("week", "ascending"), ("request_id", "ascending")]
        pq.write_table(table.sort_by(order), target, compression="zstd", store_schema=False)
