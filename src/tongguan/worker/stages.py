"""Imports every stage's jobs, which subscribes them."""

from __future__ import annotations

from tongguan.academy import jobs as academy
from tongguan.annotate import jobs as annotate
from tongguan.collect import jobs as collect
from tongguan.connect import jobs as connect
from tongguan.datasets import jobs as datasets
from tongguan.deploy import jobs as deploy
from tongguan.evaluate import jobs as evaluate
from tongguan.flows import jobs as flows
from tongguan.prepare import jobs as prepare
from tongguan.quality import jobs as quality
from tongguan.reports import jobs as reports
from tongguan.settle import jobs as settle
from tongguan.train import jobs as train

JOB_MODULES: tuple[object, ...] = (
    annotate,
    collect,
    prepare,
    academy,
    flows,
    quality,
    settle,
    datasets,
    train,
    deploy,
    evaluate,
    connect,
    reports,
)
