"""The routers of all stages: the busiest, then from the ground up."""

from __future__ import annotations

from fastapi import APIRouter

from tongguan.academy import endpoints as academy
from tongguan.annotate import endpoints as annotate
from tongguan.collect import endpoints as collect
from tongguan.connect import endpoints as connect
from tongguan.datasets import endpoints as datasets
from tongguan.deploy import endpoints as deploy
from tongguan.evaluate import endpoints as evaluate
from tongguan.flows import endpoints as flows
from tongguan.industries import endpoints as industries
from tongguan.people import endpoints as people
from tongguan.prepare import endpoints as prepare
from tongguan.projects import endpoints as projects
from tongguan.quality import endpoints as quality
from tongguan.reports import endpoints as reports
from tongguan.rules import endpoints as rules
from tongguan.settle import endpoints as settle
from tongguan.train import endpoints as train

# Routes are looked for in this order: those that people and cameras call all day come first.
ROUTERS: tuple[APIRouter, ...] = (
    deploy.question_router,
    annotate.router,
    deploy.line_router,
    people.router,
    projects.router,
    rules.router,
    collect.router,
    prepare.router,
    quality.router,
    datasets.router,
    settle.router,
    academy.router,
    train.router,
    deploy.router,
    deploy.alarm_router,
    evaluate.router,
    flows.router,
    industries.router,
    connect.router,
    reports.router,
)
