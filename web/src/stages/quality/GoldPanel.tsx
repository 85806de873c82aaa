import { Button, Input, Select, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { formatNumber } from "../../i18n/format";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Gold, useGold, useQualityActions } from "./queries";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const USES = ["hidden", "practice", "exam"] as const;

/** Items with a known answer: how often they were answered right; add one by drawing its answer, retire one. */
export function GoldPanel({ project }: { project: string }) {
  const { t } = useTranslation("quality");
  const gold = useGold(project, true);
  const { removeGold } = useQualityActions(project);
  const [item, setItem] = useState("");
  const [use, setUse] = useState<(typeof USES)[number]>("hidden");
  const rows = gold.data ?? [];
  const id = item.trim();
  return (
    <section className="tg-section" id="gold">
      <h2>
        {t("page.goldTitle")} {formatNumber(rows.length)}
      </h2>
      <p className="tg-muted">{t("page.goldHint")}</p>
      <div className="tg-row">
        <Input
          value={item}
          style={{ width: 330, maxWidth: "100%" }}
          placeholder={t("page.goldItem")}
          aria-label={t("page.goldItem")}
          onChange={(event) => setItem(event.target.value)}
        />
        <Select
          value={use}
          aria-label={t("page.use")}
          style={{ width: 110 }}
          options={USES.map((value) => ({ value, label: t(`page.goldUse.${value}`) }))}
          onChange={setUse}
        />
        {ID.test(id) ? (
          <Link to={`/projects/${project}/gold/${id}?use=${use}`}>
            <Button>{t("page.goldAdd")}</Button>
          </Link>
        ) : (
          <Button disabled>{t("page.goldAdd")}</Button>
        )}
      </div>
      <p className="tg-muted tg-small">{t("page.goldAddHint")}</p>
      {(gold.error ?? removeGold.error) && <ErrorNote error={gold.error ?? removeGold.error} />}
      {gold.data && rows.length === 0 && <p className="tg-muted">{t("page.noGold")}</p>}
      {rows.length > 0 && (
        <Table<Gold>
          size="small"
          rowKey="id"
          pagination={{ pageSize: 20, hideOnSinglePage: true }}
          scroll={{ x: "max-content" }}
          dataSource={rows}
          columns={[
            { title: t("page.goldItem"), dataIndex: "name" },
            {
              title: t("page.use"),
              key: "use",
              filters: USES.map((value) => ({ value, text: t(`page.goldUse.${value}`) })),
              onFilter: (value, row) => row.use === value,
              render: (_, row) => t(`page.goldUse.${row.use}`),
            },
            {
              key: "labels",
              render: (_, row) =>
                row.nothing ? t("page.goldNothing") : t("page.goldLabels", { count: row.labels.length }),
            },
            {
              key: "answers",
              align: "right",
              render: (_, row) =>
                row.use === "hidden" ? t("page.goldAnswers", { right: row.right, answers: row.answers }) : "",
            },
            {
              key: "retire",
              render: (_, row) => (
                <Button size="small" onClick={() => removeGold.mutate(row.id)}>
                  {t("page.goldRetire")}
                </Button>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}
