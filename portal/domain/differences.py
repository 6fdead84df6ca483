"""What differs between two texts of a notice: paragraphs side by side, lists by entry, in words.

Paragraphs are aligned with difflib. Where a stretch of them was replaced by another, the rewritten
ones are found by the pairs of characters that two share, so that a paragraph put in before a
rewritten one does not make both look new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from portal.domain.earlier_lists import similar
from portal.domain.names import name_key

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from portal.domain.notice import Entry

# A paragraph that shares less with another is a new one, not the other rewritten.
_REWRITTEN = 0.35
# Above these products of lengths a comparison would take seconds: it says less instead.
_MOST_PAIRS = 40_000
_MOST_CHARACTERS = 1_000_000
_MOST_NAMES = 2_500


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a paragraph; `changed` when the other text does not have it there."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph in both texts; its number in each from 1, or 0 and nothing where one lacks it."""

    old: int
    new: int
    before: tuple[Stretch, ...]
    after: tuple[Stretch, ...]

    @property
    def same(self) -> bool:
        """Whether both texts have it alike."""
        return not any(stretch.changed for stretch in (*self.before, *self.after))


@dataclass(frozen=True, slots=True)
class EntryPair:
    """An entry in both lists; None where one lacks it. `old` is its place in the former, from 0."""

    before: Entry | None
    after: Entry | None
    old: int = 0

    @property
    def same(self) -> bool:
        """Whether both lists say the same of it."""
        return bool(self.before and self.after and self.before[:-1] == self.after[:-1])


def paragraph_pairs(before: Sequence[str], after: Sequence[str]) -> tuple[Pair, ...]:
    """Both texts paragraph by paragraph, in their order; nothing of either is left out."""
    return tuple(
        _pair(before, after, old, new)
        for old, new in _aligned(before, after)
    )  # fmt: skip


def _pair(before: Sequence[str], after: Sequence[str], old: int | None, new: int | None) -> Pair:
    left = "" if old is None else before[old]
    right = "" if new is None else after[new]
    changed = stretches(left, right)
    return Pair(0 if old is None else old + 1, 0 if new is None else new + 1, *changed)


