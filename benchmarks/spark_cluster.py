"""A real standalone Spark cluster on loopback: one master and some workers, each a process of its own.

`python -m benchmarks.spark_cluster [--workers 2] [--cores 1] [--memory 1g]` prints the master's address and stays until
it is interrupted; tests and the benchmark start it themselves.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

HOST = "127.0.0.1"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


@dataclass
class Cluster:
    """The processes, and the address for `--master`."""

    folder: Path
    workers: int = 2
    cores: int = 1
    memory: str = "1g"
    master: str = field(init=False)
    processes: list[subprocess.Popen[bytes]] = field(init=False, default_factory=list)

    def start(self, wait: float = 90.0) -> None:
        """Start all and wait until the workers have registered; TimeoutError, and all ended, if they do not."""
        port, page = _free_port(), _free_port()
        self.master = f"spark://{HOST}:{port}"
        self._run("master", "master.Master", "--host", HOST, "--port", str(port), "--webui-port", str(page))
        for number in range(self.workers):
            work = self.folder / f"worker-{number}"
            options = [
                "--cores",
                str(self.cores),
                "--memory",
                self.memory,
                "--work-dir",
                str(work),
                "--webui-port",
                "0",
            ]
            self._run(f"worker-{number}", "worker.Worker", "--host", HOST, *options, self.master)
        until = time.monotonic() + wait
        while self._registered(page) < self.workers:
            if time.monotonic() > until:
                self.stop()
                raise TimeoutError(f"the workers did not register within {wait:.0f} s; see {self.folder}")
            time.sleep(0.3)

    def _run(self, name: str, kind: str, *options: str) -> None:
        spec = find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *options]
        environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_DAEMON_MEMORY": "256m"}
        with (self.folder / f"{name}.log").open("wb") as log:
            # A group of its own, so that a worker goes down together with its executors, as a machine would.
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)

    def _registered(self, page: int) -> int:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{page}/json/", timeout=2) as answer:
            return int(json.load(answer)["aliveworkers"])
        return 0

    def kill_worker(self, number: int) -> None:
        """End a worker and its executors at once, as if its power had failed."""
        _end(self.processes[1 + number], signal.SIGKILL)

    def stop(self) -> None:
        """End everything."""
        for process in reversed(self.processes):
            _end(process, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait()


@contextlib.contextmanager
def running(folder: Path, workers: int = 2, cores: int = 1, memory: str = "1g") -> Iterator[Cluster]:
    """A cluster for as long as the block lasts; logs and the workers' folders go to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(folder, workers, cores, memory)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


def main() -> None:
    """Run a cluster until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="worker processes")
    parser.add_argument("--cores", type=int, default=1, help="cores of each")
    parser.add_argument("--memory", default="1g", help="memory of each")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), given.workers, given.cores, given.memory) as cluster,
        contextlib.suppress(KeyboardInterrupt),
    ):
        print(cluster.master, flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
