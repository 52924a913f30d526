"""Affairs, procedures and items with made-up codes, and who may use them: the authority table, dated."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from data_samples.simulator import japan
from data_samples.simulator.chance import Bools, Floats, Ints, Small, stream
from data_samples.simulator.settings import Settings

KINDS = (
    "ministry",
    "prefecture",
    "designated_city",
    "city",
    "ward",
    "town",
    "village",
    "insurer",
    "pension",
    "other",
)
MUNICIPAL, PREFECTURE, MINISTRY, PENSION, INSURER, OTHER = range(6)
"""Classes of agencies that the statute's words tell apart."""
KINDS_OF_CLASS = (
    ("designated_city", "city", "ward", "town", "village"),
    ("prefecture",),
    ("ministry",),
    ("pension",),
    ("insurer",),
    ("other",),
)
_WORDS = (
    (MUNICIPAL, re.compile("市町村長|都道府県知事等|広島市長|保健所を設置する市|市町村教育委員会")),
    (PREFECTURE, re.compile("都道府県")),
    (MINISTRY, re.compile("大臣")),
    (PENSION, re.compile("日本年金機構")),
    (INSURER, re.compile("健康保険組合|健康保険協会|共済組合|医療保険者|後期高齢者医療広域連合")),
)
FIELDS = (
    "tax",
    "insurance",
    "care",
    "disability",
    "child",
    "welfare",
    "housing",
    "health",
    "resident",
    "school",
)
_FIELD_WORDS = (
    "地方税", "健康保険|高齢者の医療|国民年金", "介護|老人", "障害|精神", "児童|母子|子育て",
    "生活保護|残留邦人", "住宅", "予防接種|感染症|原子爆弾|難病", "災害|住民", "学校|就学|教育|奨学",
)  # fmt: skip
_FIELD_VOLUME = (6.0, 5.0, 3.0, 2.0, 4.0, 2.5, 0.8, 0.8, 0.7, 0.6)
MOST_ITEMS = 6
PROFILES = 5
"""Yearly courses of work: flat, tax year, dependants, spring, year end."""
_PROFILE_OF_FIELD = (1, 2, 0, 0, 2, 0, 3, 0, 0, 3)


@dataclass(frozen=True)
class Law:
    """Procedures as parallel arrays; the items of a procedure are a stretch of `item`."""

    affair: Small
    field: Small
    weight: Floats
    classes: Bools
    """(procedures, 6): which classes of agencies carry the procedure out."""
    first: Ints
    count: Ints
    item: Small
    provider_class: Small
    usual: Floats
    """How often a sitting asks for the item."""
    starts: Ints
    """Day from which the procedure is in force."""
    ends: Ints
    profile: Small
    window: Small
    """Years that an inquiry asks about."""
    household: Floats
    """How strongly the procedure looks at a whole household."""
    affair_codes: list[str]
    procedure_codes: list[str]
    item_codes: list[str]
    affair_names: list[str]
    procedure_names: list[str]
    item_names: list[str]

    def __len__(self) -> int:
        return len(self.affair)


def classes_named(text: str) -> list[int]:
    """The classes of agencies that the statute's wording means."""
    named = [number for number, words in _WORDS if words.search(text)]
    return named or [OTHER]


def field_of(affair: str) -> int:
    """The field of work an affair belongs to, by the statute's words; the last one that fits no other."""
    for number, words in enumerate(_FIELD_WORDS):
        if re.search(words, affair):
            return number
    return FIELDS.index("resident")


def items_named(info: str) -> list[str]:
    """The separate pieces of information that one line of the table grants (at most four)."""
    text = info.replace("であって主務省令で定めるもの", "")
    pieces = [p for p in re.split("、|又は|若しくは", text) if p.endswith(("情報", "」という。）"))]
    return (pieces or [text])[:4]


def short_name(text: str, most: int = 40) -> str:
    """What people call it: the short name that the statute itself gives, else its words without brackets; of long ones the
    statute's title or the first words."""
    given = re.search("以下(?:この項において)?「([^」]+)」", text)
    plain = re.sub("（[^（）]*(?:（[^（）]*）[^（）]*)*）", "", text).replace("であって主務省令で定めるもの", "")
    name = given[1] if given else re.sub("（.*", "", plain)
    title = re.match("(.+?法(?:律)?)(?:第|に|による)", name)
    return (
        name if len(name) <= most else f"{title[1]}の事務" if title and len(title[1]) < most - 3 else f"{name[:most]}…"
    )


@dataclass(frozen=True)
class _Affair:
    name: str
    field: int
    classes: frozenset[int]
    items: list[tuple[int, int]]


