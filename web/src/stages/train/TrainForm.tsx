import { Button, Form, InputNumber, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ErrorNote } from "../../ui/ErrorNote";
import { fieldsOf, given } from "./fields";
import { ParamFields } from "./ParamFields";
import { useFrozenVersions, useRecipes, useTrainActions } from "./queries";

interface Values {
  version: number;
  minutes: number;
  seed: number;
  trials: number;
  params?: Record<string, unknown>;
}

/** One form for both: a training, or a study that varies some of the same parameters. */
export function TrainForm({ project }: { project: string }) {
  const { t } = useTranslation("train");
  const versions = useFrozenVersions(project);
  const recipes = useRecipes(project);
  const { start, study } = useTrainActions(project);
  const [mode, setMode] = useState<"train" | "study">("train");
  const [more, setMore] = useState(false);
  const [chosen, setChosen] = useState("detection");
  const [varied, setVaried] = useState<Record<string, boolean>>({});
  const recipe = recipes.data?.find((one) => one.id === chosen) ?? recipes.data?.[0];
  const newest = versions.data?.[0];
  if (!versions.data || !recipe) return null;
  if (!newest) {
    return (
      <p>
        {t("noVersion")} <Link to={`/projects/${project}/datasets`}>{t("freeze")}</Link>
      </p>
    );
  }
  const fields = fieldsOf(recipe.params);
  const studying = mode === "study";
  const vary = (name: string) => varied[name] ?? true;
  const searched = fields.filter((field) => field.search && vary(field.name)).map((field) => field.name);

  function send(values: Values) {
    const params = given(values.params);
    if (!recipe) return;
    const asked = { dataset_version: values.version, recipe: recipe.id, minutes: values.minutes, seed: values.seed };
    if (!studying) {
      start.mutate({ ...asked, params });
      return;
    }
    const own = Object.fromEntries(fields.map((field) => [field.name, field.initial]));
    const fixed = Object.entries(params).filter(([name, value]) => !searched.includes(name) && value !== own[name]);
    study.mutate({
      ...asked,
      trials: values.trials,
      params: Object.fromEntries(fixed),
      search: Object.fromEntries(searched.map((name) => [name, null])),
    });
  }

  return (
    <Form<Values>
      layout="inline"
      style={{ rowGap: 8, marginBottom: 12 }}
      initialValues={{ version: newest.number, minutes: recipe.minutes, seed: 0, trials: 12 }}
      onFinish={send}
    >
      <Form.Item>
        <Segmented
          value={mode}
          onChange={(value) => setMode(value as "train" | "study")}
          options={[
            { value: "train", label: t("modeTrain") },
            { value: "study", label: t("modeStudy") },
          ]}
        />
      </Form.Item>
      {(recipes.data?.length ?? 0) > 1 && (
        <Form.Item label={t("recipe")}>
          <Select
            style={{ minWidth: 130 }}
            value={recipe.id}
            onChange={(id: string) => setChosen(id)}
            options={(recipes.data ?? []).map((one) => ({
              value: one.id,
              label: t(`recipes.${one.id}` as "recipes.detection", { defaultValue: one.id }),
            }))}
          />
        </Form.Item>
      )}
      <Form.Item name="version" label={t("data")}>
        <Select
          style={{ minWidth: 90 }}
          options={versions.data.map((version) => ({ value: version.number, label: `v${version.number}` }))}
        />
      </Form.Item>
      <Form.Item name="minutes" label={t(studying ? "minutesEach" : "minutes")}>
        <InputNumber min={0.5} max={100000} />
      </Form.Item>
      {studying && (
        <Form.Item name="trials" label={t("trials")}>
          <InputNumber min={1} max={1000} precision={0} />
        </Form.Item>
      )}
      <Button
        type="primary"
        htmlType="submit"
        loading={start.isPending || study.isPending}
        disabled={studying && searched.length === 0}
      >
        {t(studying ? "startStudy" : "train")}
      </Button>
      <Button type="link" onClick={() => setMore(!more)}>
        {t(more ? "less" : "more")}
      </Button>
      {studying && <p className="tg-muted">{t("studyHint")}</p>}
      {(more || studying) && (
        <ParamFields
          key={recipe.id}
          fields={more ? fields : fields.filter((field) => field.search)}
          studying={studying}
          vary={vary}
          onVary={(name, on) => setVaried({ ...varied, [name]: on })}
        />
      )}
      {(start.error || study.error) && <ErrorNote error={start.error ?? study.error} />}
    </Form>
  );
}
