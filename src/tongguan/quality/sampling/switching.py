"""When inspection becomes tightened, normal again, or stops: the switching rules, without reduced inspection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["normal", "tightened"]

WINDOW = 5  # consecutive lots looked back at in normal inspection
REJECTED_TO_TIGHTEN = 2
ACCEPTED_TO_RELAX = 5
REJECTED_TO_STOP = 5


class InspectionStopped(RuntimeError):
    """Five lots were rejected while tightened: acceptance stops until the supplier has improved."""


@dataclass(frozen=True, slots=True)
class Switching:
    """The state that decides the severity of the next lot. Only first submissions of a lot count."""

    severity: Severity = "normal"
    recent: tuple[bool, ...] = ()  # verdicts since the last switch, the newest last, at most WINDOW
    rejected_while_tightened: int = 0
    stopped: bool = False

    def after(self, accepted: bool) -> Switching:
        """The state after one more lot. InspectionStopped when no lot may be judged now.

        Example: `Switching().after(False).after(True).after(False).severity == "tightened"`.
        """
        if self.stopped:
            raise InspectionStopped("five lots were rejected while tightened; resume after the cause is removed")
        recent = (*self.recent, accepted)[-WINDOW:]
        if self.severity == "normal":
            if recent.count(False) >= REJECTED_TO_TIGHTEN:
                return Switching("tightened")
            return replace(self, recent=recent)
        rejected = self.rejected_while_tightened + (not accepted)
        if rejected >= REJECTED_TO_STOP:
            return Switching("tightened", recent, rejected, stopped=True)
        if len(recent) >= ACCEPTED_TO_RELAX and all(recent[-ACCEPTED_TO_RELAX:]):
            return Switching("normal")
        return Switching("tightened", recent, rejected)

    def resumed(self) -> Switching:
        """After a stop and a remedy, inspection begins again as tightened."""
        return Switching("tightened")
