"""The routers of all stages, from the ground up."""

from __future__ import annotations

from fastapi import APIRouter

from tongguan.people import endpoints as people
from tongguan.projects import endpoints as projects

ROUTERS: tuple[APIRouter, ...] = (
    people.router,
    projects.router,
)
