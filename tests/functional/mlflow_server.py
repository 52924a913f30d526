"""MLflow's own server with authentication and a PostgreSQL behind it, as an office would run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.functional.test_registry import free_port, wait_for

PASSWORD = "a-long-password-1"
AUTHENTICATION = """
[mlflow]
default_permission = NO_PERMISSIONS
database_uri = {database}
admin_username = admin
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
auth_cache_ttl_seconds = 300
"""


def postgres_programs() -> Path | None:
    """Where PostgreSQL's programs lie; Debian keeps them off the path, by version."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """A database of its own in a short folder (sockets have short names); yields its address."""
    # PostgreSQL refuses to be run by root.
    other: dict[str, Any] = {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        if other:
            shutil.chown(folder, "nobody", "nogroup")
        quiet: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | other
        made = ["-D", f"{folder}/data", "-A", "trust", "-U", "mlflow", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run([programs / "initdb", *made], check=True, **quiet)
        port = str(free_port())
        options = f"-p {port} -k {folder} -h 127.0.0.1 -c fsync=off"
        control = [programs / "pg_ctl", "-D", f"{folder}/data", "-w"]
        subprocess.run([*control, "-o", options, "start"], check=True, **quiet)
        try:
            yield f"postgresql+psycopg://mlflow@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)


@contextmanager
def authenticated(database: str, folder: Path) -> Iterator[str]:
    """The server, in front of that database; yields its address. Who it knows: `admin` with PASSWORD."""
    (folder / "auth.ini").write_text(AUTHENTICATION.format(database=database), encoding="utf-8")
    port = str(free_port())
    command = [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--workers", "1", "--port", port]
    command += ["--backend-store-uri", database, "--artifacts-destination", str(folder / "artefacts")]
    asked = {
        "MLFLOW_AUTH_CONFIG_PATH": str(folder / "auth.ini"), "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "of the tests",
    }  # fmt: skip
    with (
        (folder / "server.log").open("wb") as told,
        subprocess.Popen(command, cwd=folder, env=os.environ | asked, stdout=told, stderr=told) as server,
    ):
        try:
            wait_for(f"http://127.0.0.1:{port}/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
