"""What lies under LAKE: paths, what everything was made from, revisions, locks, and the journal that makes files change together."""

from pipelines.lake.paths import DELIVERED_TABLES, REFERENCE_TABLES, Lake

__all__ = ["DELIVERED_TABLES", "REFERENCE_TABLES", "Lake"]
