"""What a period pays, exactly: from rates and work rows to payslips, so that anybody can recompute one.

Pure: no database. The rules are "Pay, exactly" of the domain notes; the ledger and the command use this same code.
"""

from tongguan.settle.payslip.compute import Line, Payslip, compute_payslips
from tongguan.settle.payslip.corrections import Correction, read_corrections
from tongguan.settle.payslip.problems import BadPayInput, Problem
from tongguan.settle.payslip.rates import QualityStep, Rates, parse_rates
from tongguan.settle.payslip.work import OUTCOMES, Outcome, WorkRow, read_work

__all__ = [
    "OUTCOMES",
    "BadPayInput",
    "Correction",
    "Line",
    "Outcome",
    "Payslip",
    "Problem",
    "QualityStep",
    "Rates",
    "WorkRow",
    "compute_payslips",
    "parse_rates",
    "read_corrections",
    "read_work",
]
