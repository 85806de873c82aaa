import { Button, Form, Input, InputNumber, Spin } from "antd";
import { useTranslation } from "react-i18next";
import { ErrorNote } from "../../ui/ErrorNote";
import { type Deployment, useDeployActions, useLoopRoute } from "./queries";

/** Where pictures go that somebody called wrong, or that were drawn: who labels them, how early, under which rules. */
export function RouteForm({ project, row }: { project: string; row: Deployment }) {
  const { t } = useTranslation("line");
  const route = useLoopRoute(project, row.id);
  const { setRoute } = useDeployActions(project);
  if (route.error) return <ErrorNote error={route.error} onRetry={() => route.refetch()} />;
  if (!route.data) return <Spin />;
  const { rule_version, people, ...values } = route.data;
  return (
    <Form<typeof values>
      layout="vertical"
      style={{ maxWidth: 720 }}
      initialValues={values}
      onFinish={(body) => setRoute.mutate({ id: row.id, body })}
    >
      <p>
        {t("route.people", { count: people, level: values.level })}{" "}
        {rule_version ? t("route.rule", { version: rule_version }) : t("loop.note.no_rules")}
      </p>
      <div className="tg-fields">
        <Form.Item name="level" label={t("route.level")} tooltip={t("route.levelHint")}>
          <InputNumber min={1} max={5} />
        </Form.Item>
        <Form.Item name="priority_wrong" label={t("route.wrong")}>
          <InputNumber min={0} max={1000} />
        </Form.Item>
        <Form.Item name="priority_sampled" label={t("route.sampled")}>
          <InputNumber min={0} max={1000} />
        </Form.Item>
      </div>
      <Form.Item name="group_rule" label={t("route.group")} extra={t("route.groupHint")}>
        <Input maxLength={300} placeholder="pattern:^(plate-\d+)" />
      </Form.Item>
      <div className="tg-fields">
        <Form.Item name="licence" label={t("route.licence")}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item name="consent" label={t("route.consent")}>
          <Input maxLength={500} />
        </Form.Item>
      </div>
      {setRoute.error && <ErrorNote error={setRoute.error} />}
      <Button type="primary" htmlType="submit" loading={setRoute.isPending}>
        {t("save")}
      </Button>
    </Form>
  );
}
