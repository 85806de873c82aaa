import { Button, Form, InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ErrorNote } from "../../ui/ErrorNote";
import { useFrozenVersions, useRecipes, useTrainActions } from "./queries";

interface Values {
  version: number;
  minutes: number;
  seed: number;
  params?: Record<string, unknown>;
}
interface Property {
  type?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  description?: string;
}

/** One button with sensible defaults; the recipe's own parameters, from its schema, behind "more". */
export function TrainForm({ project }: { project: string }) {
  const { t } = useTranslation("train");
  const versions = useFrozenVersions(project);
  const recipes = useRecipes(project);
  const { start } = useTrainActions(project);
  const [more, setMore] = useState(false);
  const recipe = recipes.data?.[0];
  const newest = versions.data?.[0];
  if (!versions.data || !recipe) return null;
  if (!newest) {
    return (
      <p>
        {t("noVersion")} <Link to={`/projects/${project}/datasets`}>{t("freeze")}</Link>
      </p>
    );
  }
  const properties = Object.entries((recipe.params.properties ?? {}) as Record<string, Property>).filter(
    ([, property]) => property.type === "integer" || property.type === "number" || property.type === "boolean",
  );
  return (
    <Form<Values>
      layout="inline"
      style={{ rowGap: 8, marginBottom: 12 }}
      initialValues={{ version: newest.number, minutes: recipe.minutes, seed: 0 }}
      onFinish={(values) =>
        start.mutate({
          dataset_version: values.version,
          recipe: recipe.id,
          minutes: values.minutes,
          seed: values.seed,
          params: Object.fromEntries(
            Object.entries(values.params ?? {}).filter(([, value]) => value !== undefined && value !== null),
          ),
        })
      }
    >
      <Form.Item name="version" label={t("data")}>
        <Select
          style={{ minWidth: 90 }}
          options={versions.data.map((version) => ({ value: version.number, label: `v${version.number}` }))}
        />
      </Form.Item>
      <Form.Item name="minutes" label={t("minutes")}>
        <InputNumber min={0.5} max={100000} />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={start.isPending}>
        {t("train")}
      </Button>
      <Button type="link" onClick={() => setMore(!more)}>
        {t(more ? "less" : "more")}
      </Button>
      {more && (
        <div className="tg-fields tg-card" style={{ width: "100%" }}>
          <Form.Item name="seed" label={t("seed")}>
            <InputNumber min={0} />
          </Form.Item>
          {properties.map(([name, property]) => (
            <Form.Item
              key={name}
              name={["params", name]}
              label={name}
              initialValue={property.default}
              {...(property.description ? { tooltip: property.description } : {})}
              {...(property.type === "boolean" ? { valuePropName: "checked" } : {})}
            >
              {property.type === "boolean" ? (
                <Switch />
              ) : (
                <InputNumber
                  min={property.minimum ?? property.exclusiveMinimum ?? 0}
                  {...(property.maximum === undefined ? {} : { max: property.maximum })}
                  step={property.type === "integer" ? 1 : 0.001}
                />
              )}
            </Form.Item>
          ))}
        </div>
      )}
      {start.error && <ErrorNote error={start.error} />}
    </Form>
  );
}