def _affairs() -> tuple[list[_Affair], list[str]]:
    """The affairs of the table, and what its items are called."""
    numbers: dict[str, int] = {}
    texts: dict[tuple[str, str], int] = {}
    requesters: dict[int, set[int]] = {}
    items: dict[int, list[tuple[int, int]]] = {}
    fields: dict[int, int] = {}
    names: dict[int, str] = {}
    for line in japan.entitlements():
        affair = texts.setdefault((line.line, line.requester), len(texts))
        fields[affair] = field_of(line.affair)
        names[affair] = short_name(line.affair)
        requesters.setdefault(affair, set()).update(classes_named(line.requester))
        for piece in items_named(line.info):
            item = numbers.setdefault(piece, len(numbers))
            pairs = ((item, provider) for provider in classes_named(line.provider)[:2])
            items.setdefault(affair, []).extend(p for p in pairs if p not in items[affair])
    found = [_Affair(names[a], fields[a], frozenset(requesters[a]), items[a]) for a in texts.values()]
    return found, [short_name(piece) for piece in numbers]


def enact(settings: Settings) -> Law:
    """Procedures for every affair of the table: few are used much, most hardly ever."""
    rng = stream(settings.seed, 1)
    affairs, items = _affairs()
    per_affair = 1 + np.minimum(rng.zipf(1.6, len(affairs)), 12)
    owner = np.repeat(np.arange(len(affairs)), per_affair)
    n = len(owner)
    order = rng.permutation(n)
    weight = (1.0 + order) ** -1.15 * np.array([_FIELD_VOLUME[affairs[a].field] for a in owner])
    chosen = [_chosen_items(affairs[a].items, rng) for a in owner]
    count = np.array([len(c) for c in chosen])
    flat = [pair for pairs in chosen for pair in pairs]
    starts, ends = _dates(settings, n, weight, rng)
    field = np.array([affairs[a].field for a in owner], dtype=np.int32)
    return Law(
        affair=owner.astype(np.int32),
        field=field,
        weight=weight / weight.sum(),
        classes=np.array([[c in affairs[a].classes for c in range(6)] for a in owner]),
        first=np.cumsum(count) - count,
        count=count,
        item=np.array([i for i, _ in flat], dtype=np.int32),
        provider_class=np.array([p for _, p in flat], dtype=np.int32),
        usual=_usual(count, rng),
        starts=starts,
        ends=ends,
        profile=np.where(rng.random(n) < 0.7, np.array(_PROFILE_OF_FIELD)[field], rng.integers(0, PROFILES, n)).astype(
            np.int32
        ),
        window=rng.choice([1, 1, 2, 3, 5], n).astype(np.int32),
        household=rng.beta(1.2, 2.0, n),
        affair_codes=_codes("JM", len(affairs), rng),
        procedure_codes=_codes("JT", n, rng),
        item_codes=_codes("TM", len(items), rng),
        affair_names=[affair.name for affair in affairs],
        procedure_names=_numbered([affairs[a].name for a in owner]),
        item_names=items,
    )


def _numbered(names: list[str]) -> list[str]:
    """Procedures of one affair are told apart by number: the statute names none."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(f"{name}・手続{seen[name]}")
    return told


def _chosen_items(pairs: list[tuple[int, int]], rng: np.random.Generator) -> list[tuple[int, int]]:
    size = min(len(pairs), int(rng.integers(2, MOST_ITEMS + 1)))
    return [pairs[i] for i in rng.permutation(len(pairs))[:size]]


def _usual(count: Ints, rng: np.random.Generator) -> Floats:
    """The first item of a procedure nearly always, later ones less, the last ones hardly ever."""
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    share = np.array([0.93, 0.6, 0.35, 0.1, 0.04, 0.02])[place]
    usual: Floats = np.clip(share * rng.uniform(0.6, 1.4, len(place)), 0.01, 0.98)
    return usual


def _dates(settings: Settings, n: int, weight: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Most procedures are in force throughout; some of the middling ones begin, a few end."""
    span = settings.weeks * 7
    starts = np.full(n, settings.first_day - 2000)
    ends = np.full(n, settings.first_day + 20_000)
    middling = np.argsort(-weight)[n // 12 : n // 2]
    new = rng.choice(middling, max(3, n // 25), replace=False)
    starts[new] = settings.first_day + rng.integers(span // 6, span + 60, len(new))
    old = rng.choice(np.setdiff1d(middling, new), max(2, n // 60), replace=False)
    ends[old] = settings.first_day + rng.integers(span // 3, span + 30, len(old))
    return starts, ends


def _codes(prefix: str, n: int, rng: np.random.Generator) -> list[str]:
    numbers = rng.choice(9_000_000, n, replace=False) + 1_000_000
    return [f"{prefix}{number:014d}" for number in numbers]
