"""A whole tree through all checks: what `tongguan inspect` shows, memory growing only by the checks' figures."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tongguan.catalog.formats.base import Format, ReadItem, Report, Tree
from tongguan.catalog.formats.tree import skipped_members
from tongguan.catalog.media.base import MediaProblem
from tongguan.prepare.checks.base import ItemFacts, Problem
from tongguan.prepare.checks.gate import Verdict, verdict
from tongguan.prepare.checks.measurement import Measurement, measure
from tongguan.prepare.checks.run import CheckRun
from tongguan.prepare.checks.tables.choice import TableWish
from tongguan.prepare.checks.tables.facts import TableFacts
from tongguan.prepare.checks.tables.looking import TableSeen, look_at_tables
from tongguan.prepare.checks.tally import Tally

# Decoding and hashing leave Python's lock, so two threads use two cores; more only hold more pictures in memory.
THREADS = 2
IN_FLIGHT = 8
LARGEST_FILE = 2 * 2**30

Measured = tuple[Measurement | None, tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Example:
    """An item to look at: its preview as a JPEG, or a piece of its text."""

    item: str
    picture: bytes | None = None
    text: str = ""
    labels: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a tree holds and what is wrong with it."""

    report: Report
    problems: list[Problem]
    verdict: Verdict
    tally: Tally = field(default_factory=Tally)
    tables: list[TableSeen] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


def inspect_tables(tree: Tree, wish: TableWish = TableWish()) -> Inspection:
    """Reads every table of a tree and runs all checks. Raises ChoiceProblem where what was asked for does not exist."""
    report, run, tally = Report(), CheckRun(), Tally()
    for name, reason in skipped_members(tree):
        report.refuse(name, "file", f"left out of the source: {reason}")

    def take(facts: TableFacts) -> None:
        run.add_table(facts)
        tally.media["table"] += facts.table.rows
        for side in facts.sides():
            tally.sides[side or ""] += 1
        if facts.target is not None and facts.target.type == "category":
            levels, codes = facts.target.levels, facts.target.codes
            counts = {level: int((codes == at).sum()) for at, level in enumerate(levels)}
            tally.classes.setdefault("class", Counter()).update(counts)

    tables = look_at_tables(tree, wish, report, take)
    damaged = [Problem(each.item, each.check, each.reason) for each in report.refused if each.check]
    problems = [*damaged, *run.finish()]
    return Inspection(report, problems, verdict(problems), tally, tables)


def inspect_tree(tree: Tree, source: Format, progress: Callable[[int], None] = lambda items: None) -> Inspection:
    """Reads every item and every picture of a tree, and runs all checks."""
    report, run, tally = Report(), CheckRun(), Tally()
    for name, reason in skipped_members(tree):
        report.refuse(name, "file", f"left out of the source: {reason}")
    with ThreadPoolExecutor(THREADS) as pool:
        for facts in _facts(tree, source, report, pool):
            run.add(facts)
            tally.add(facts)
            progress(report.items)
    problems = run.finish()
    return Inspection(report, problems, verdict(problems), tally)


def _facts(tree: Tree, source: Format, report: Report, pool: ThreadPoolExecutor) -> Iterator[ItemFacts]:
    waiting: deque[tuple[ReadItem, tuple[tuple[str, str], ...], Future[Measured] | Measured]] = deque()
    seen = len(report.refused)
    for item in source.read(tree, report):
        marks = tuple(
            (refused.check, refused.reason)
            for refused in report.refused[seen:]
            if refused.check and refused.item == item.name[:300]
        )
        seen = len(report.refused)
        waiting.append((item, marks, _begin(tree, item, pool)))
        if len(waiting) >= IN_FLIGHT:
            yield _collect(*waiting.popleft())
    while waiting:
        yield _collect(*waiting.popleft())


def _begin(tree: Tree, item: ReadItem, pool: ThreadPoolExecutor) -> Future[Measured] | Measured:
    """Reads the bytes here, since archives are not read from two threads, and measures them in the pool."""
    if item.path is None:
        return None, ("unreadable", "the picture is absent")
    try:
        size = tree.size(item.path)
        if size > LARGEST_FILE:
            return None, ("unreadable", f"{size:,} bytes: a picture of at most {LARGEST_FILE:,} is read")
        with tree.open(item.path) as stream:
            data = stream.read()
    except OSError as error:
        return None, ("unreadable", f"the file cannot be read: {error}")
    return pool.submit(measured, data, item.path)


def measured(data: bytes, name: str) -> Measured:
    """The measurement of a picture, or (check, detail) of what is wrong with its file."""
    try:
        return measure(data, name), None
    except MediaProblem as problem:
        return None, (problem.check, problem.detail)


def _collect(item: ReadItem, marks: tuple[tuple[str, str], ...], result: Future[Measured] | Measured) -> ItemFacts:
    found, damage = result.result() if isinstance(result, Future) else result
    return ItemFacts(
        name=item.name,
        measurement=found,
        damage=damage,
        labels=item.labels,
        side=item.side,
        group=item.group,
        refused_marks=marks,
    )
