import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { hasRole, useRoles } from "../../api/me";
import { CostThreshold, type Prices } from "./CostThreshold";
import { short } from "./figures";
import type { Detail, ThresholdChoice } from "./queries";

/** The threshold by cost on the page of an evaluation; one click carries it to the line. */
export function ByCost({ project, found }: { project: string; found: Detail }) {
  const { t } = useTranslation("evaluate");
  const roles = useRoles(project);
  const rules = found.rules as { miss_fen?: number; false_fen?: number };
  const [prices, setPrices] = useState<Prices>({
    miss: (rules.miss_fen ?? 0) / 100,
    falseCall: (rules.false_fen ?? 0) / 100,
  });
  const address = (choice: ThresholdChoice) => {
    const query = new URLSearchParams({
      model: found.model_version_id,
      threshold: String(choice.proposed.threshold),
      miss: String(choice.miss_fen / 100),
      false_call: String(choice.false_fen / 100),
    });
    return `/projects/${project}/line?${query}`;
  };
  return (
    <CostThreshold
      project={project}
      evaluation={found.id}
      prices={prices}
      onPrices={setPrices}
      action={(choice) =>
        hasRole(roles, "manager", "trainer", "engineer") ? (
          <Link to={address(choice)}>
            <Button>{t("takeToLine", { model: found.model, threshold: short(choice.proposed.threshold, 2) })}</Button>
          </Link>
        ) : null
      }
    />
  );
}
