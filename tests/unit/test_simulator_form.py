"""A planted request looks like an honest one: ids, microseconds, places in files, lengths, nulls."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pytest

from data_samples.simulator import simulate
from features.weeks import Week

MARGIN = 0.08
"""How far the area under the curve may be from 0.5 with some hundred planted rows (four standard errors)."""
LOG = "read_parquet($log, union_by_name = true, filename = true, file_row_number = true)"
ROWS = f"""
WITH log AS (
    SELECT *, file_row_number / COUNT(*) OVER (PARTITION BY filename) AS place FROM {LOG}
    WHERE requester_user IS NOT NULL
),
planted AS (
    SELECT DISTINCT request_id FROM read_parquet($truth)
    WHERE NOT hard_negative AND scenario <> 'answers_stop'
)
SELECT request_id, subject_key, requester_user, requested_at, responded_at, place, file_row_number, case_ref,
       requester_terminal, requester_department, requester_agency, items_returned, response_mode,
       inquiry_from, subject_key_national, request_id IN (SELECT request_id FROM planted) AS is_planted
FROM log
WHERE requester_agency IN (SELECT agency_code FROM read_parquet($truth))
QUALIFY ROW_NUMBER() OVER (PARTITION BY request_id ORDER BY filename) = 1
ORDER BY request_id
"""
Matrix = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, npt.NDArray[np.generic]]:
    """Screen requests of a world full of misuse."""
    out = tmp_path_factory.mktemp("form")
    simulate(out, 8, 150, 11, Week.parse("2026-W46"), events_a_week=14, rows_a_week=25_000)
    query = duckdb.connect().execute(
        ROWS, {"log": str(out / "landing/linkage_log/**/*.parquet"), "truth": str(out / "truth.parquet")}
    )
    return {name: np.ma.asarray(values) for name, values in query.fetchnumpy().items()}


def form(rows: dict[str, npt.NDArray[np.generic]]) -> Matrix:
    """Everything about a row that is form and not behaviour."""
    columns: list[npt.ArrayLike] = []
    for name in ("request_id", "subject_key", "requester_user"):
        columns += [[int(value[i], 16) for value in rows[name]] for i in range(1, 9)]
    for name in ("requested_at", "responded_at"):
        micro = np.ma.filled(rows[name].astype("datetime64[us]").astype(np.int64), 0)
        columns += [micro % 1_000_000, micro % 1_000, micro // 1_000_000 % 60]
    columns += [rows["place"], rows["file_row_number"] % 7]
    for name in ("case_ref", "requester_terminal", "requester_department"):
        columns.append([len(value) if isinstance(value, str) else 13 for value in rows[name]])
    for name in ("items_returned", "response_mode", "inquiry_from", "subject_key_national"):
        columns.append(np.ma.getmaskarray(rows[name]))
    return np.column_stack([np.asarray(c, dtype=np.float64) for c in columns])


def separation(features: Matrix, planted: npt.NDArray[np.bool_], agency: npt.NDArray[np.generic]) -> float:
    """How well trees tell planted rows in agencies they have not seen: the area under the curve."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    model = HistGradientBoostingClassifier(max_depth=4, max_iter=40, class_weight="balanced", random_state=0)
    guess = cross_val_predict(model, features, planted, groups=agency, cv=GroupKFold(4), method="predict_proba")
    return float(roc_auc_score(planted, guess[:, 1]))


def test_nothing_about_its_form_gives_a_planted_row_away(rows: dict[str, npt.NDArray[np.generic]]) -> None:
    planted = np.asarray(rows["is_planted"], dtype=bool)
    assert planted.sum() > 400
    agency = np.unique(np.asarray(rows["requester_agency"], dtype=str), return_inverse=True)[1]
    assert abs(separation(form(rows), planted, agency) - 0.5) < MARGIN


def test_a_telltale_would_be_noticed(rows: dict[str, npt.NDArray[np.generic]]) -> None:
    planted = np.asarray(rows["is_planted"], dtype=bool)
    agency = np.unique(np.asarray(rows["requester_agency"], dtype=str), return_inverse=True)[1]
    features = form(rows)
    rounded = features[:, 24] // 1000 * 1000  # The first id columns are 24; then comes the microsecond.
    features[:, 24] = np.where(planted & (np.arange(len(planted)) % 2 == 0), rounded, features[:, 24])
    features[:, 25] = features[:, 24] % 1000
    assert separation(features, planted, agency) > 0.5 + MARGIN
