"""Looking at the first bytes of a few files: enough to tell whose they are."""

from __future__ import annotations

from collections.abc import Callable, Collection

from tongguan.catalog.formats.base import Sniff, Tree
from tongguan.catalog.formats.paths import is_junk, suffix_of
from tongguan.catalog.formats.text import read_head

LOOKED_AT = 20


def members_of(tree: Tree, suffixes: Collection[str]) -> list[str]:
    """Members with one of the suffixes (lower case, with dot), without what systems leave behind."""
    return [path for path in tree.list() if suffix_of(path) in suffixes and not is_junk(path)]


def sample(paths: list[str], size: int = LOOKED_AT) -> list[str]:
    """A few of them, spread over the list."""
    step = max(1, len(paths) // size)
    return paths[::step][:size]


def matching(tree: Tree, suffixes: Collection[str], fits: Callable[[bytes, str], bool], size: int = 4096) -> list[str]:
    """All members with one of the suffixes whose first bytes fit."""
    return [path for path in members_of(tree, suffixes) if fits(read_head(tree, path, size), path)]


def sniff_heads(
    tree: Tree,
    suffixes: Collection[str],
    fits: Callable[[bytes, str], bool],
    what: str,
    *,
    one_is_enough: bool = False,
    score: float = 0.95,
    size: int = 4096,
) -> Sniff:
    """Score times the share of sampled files that fit; with `one_is_enough` the whole score for one of them."""
    files = members_of(tree, suffixes)
    if not files:
        return Sniff(0.0, f"no {'/'.join(sorted(suffixes))} files")
    looked = sample(files)
    fit = [path for path in looked if fits(read_head(tree, path, size), path)]
    if not fit:
        return Sniff(0.0, f"{len(files)} {'/'.join(sorted(suffixes))} files, none {what}")
    share = 1.0 if one_is_enough else len(fit) / len(looked)
    return Sniff(score * share, f"{fit[0]} is {what}")