def _aligned(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[int | None, int | None]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(range(i, i_end), range(j, j_end), strict=True)
        else:
            yield from _rewritten(before, after, range(i, i_end), range(j, j_end))


def _rewritten(
    before: Sequence[str], after: Sequence[str], old: range, new: range
) -> Iterator[tuple[int | None, int | None]]:
    """The pairs of a replaced stretch that keep the order and share most; the rest stands alone.

    Like the longest common subsequence, with likeness as the weight: `best[i][j]` is what can be
    had of the paragraphs from the i-th and the j-th on.
    """
    pairs = [Counter(pairwise(t)) for t in (before[i] for i in old)]
    others = [Counter(pairwise(t)) for t in (after[j] for j in new)]
    if len(old) * len(new) > _MOST_PAIRS:
        yield from ((i, None) for i in old)
        yield from ((None, j) for j in new)
        return
    alike = [[_likeness(one, other) for other in others] for one in pairs]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    i = j = 0
    while i < len(old) or j < len(new):
        both = i < len(old) and j < len(new)
        if both and alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif j == len(new) or (both and best[i][j] == best[i + 1][j]):
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1


def _likeness(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> float:
    """Dice's coefficient of two texts' pairs of characters; 0 for too little to be a rewriting."""
    total = one.total() + other.total()
    share = 2 * (one & other).total() / total if total else 0.0
    return share if share >= _REWRITTEN else 0.0


def stretches(before: str, after: str) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """What of each text the other does not have; put together they give the two texts again."""
    if before == after:
        same = (Stretch(before),) if before else ()
        return same, same
    if not (before and after) or len(before) * len(after) > _MOST_CHARACTERS:
        return _whole(before), _whole(after)
    left: list[Stretch] = []
    right: list[Stretch] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        # One character that two rewritten phrases happen to share tells a reader nothing.
        inside = i > 0 and j > 0 and i_end < len(before) and j_end < len(after)
        changed = kind != "equal" or (inside and i_end - i == 1)
        _add(left, before[i:i_end], changed=changed)
        _add(right, after[j:j_end], changed=changed)
    return tuple(left), tuple(right)


def _add(found: list[Stretch], text: str, *, changed: bool) -> None:
    if found and found[-1].changed == changed:
        text = found.pop().text + text
    if text:
        found.append(Stretch(text, changed))


def _whole(text: str) -> tuple[Stretch, ...]:
    return (Stretch(text, changed=True),) if text else ()


def entry_pairs(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[EntryPair, ...]:
    """Both lists entry by entry: those of the new one in its order, then what it lacks.

    Entries are found again first whole, then by name with employer, by name, by credit code, and at
    last, in lists that are short enough, by a near name.
    """
    old, new = dict(enumerate(before)), dict(enumerate(after))
    found: dict[int, int] = {}
    for key in _KEYS:
        _match(old, new, key, found)
    if len(old) * len(new) <= _MOST_NAMES:
        for j, entry in list(new.items()):
            i = next((i for i, other in old.items() if similar(other, entry)), None)
            if i is not None:
                found[j] = i
                del old[i], new[j]
    here = []
    for j, entry in enumerate(after):
        i = found.get(j)
        here.append(EntryPair(None, entry) if i is None else EntryPair(before[i], entry, i))
    return (*here, *(EntryPair(entry, None, i) for i, entry in old.items()))


_KEYS: tuple[Callable[[Entry], Hashable], ...] = (
    lambda entry: (*entry[:-2], entry.more),  # all but its line
    lambda entry: (name_key(entry.name), entry.category, name_key(entry.employer)),
    lambda entry: (name_key(entry.name), entry.category.individual),
    lambda entry: entry.credit_code or None,
)


def _match(
    old: dict[int, Entry],
    new: dict[int, Entry],
    key: Callable[[Entry], Hashable],
    found: dict[int, int],
) -> None:
    """Pair what has the same key, first with first, and take it out of both."""
    by_key: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i in reversed(old):
        by_key[key(old[i])].append(i)
    for j, entry in list(new.items()):
        same = by_key.get(key(entry)) if key(entry) is not None else None
        if same:
            found[j] = i = same.pop()
            del old[i], new[j]


_FIELDS = {
    "grade": "奖项",
    "category": "类别",
    "name": "名称",
    "credit_code": "统一社会信用代码",
    "county": "县（区）",
    "employer": "工作单位",
    "position": "职务",
    "remark": "备注",
}


def entry_text(entry: Entry) -> str:
    """An entry in one line, as a comparison shows it."""
    values = (getattr(entry, field) for field in ("name", *_FIELDS) if field != "name")
    return "　".join([entry.name, *(str(value) for value in values if value)])


def entry_words(pairs: Iterable[EntryPair]) -> tuple[str, ...]:
    """`名单新增1项：甲公司`, `名单删去1项：…`, `“乙公司”的县（区）由“东山区”改为“西河县”`."""
    pairs = tuple(pairs)
    added = [p.after.name for p in pairs if p.before is None and p.after]
    removed = [p.before.name for p in pairs if p.after is None and p.before]
    changed = (_entry_change(p.before, p.after) for p in pairs if p.before and p.after)
    return (
        *((f"名单新增{len(added)}项：{'、'.join(added)}",) if added else ()),
        *((f"名单删去{len(removed)}项：{'、'.join(removed)}",) if removed else ()),
        *filter(None, changed),
    )


def _entry_change(before: Entry, after: Entry) -> str:
    told = []
    for field, label in _FIELDS.items():
        old, new = str(getattr(before, field) or ""), str(getattr(after, field) or "")
        if old == new:
            continue
        if field == "name":
            told.append(f"{label}改为“{new}”")
        elif not old:
            told.append(f"{label}补上“{new}”")
        elif not new:
            told.append(f"{label}“{old}”删去")
        else:
            told.append(f"{label}由“{old}”改为“{new}”")
    return f"名单中“{before.name}”的{'，'.join(told)}" if told else ""


def moved(pairs: Iterable[EntryPair]) -> bool:
    """Whether the entries that both lists have stand in another order."""
    order = [pair.old for pair in pairs if pair.before and pair.after]
    return order != sorted(order)


def paragraph_words(pairs: Iterable[Pair], old: str, new: str) -> tuple[str, ...]:
    """`正文新增1段（第2版的第3段）`, …; `old` and `new` name the texts."""
    pairs = tuple(pairs)
    groups = (
        ("新增", new, [pair.new for pair in pairs if not pair.old]),
        ("删去", old, [pair.old for pair in pairs if not pair.new]),
        ("改写", new, [pair.new for pair in pairs if pair.old and pair.new and not pair.same]),
    )
    return tuple(
        f"正文{what}{len(numbers)}段（{where}的{ranges(numbers)}）"
        for what, where, numbers in groups
        if numbers
    )


def ranges(numbers: Sequence[int]) -> str:
    """`第1段、第3至5段`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(
        f"第{run[0]}段" if len(run) == 1 else f"第{run[0]}至{run[-1]}段" for run in runs
    )
