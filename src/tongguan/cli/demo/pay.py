"""Pay of the demo: rates that pay inspectors too, a closed period, and appeals: one answered, one waiting."""

from __future__ import annotations

from collections.abc import Sequence

from tongguan.cli.simulation.site import Site

RATES = """\
base_fen = 350000          # 月底薪，全额发
quota_units = 20           # 底薪包含的单位数（演示用，定得很低）
[rates]                    # 每单位几分钱
box = "6.5"
review = "20"              # 质检员：每检一份
finding = "10"             # 质检员：指出的问题每核实一条
[difficulty]
normal = "1.0"
hard = "1.5"
[[quality]]                # 合格率先到哪一档用哪一档
at_least = "0.95"
coefficient = "1.1"
[[quality]]
at_least = "0.8"
coefficient = "1.0"
[[quality]]
at_least = "0"
coefficient = "0.8"
"""
APPEALS = (
    "有两张氧化皮我标的是规则补充前的画法，按旧规则应当算合格，请再核对。",
    "11 月的复检里有一张划痕判成了我漏标，图上那条在钢板边缘以外。",
)


def set_rates(owner: Site, project: str) -> None:
    """The rates of the demo."""
    owner.put(f"{project}/pay/rates", {"toml": RATES})


def close_and_appeal(owner: Site, manager: Site, project: str, people: Sequence[Site]) -> None:
    """Closes the period; two people appeal, one of them has an answer."""
    period = owner.post(f"{project}/pay/periods/close")
    paid = {slip["person_id"] for slip in period["slips"]}
    path = f"{project}/pay/periods/{period['id']}/appeals"
    own = [person for person in people if person.person_id in paid]
    filed = [person.post(path, {"text": words}) for person, words in zip(own, APPEALS, strict=False)]
    if filed:
        answer = {"granted": True, "amount_fen": 1300, "text": "核对属实：两张按旧规则算合格，补发。"}
        manager.post(f"{project}/pay/appeals/{filed[0]['id']}/answer", answer)
