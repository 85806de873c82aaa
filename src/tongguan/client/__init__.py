"""The client of Tongguan's API for programs: typed, synchronous and asynchronous. Guide: docs/guides/sdk.md."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import httpx

from tongguan.client import evaluating, line, resources, training
from tongguan.client.errors import (
    Conflict,
    Forbidden,
    Invalid,
    JobFailed,
    NotFound,
    TongguanError,
    TooMany,
    Unauthorized,
    Unavailable,
)
from tongguan.client.records import (
    Alarm,
    Batch,
    Benchmark,
    DatasetVersion,
    Deployment,
    Device,
    Difference,
    Evaluation,
    Item,
    Job,
    Logged,
    Model,
    Prediction,
    Project,
    Run,
    Study,
    ThresholdChoice,
)
from tongguan.client.wire import Async, Connection, Sync

__all__ = [
    "Alarm",
    "AsyncClient",
    "AsyncProject",
    "Batch",
    "Benchmark",
    "Client",
    "Conflict",
    "DatasetVersion",
    "Deployment",
    "Device",
    "Difference",
    "Evaluation",
    "Forbidden",
    "Invalid",
    "Item",
    "Job",
    "JobFailed",
    "Logged",
    "Model",
    "NotFound",
    "Prediction",
    "Project",
    "Run",
    "Study",
    "SyncProject",
    "ThresholdChoice",
    "TongguanError",
    "TooMany",
    "Unauthorized",
    "Unavailable",
]


class _Projects(resources.Projects, Sync): ...


class _Items(resources.Items, Sync): ...


class _Imports(resources.Imports, Sync): ...


class _Versions(resources.Versions, Sync): ...


class _Models(resources.Models, Sync): ...


class _Runs(training.Runs, Sync): ...


class _Studies(training.Studies, Sync): ...


class _Evaluations(evaluating.Evaluations, Sync): ...


class _Deployments(line.Deployments, Sync): ...


class _Alarms(line.Alarms, Sync): ...


class _Jobs(resources.Jobs, Sync): ...


class _Line(line.Line, Sync): ...


class _AsyncProjects(resources.Projects, Async): ...


class _AsyncItems(resources.Items, Async): ...


class _AsyncImports(resources.Imports, Async): ...


class _AsyncVersions(resources.Versions, Async): ...


class _AsyncModels(resources.Models, Async): ...


class _AsyncRuns(training.Runs, Async): ...


class _AsyncStudies(training.Studies, Async): ...


class _AsyncEvaluations(evaluating.Evaluations, Async): ...


class _AsyncDeployments(line.Deployments, Async): ...


class _AsyncAlarms(line.Alarms, Async): ...


class _AsyncJobs(resources.Jobs, Async): ...


class _AsyncLine(line.Line, Async): ...


class SyncProject:
    """What can be done in one project."""

    def __init__(self, project_id: str, http: httpx.Client, connection: Connection) -> None:
        base = f"/api/v1/projects/{project_id}"
        self.id = project_id
        self.items = _Items(base, http, connection)
        self.imports = _Imports(base, http, connection)
        self.versions = _Versions(base, http, connection)
        self.models = _Models(base, http, connection)
        self.runs = _Runs(base, http, connection)
        self.studies = _Studies(base, http, connection)
        self.evaluations = _Evaluations(base, http, connection)
        self.deployments = _Deployments(base, http, connection)
        self.alarms = _Alarms(base, http, connection)
        self.jobs = _Jobs(base, http, connection)


class AsyncProject:
    """What can be done in one project, awaited."""

    def __init__(self, project_id: str, http: httpx.AsyncClient, connection: Connection) -> None:
        base = f"/api/v1/projects/{project_id}"
        self.id = project_id
        self.items = _AsyncItems(base, http, connection)
        self.imports = _AsyncImports(base, http, connection)
        self.versions = _AsyncVersions(base, http, connection)
        self.models = _AsyncModels(base, http, connection)
        self.runs = _AsyncRuns(base, http, connection)
        self.studies = _AsyncStudies(base, http, connection)
        self.evaluations = _AsyncEvaluations(base, http, connection)
        self.deployments = _AsyncDeployments(base, http, connection)
        self.alarms = _AsyncAlarms(base, http, connection)
        self.jobs = _AsyncJobs(base, http, connection)


class Client:
    """The client: `with Client("https://label.example.com", token) as tongguan: …`. Safe to share between threads."""

    def __init__(
        self,
        address: str,
        token: str,
        timeout: float = 60,
        tries: int = 6,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._connection = Connection(address.rstrip("/"), token, timeout, tries)
        self._http = httpx.Client(timeout=timeout, transport=transport, follow_redirects=False)
        self.projects = _Projects("/api/v1/projects", self._http, self._connection)

    def project(self, project: Project | str) -> SyncProject:
        """The calls of one project, by record or id; asks nothing."""
        return SyncProject(project if isinstance(project, str) else project.id, self._http, self._connection)

    def line(self, deployment: Deployment | str) -> _Line:
        """A deployment for predictions and feedback, by record or id."""
        chosen = deployment if isinstance(deployment, str) else deployment.id
        return _Line(f"/api/v1/deployments/{chosen}", self._http, self._connection)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient:
    """The client for asyncio: `async with AsyncClient(address, token) as tongguan: …`."""

    def __init__(
        self,
        address: str,
        token: str,
        timeout: float = 60,
        tries: int = 6,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(address.rstrip("/"), token, timeout, tries)
        self._http = httpx.AsyncClient(timeout=timeout, transport=transport, follow_redirects=False)
        self.projects = _AsyncProjects("/api/v1/projects", self._http, self._connection)

    def project(self, project: Project | str) -> AsyncProject:
        """The calls of one project, by record or id; asks nothing."""
        return AsyncProject(project if isinstance(project, str) else project.id, self._http, self._connection)

    def line(self, deployment: Deployment | str) -> _AsyncLine:
        """A deployment for predictions and feedback, by record or id."""
        chosen = deployment if isinstance(deployment, str) else deployment.id
        return _AsyncLine(f"/api/v1/deployments/{chosen}", self._http, self._connection)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
