"""Two lakes on an MLflow server that asks who one is, with PostgreSQL behind it: models come and go by the commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from pipelines.cli import run
from pipelines.lake import Lake
from pipelines.lake.identity import identity
from pipelines.steps.training import registry
from tests.functional.mlflow_server import PASSWORD, authenticated, postgres, postgres_programs
from tests.functional.test_lifecycle import bundle

AGREED = ("--by", "Sato", "--approved-by", "Tanaka", "--why", "found more")
UNGATED = str(Path(__file__).with_name("ungated.yaml"))
Output = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Account:
    """Who a test is to the server."""

    patch: pytest.MonkeyPatch

    def admin(self, password: str = PASSWORD) -> None:
        self.patch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
        self.patch.setenv("MLFLOW_TRACKING_PASSWORD", password)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; as root: make system")
    with postgres(programs) as database, authenticated(database, tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def account(server: str, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    return Account(monkeypatch)


@pytest.fixture(scope="module")
def lakes(server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Lake]:
    """Two lakes with models on the server: one with a champion, and one with a challenger too."""
    theirs, mine = (Lake(tmp_path_factory.mktemp(name)) for name in ("theirs", "mine"))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as told:
        patch.setenv("MLFLOW_TRACKING_URI", server)
        Account(patch).admin()
        registry(theirs).register(bundle("2026-W40"))
        registry(mine).register(bundle("2026-W41"))
        registry(mine).register(bundle("2026-W42"))
    assert told.getvalue() == "", "standard output is for results: the server's addresses are none"
    return theirs, mine


def shirabe(lake: Lake, *words: str) -> int:
    return run([*words, "--lake", str(lake.root)])


@pytest.mark.parametrize("password", [None, "wrong"])
def test_who_is_not_known_is_told_what_to_set(
    account: Account, tmp_path: Path, password: str | None, capsys: Output
) -> None:
    if password is not None:
        account.admin(password)
    assert shirabe(Lake(tmp_path), "models") == 17
    assert "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD" in capsys.readouterr().err


def test_a_change_that_is_not_permitted_is_told_like_it(
    account: Account, server: str, lakes: tuple[Lake, Lake], capsys: Output
) -> None:
    """Somebody whom the server knows, and lets do nothing."""
    from mlflow.server.auth.client import AuthServiceClient

    account.admin()
    AuthServiceClient(server).create_user("guest", PASSWORD)
    account.patch.setenv("MLFLOW_TRACKING_USERNAME", "guest")
    assert shirabe(lakes[1], "promote", "challenger", *AGREED, "--params", UNGATED) == 17
    assert "does not let this account" in capsys.readouterr().err
    assert not lakes[1].promotions().exists()


def test_models_come_and_go_and_each_lake_has_its_own(account: Account, lakes: tuple[Lake, Lake]) -> None:
    account.admin()
    theirs, mine = lakes
    before, first = registry(theirs).champion_version(), registry(mine).champion_version()
    second = registry(mine).challenger_version()
    assert (str(before).split("/")[0], str(first).split("/")[0]) == ("shirabe", f"shirabe-{identity(mine)[:8]}")
    assert shirabe(mine, "promote", "challenger", *AGREED, "--params", UNGATED) == 0
    loaded = registry(mine).champion()
    assert (loaded.version, loaded.bundle.parameters["until"]) == (second, "2026-W42")
    assert shirabe(mine, "rollback", *AGREED) == 0
    assert registry(mine).champion_version() == first
    assert registry(theirs).champion_version() == before, "the other lake's champion was left alone"
