"""Rate cards: the pay rules of a project, checked by the code that computes payslips."""

from __future__ import annotations

from uuid import UUID

from tongguan.catalog.labels.registry import LABEL_KINDS
from tongguan.core import audit
from tongguan.core.database import Session
from tongguan.core.errors import Invalid
from tongguan.core.ids import new_id
from tongguan.rules.interface import current_version
from tongguan.settle import repository
from tongguan.settle.models import RateCard
from tongguan.settle.payslip import BadPayInput, Rates, parse_rates
from tongguan.settle.schemas import RatesView

# The card of a new project: the example of the domain notes ("Pay, exactly").
DEFAULT_CARD = """\
base_fen = 350000          # paid in full for the month
quota_units = 6000         # units covered by the base wage
[rates]                    # fen per unit, decimal text
box = "6.5"
# review = "20"            # inspectors, from the day on which the rate is here: each review,
# finding = "10"           # and each finding that was confirmed
[difficulty]
normal = "1.0"
hard = "1.5"
[[quality]]                # the first step whose at_least is reached by the accepted share
at_least = "0.98"
coefficient = "1.1"
[[quality]]
at_least = "0"
coefficient = "0.8"
"""


def current_card(session: Session, project_id: UUID) -> str:
    """The TOML text of the rules that hold now."""
    row = repository.rate_card(session, project_id)
    return row.toml if row else DEFAULT_CARD


def parse(toml: str) -> Rates:
    """Reads pay rules. Invalid `pay.rates` names every problem with its field and remedy."""
    try:
        return parse_rates(toml, "rates")
    except BadPayInput as error:
        problems = [{"where": each.where, "field": each.field, "message": each.message} for each in error.problems]
        raise Invalid("pay.rates", f"The pay rules cannot be read: {error}", {"problems": problems}) from error


def show(session: Session, project_id: UUID) -> RatesView:
    """The rules that hold now, and what the current label set still needs."""
    row = repository.rate_card(session, project_id)
    toml = row.toml if row else DEFAULT_CARD
    return RatesView(
        toml=toml,
        default=row is None,
        created_at=row.created_at if row else None,
        without_rate=without_rate(session, project_id, parse(toml)),
    )


def without_rate(session: Session, project_id: UUID, rates: Rates) -> list[str]:
    """Units and difficulties of the current label set that the rules do not name."""
    rules = current_version(session, project_id)
    if rules is None:
        return []
    units = {LABEL_KINDS[entry.kind].unit() for entry in rules.label_set} - set(rates.rates)
    difficulties = {entry.difficulty for entry in rules.label_set} - set(rates.difficulty)
    return sorted(f"rates.{unit}" for unit in units) + sorted(f"difficulty.{each}" for each in difficulties)


def change(session: Session, project_id: UUID, person_id: UUID, toml: str) -> RatesView:
    """Sets the rules for the open period and later ones; closed periods keep theirs."""
    parse(toml)
    before = current_card(session, project_id)
    card = RateCard(id=new_id(), project_id=project_id, toml=toml, created_by=person_id)
    session.add(card)
    session.flush()
    session.refresh(card)
    audit.record(session, person_id, "changed", "rates", card.id, {"before": before, "after": toml}, project_id)
    return show(session, project_id)
