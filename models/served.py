"""A registered model as everybody's: what MLflow calls with a table of official-weeks, in a notebook, a server or Spark.

`mlflow.pyfunc.load_model` finds this module by its name and hands it the bundle's folder; the bundle is read as
`models/stored.py` reads it, so that nothing is unpickled here either.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from features.catalogue import WITHOUT_REASON, attributes
from models.artefacts import require_as_registered
from models.bundle import Bundle
from models.ranking.combination import attribute_rarities, behind, combined, learned_rarity
from models.ranking.findings import CASE, OFFICIAL, weight_of
from models.ranking.scores import score_of
from models.statistics.frames import ALL_LACKING
from models.statistics.scan import WINDOWS
from models.stored import read

WHO = ("entity_id", "agency_code", "requester_user")
"""Columns that say whose week it is. They change nothing."""
SCORE, VALUE, EQUALS, REASON = "score", "value", "log_expected", "reason"
RARITY = "rarity:"
"""What the columns that give reasons begin with: how rare the official's value is in an attribute, nats."""
OF_WEEK = ":1"
LEARNED = f"{RARITY}learned"


def numbers(bundle: Bundle) -> list[str]:
    """The names of the columns of numbers that come out."""
    return [SCORE, VALUE, EQUALS, LEARNED, *(RARITY + c for c in columns(bundle) if c.endswith(OF_WEEK))]


def columns(bundle: Bundle) -> list[str]:
    """All columns of numbers that a week's table may have, sorted: what was learned from, and what is declared and did
    not occur then. A table has those that occur in its week."""
    counted = [name for each in attributes() for name in (each.name, WITHOUT_REASON + each.name)]
    return sorted({*bundle.feature_names, *(f"{name}:{window}" for name in counted for window in WINDOWS)})


@dataclass(frozen=True)
class Served:
    """The model under the interface that MLflow expects."""

    bundle: Bundle

    def predict(self, table: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """A row for each official's week, in the order and with the index of the table.

        `table` has the columns of `features/entity=user`, and all officials of a week: how many they are is part of
        how rare each is. `value` is the week as one value, nats; `log_expected` the logarithm of how many cases at least
        so strange a quiet week holds; `score` 0-100 of it, without what other statistics and rules say of the official;
        `rarity:ATTRIBUTE` how rare he is in each attribute this week, nats, 0 where it does not occur; `reason` the rarest.
        """
        if table.empty:
            return pd.DataFrame(columns=[*numbers(self.bundle), REASON], index=table.index)
        places = np.arange(len(table))
        parts = [self._week(table.iloc[places[table["week"] == week]], places[table["week"] == week])
                 for week in table["week"].unique()]  # fmt: skip
        return pd.concat(parts).sort_index().set_axis(table.index)

    def _week(self, week: pd.DataFrame, places: np.ndarray[Any, Any]) -> pd.DataFrame:
        bundle = self.bundle
        # A column without any value does not occur in this week, though it may in others of the table.
        officials = week[[c for c in columns(bundle) if c in week]].astype(float).dropna(axis=1, how="all").fillna(0.0)
        learned = learned_rarity(officials, bundle.feature_names, bundle.detectors)
        rarities = attribute_rarities(officials, bundle.tails)
        # Without the column a reason is taken to say all that it can.
        lacking = week.get(ALL_LACKING, pd.Series(0.0, week.index)).fillna(0.0).to_numpy(dtype=float)
        value = combined(rarities, learned, len(officials), behind(bundle.tails, lacking))
        expected = bundle.tails[CASE].log_expected(
            np.log(weight_of(OFFICIAL)) - bundle.tails[OFFICIAL].log_expected(value)
        )
        of_week = rarities[[c for c in rarities.columns if c.endswith(OF_WEEK)]]
        found = {SCORE: score_of(expected), VALUE: value, EQUALS: expected, LEARNED: learned}
        found |= {name: np.zeros(len(week)) for name in numbers(bundle) if name not in found}
        found |= {RARITY + c: of_week[c].to_numpy() for c in of_week.columns}
        reason = of_week.idxmax(axis=1).to_numpy() if len(of_week.columns) else ""
        return pd.DataFrame(found | {REASON: reason}, index=places)


def _load_pyfunc(data_path: str) -> Served:
    """What MLflow calls (`loader_module` in MLmodel) with the folder of the bundle; IntegrityError, before anything of it
    is read, if it is not what was registered."""
    require_as_registered(Path(data_path).parents[1])
    return Served(read(Path(data_path)))
