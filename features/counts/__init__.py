"""What requests of an agency are counted by: two files each; this module finds again the requests behind a number."""

from __future__ import annotations

import pyarrow as pa

from features.catalogue import query
from features.engines.engine import Engine
from features.order import parameters_of
from features.weeks import Week

_OPEN = """
    WITH request AS (SELECT * FROM week_log WHERE requester_agency = $agency),
    latest AS (SELECT MAX(monday) AS monday FROM recent_agency_seen WHERE monday < $monday),
    earlier_agency_profile AS (SELECT p.* FROM recent_agency_profile p JOIN latest l ON l.monday = p.monday),
    earlier_agency_seen AS (SELECT s.* FROM recent_agency_seen s JOIN latest l ON l.monday = s.monday)
"""


def requests_counted(engine: Engine, counted: str, agency: str, cell: str, week: Week) -> pa.Table:
    """The week's requests of an agency in a cell of a count; the week's log and history are open in the engine."""
    sql = f"{_OPEN}, counted_here AS ({query('counts', counted)}) {query('evidence', 'count')}"
    given = {"agency": agency, "cell": cell, "monday": week.monday, "week_start": week.start}
    return engine.arrow(sql, {key: given[key] for key in parameters_of(sql)})
