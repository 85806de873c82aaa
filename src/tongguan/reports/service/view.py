"""What every part of a report is made with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tongguan.core.database import Session
from tongguan.core.storage import Storage
from tongguan.people.interface import people_by_id
from tongguan.projects.interface import Project
from tongguan.reports.service.words import WORDS
from tongguan.rules.interface import current_version


@dataclass
class View:
    """A project in one transaction, seen in one language. `sources` collects the versions that were read."""

    session: Session
    storage: Storage
    project: Project
    language: str
    zone: ZoneInfo
    sources: dict[str, Any] = field(default_factory=dict)
    _names: dict[str, str] | None = None

    def words(self, key: str, **params: Any) -> str:
        """A text in the report's language."""
        text = str(WORDS[self.language][key])
        return text.format(**params) if params else text

    def listed(self, key: str, **params: Any) -> list[str]:
        """Texts of a table's head."""
        return [str(each).format(**params) if params else str(each) for each in WORDS[self.language][key]]

    def named(self, key: str, value: object) -> str:
        """The word for a value, or the value itself."""
        return str(WORDS[self.language][key].get(str(value), value))

    def class_name(self, key: str) -> str:
        """The name of a label class under the current rules, or its key."""
        if self._names is None:
            rules = current_version(self.session, self.project.id)
            self._names = {}
            for entry in rules.label_set if rules else ():
                first, second = (
                    (entry.name.zh, entry.name.en) if self.language == "zh" else (entry.name.en, entry.name.zh)
                )
                self._names[entry.key] = first or second
        return self._names.get(key, key)

    def person(self, person_id: UUID | None) -> str:
        """A person's name, or a dash."""
        found = people_by_id(self.session, [person_id]) if person_id else {}
        return found[person_id].name if person_id in found else "–"
