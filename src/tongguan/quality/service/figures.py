"""Figures of quality, each with its interval: of a person, of a label class, of the project's gate."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from tongguan.core.database import Session
from tongguan.people.interface import person
from tongguan.projects.interface import ProjectSettings, settings_of
from tongguan.quality import repository
from tongguan.quality.repository import figures as sql
from tongguan.quality.schemas import PersonQuality, ShareView
from tongguan.quality.service.intervals import Share

Level = Literal["1", "2", "3", "4", "5"]


def view(part: int, whole: int) -> ShareView:
    """A share with its interval, as the API shows it."""
    share = Share(part, whole)
    low, high = share.interval
    return ShareView(part=part, whole=whole, share=share.value, low=low, high=high)


def quality_of(session: Session, project_id: UUID, person_id: UUID) -> PersonQuality:
    """How good a person's work in a project is."""
    settings = settings_of(session, project_id)
    checked = checked_answers(session, project_id, person_id)
    flagged = repository.flag(session, project_id, person_id) is not None
    return PersonQuality(
        person_id=person_id,
        units=view(*sql.units(session, project_id, person_id)),
        checked=view(checked.part, checked.whole),
        gold=view(*sql.gold(session, project_id, person_id)),
        findings=sql.findings_by_type(session, project_id, person_id),
        flagged=flagged,
        review_share=review_share(settings, person(session, person_id).level, flagged),
    )


def review_share(settings: ProjectSettings, level: int, flagged: bool) -> float:
    """Share of a person's work that is reviewed: by level, all of it while the person is flagged."""
    return 1.0 if flagged else settings.quality.review_share.get(_level(level), 1.0)


def gold_share(settings: ProjectSettings, level: int) -> float:
    """Share of hidden gold among a person's work, by level."""
    return settings.quality.gold_share.get(_level(level), 0.0)


_LEVELS: tuple[Level, ...] = ("1", "2", "3", "4", "5")


def _level(level: int) -> Level:
    return _LEVELS[min(5, max(1, level)) - 1]


# How many of a person's latest checked answers speak for the person.
CHECKED_WINDOW = 50


def checked_answers(session: Session, project_id: UUID, person_id: UUID, last: int = CHECKED_WINDOW) -> Share:
    """Right answers among the last checked ones, since a flag was last cleared."""
    return Share(*sql.checked(session, project_id, person_id, last))


def quality_over(session: Session, person_id: UUID, units: int, project_id: UUID | None = None) -> ShareView:
    """Accepted share over the person's last judged `units` (of the row that crosses the number, only its part)."""
    accepted = judged = 0
    for quantity, outcome in sql.last_judged(session, person_id, project_id, units):
        taken = min(int(quantity), units - judged)
        judged += taken
        accepted += taken if outcome == "accepted" else 0
        if judged >= units:
            break
    return view(accepted, judged)


def accepted_units(session: Session, person_id: UUID) -> int:
    """Units accepted over all projects."""
    return sql.accepted_units(session, person_id)
