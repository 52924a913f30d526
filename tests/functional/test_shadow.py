"""The shadow scores the week beside the champion, alters nothing, and may fail."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pipelines.parameters import Parameters
from pipelines.steps.scoring import score
from pipelines.steps.training import registry
from reports.statement import shadow_sentence
from tests.functional.conftest import Reported
from tests.functional.test_lifecycle import bundle


@pytest.fixture(scope="module")
def copy(reported: Reported, tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The same lake elsewhere, in which models come and go."""
    return reported.copy_to(tmp_path_factory.mktemp("shadow"))


def results(world: Reported) -> dict[str, bytes]:
    tables = [table for table in world.lake.tables(world.week) if table.name != "coverage.json"]
    return {str(table.relative_to(world.lake.root)): table.read_bytes() for table in tables}


def said(world: Reported) -> dict[str, Any]:
    score(world.lake, world.week, Parameters())
    found: dict[str, Any] = json.loads(world.lake.coverage(world.week).read_text(encoding="utf-8"))["shadow"]
    return found


def test_without_a_shadow_nothing_is_said(reported: Reported) -> None:
    coverage = json.loads(reported.lake.coverage(reported.week).read_text(encoding="utf-8"))
    assert coverage["shadow"] == {}
    page = (reported.lake.report(reported.week) / "report.html").read_text(encoding="utf-8")
    assert shadow_sentence({}).ja in page


def test_shadow_is_held_beside_the_champion_and_alters_no_table(copy: Reported) -> None:
    before, models = results(copy), registry(copy.lake)
    champion = models.champion().bundle
    models.register(replace(champion, fingerprint="f" * 64))
    models.cast_shadow(models.find("challenger"))
    found = said(copy)
    assert found["version"] == models.shadow_version()
    assert found["cases"] == found["own"] == found["shared"] > 0, "the same model again has the same list"
    assert found["correlation"] == 1.0
    assert results(copy) == before
    assert str(found["shared"]) in shadow_sentence(found).en


def test_shadow_that_fails_is_said_and_the_week_goes_on(copy: Reported) -> None:
    before, models = results(copy), registry(copy.lake)
    models.register(bundle("2026-W42"))
    models.cast_shadow(models.find("challenger"))
    found = said(copy)
    assert "failed" in found
    assert results(copy) == before
    assert found["failed"] in shadow_sentence(found).en


def test_shadow_that_learned_from_the_week_does_not_score_it(copy: Reported) -> None:
    models = registry(copy.lake)
    models.register(bundle("2026-W48"))
    models.cast_shadow(models.find("challenger"))
    assert "has learned from this week" in said(copy)["failed"]
