"""The rules of a period: base wage, quota, rates, difficulty and quality steps, from one TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from tongguan.settle.payslip.numbers import WRITE_LIKE, parse_decimal
from tongguan.settle.payslip.problems import BadPayInput, Problem

_KEYS = ("base_fen", "quota_units", "rates", "difficulty", "quality")
_STEP_KEYS = ("at_least", "coefficient")


@dataclass(frozen=True, slots=True)
class QualityStep:
    """An accepted share of `at_least` or more pays with `coefficient`."""

    at_least: Decimal
    coefficient: Decimal


def _empty() -> Mapping[str, Decimal]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rates:
    """`base_fen` is paid in full; units beyond `quota_units` pay `rates` (fen a unit) x `difficulty` x quality."""

    base_fen: int
    quota_units: Decimal
    rates: Mapping[str, Decimal] = field(default_factory=_empty)
    difficulty: Mapping[str, Decimal] = field(default_factory=_empty)
    quality: tuple[QualityStep, ...] = ()


def parse_rates(text: bytes | str, name: str = "rates") -> Rates:
    """Reads the TOML text of a period's rules; `name` stands in the problems. BadPayInput names all of them at once."""
    problems: list[Problem] = []
    table = _load(text, name)
    problems += [
        Problem(name, key, f"is not known; the keys are {', '.join(_KEYS)}") for key in table if key not in _KEYS
    ]
    base = table.get("base_fen")
    if not isinstance(base, int) or isinstance(base, bool) or base < 0:
        problems.append(Problem(name, "base_fen", "must be a whole number of fen, 0 or more, for instance 350000"))
        base = 0
    quota = _number(table.get("quota_units"), name, "quota_units", problems)
    rates = _numbers(table.get("rates"), name, "rates", problems)
    difficulty = _numbers(table.get("difficulty", {}), name, "difficulty", problems)
    quality = _steps(table.get("quality", []), name, problems)
    if problems:
        raise BadPayInput(problems)
    return Rates(base, quota, rates, difficulty, quality)


def _load(text: bytes | str, name: str) -> dict[str, Any]:
    try:
        decoded = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1 if isinstance(text, bytes) else 0
        raise BadPayInput([Problem(name, "", f"line {line} is not UTF-8; save the file as UTF-8")]) from error
    try:
        return tomllib.loads(decoded, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise BadPayInput([Problem(name, "", f"is not valid TOML: {error}")]) from error


def _number(value: object, name: str, key: str, problems: list[Problem]) -> Decimal:
    if value is None:
        problems.append(Problem(name, key, f"is missing; {WRITE_LIKE}"))
        return Decimal(0)
    # A bare TOML float is read as the decimal that is written there, never as a binary float.
    usable = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    number = parse_decimal(str(value).strip()) if usable else None
    if number is None:
        problems.append(Problem(name, key, f"{str(value)[:40]!r} is not a number of 0 or more; {WRITE_LIKE}"))
        return Decimal(0)
    return number


def _numbers(value: object, name: str, key: str, problems: list[Problem]) -> Mapping[str, Decimal]:
    if not isinstance(value, dict):
        problems.append(Problem(name, key, f'must be a table: [{key}] with lines like box = "6.5"'))
        return _empty()
    return MappingProxyType({each: _number(number, name, f"{key}.{each}", problems) for each, number in value.items()})


def _steps(value: object, name: str, problems: list[Problem]) -> tuple[QualityStep, ...]:
    if not isinstance(value, list) or not all(isinstance(step, dict) for step in value):
        problems.append(Problem(name, "quality", "must be a list of [[quality]] tables with at_least and coefficient"))
        return ()
    steps = []
    for number, step in enumerate(value, start=1):
        problems += [
            Problem(name, f"quality[{number}].{key}", f"is not known; the keys are {', '.join(_STEP_KEYS)}")
            for key in step
            if key not in _STEP_KEYS
        ]
        values = [_number(step.get(key), name, f"quality[{number}].{key}", problems) for key in _STEP_KEYS]
        if values[0] > 1:
            problems.append(Problem(name, f"quality[{number}].at_least", "is a share from 0 to 1, for instance 0.98"))
        steps.append(QualityStep(*values))
    return tuple(steps)
