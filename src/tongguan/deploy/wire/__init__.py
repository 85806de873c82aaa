"""How the API and the runner speak: address, frames, the asking side. Pure: no database, no HTTP."""

from tongguan.deploy.wire.client import Answer, ModelRef, Refused, RunnerAway, RunnerClient, RunnerProblem, Unreadable

__all__ = ["Answer", "ModelRef", "Refused", "RunnerAway", "RunnerClient", "RunnerProblem", "Unreadable"]
