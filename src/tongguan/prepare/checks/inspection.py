"""A whole tree through all checks: what `tongguan inspect` shows, memory growing only by the checks' figures."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tongguan.catalog.formats.base import Reader, ReadItem, Report, Tree
from tongguan.catalog.formats.tree import skipped_members
from tongguan.prepare.checks.base import ItemFacts, Problem
from tongguan.prepare.checks.examples import Example, Examples
from tongguan.prepare.checks.gate import Verdict, verdict
from tongguan.prepare.checks.looks import LARGEST_FILE, Look, look_at_file, look_at_picture, look_at_text, media_of
from tongguan.prepare.checks.run import CheckRun
from tongguan.prepare.checks.tables.choice import TableWish
from tongguan.prepare.checks.tables.facts import TableFacts
from tongguan.prepare.checks.tables.looking import TableSeen, look_at_tables
from tongguan.prepare.checks.tally import Tally

# Decoding and hashing leave Python's lock, so two threads use two cores; more only hold more pictures in memory.
THREADS = 2
IN_FLIGHT = 8


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


def inspect_tree(tree: Tree, source: Reader, progress: Callable[[int], None] = lambda items: None) -> Inspection:
    """Reads every item and every file of a tree, and runs all checks."""
    report, run, tally, examples = Report(), CheckRun(), Tally(), Examples()
    for name, reason in skipped_members(tree):
        report.refuse(name, "file", f"left out of the source: {reason}")
    with ThreadPoolExecutor(THREADS) as pool:
        for item, facts in _facts(tree, source, report, pool):
            run.add(facts)
            tally.add(facts)
            examples.add(item, facts)
            progress(report.items)
    problems = run.finish()
    return Inspection(report, problems, verdict(problems), tally, examples=examples.chosen)


def _facts(
    tree: Tree, source: Reader, report: Report, pool: ThreadPoolExecutor
) -> Iterator[tuple[ReadItem, ItemFacts]]:
    waiting: deque[tuple[ReadItem, tuple[tuple[str, str], ...], Future[Look] | Look]] = deque()
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


def _begin(tree: Tree, item: ReadItem, pool: ThreadPoolExecutor) -> Future[Look] | Look:
    """Reads the bytes here, since archives are not read from two threads, and measures pictures in the pool."""
    media = media_of(item)
    if item.path is None:
        if item.text is not None:
            return look_at_text(item.text, media)
        what = {"image": "the picture is absent", "conversation": "the line holds no messages with a role and a text"}
        return Look(media, damage=("unreadable", what.get(media, "the file is absent")))
    try:
        size = tree.size(item.path)
        if media == "image" and size > LARGEST_FILE:
            return Look(media, damage=("unreadable", f"{size:,} bytes: a picture of at most {LARGEST_FILE:,} is read"))
        if media != "image":
            return look_at_file(tree, item.path, media)
        with tree.open(item.path) as stream:
            data = stream.read()
    except OSError as error:
        return Look(media, damage=("unreadable", f"the file cannot be read: {error}"))
    return pool.submit(look_at_picture, data, item.path)


def _collect(
    item: ReadItem, marks: tuple[tuple[str, str], ...], result: Future[Look] | Look
) -> tuple[ReadItem, ItemFacts]:
    look = result.result() if isinstance(result, Future) else result
    details = {**look.details, **({"bytes": look.size} if look.size else {})}
    facts = ItemFacts(
        name=item.name,
        measurement=look.measurement,
        damage=look.damage,
        labels=item.labels,
        side=item.side,
        group=item.group,
        refused_marks=marks,
        media=look.media,
        sha256=look.sha256,
        text=item.text,
        details=details,
    )
    return item, facts
