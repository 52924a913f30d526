"""A DAG for Apache Airflow 3: last week's report, every working day at six.

Exit codes are read as the results contract says: 10 is done with something to ask for, 15, 18 and 20 are worth another try, and
everything else waits for somebody.
"""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

PLACE = "/srv/shirabe"
DONE, REFUSED, AGAIN = 0, 10, (15, 18, 20)


@dag(schedule="0 6 * * 1-5", start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1, tags=["shirabe"])
def shirabe() -> None:
    """One task: the program itself skips what is done and goes on after a kill."""

    @task(retries=4, retry_delay=timedelta(minutes=15))
    def weekly() -> None:
        week = f"{datetime.now() - timedelta(days=7):%G-W%V}"  # noqa: DTZ005  # the machine's own week, as its people have it
        command = ["shirabe", "weekly", "--data", "data", "--lake", "lake", "--week", week, "--log-format", "json"]
        code = subprocess.run(command, cwd=PLACE, check=False).returncode
        if code in AGAIN:
            raise AirflowException(f"shirabe weekly ended with {code}; it is tried again")
        if code == REFUSED:
            print("a delivered file was refused; the rest is reported; ask for that file again")
        elif code != DONE:
            raise AirflowFailException(f"shirabe weekly ended with {code}; see the results contract for what to do")

    weekly()


shirabe()
