import { Table } from "antd";
import { useTranslation } from "react-i18next";
import { useAttributeNames, useLabelNames } from "./labelset";
import type { Quality } from "./queries";
import { ShareCell } from "./ShareCell";

interface Props {
  project: string;
  labels: Quality["labels"];
  attributes: Quality["attributes"];
}

/** Accepted units by label class, and right values by attribute, of a person or of everybody. */
export function LabelTables({ project, labels, attributes }: Props) {
  const { t } = useTranslation("quality");
  const name = useLabelNames(project);
  const attribute = useAttributeNames(project);
  return (
    <>
      <Table<Quality["labels"][number]>
        size="small"
        rowKey="label"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={labels}
        columns={[
          { title: t("page.label"), key: "label", render: (_, row) => name(row.label) },
          { title: t("page.units"), key: "units", render: (_, row) => <ShareCell share={row.units} /> },
        ]}
      />
      {attributes.length > 0 && (
        <Table<Quality["attributes"][number]>
          size="small"
          rowKey={(row) => `${row.label}/${row.attribute}`}
          pagination={false}
          scroll={{ x: "max-content" }}
          dataSource={attributes}
          columns={[
            { title: t("page.label"), key: "label", render: (_, row) => name(row.label) },
            {
              title: t("page.attribute"),
              key: "attribute",
              render: (_, row) => attribute(row.label, row.attribute),
            },
            { title: t("page.values"), key: "values", render: (_, row) => <ShareCell share={row.values} /> },
          ]}
        />
      )}
    </>
  );
}
