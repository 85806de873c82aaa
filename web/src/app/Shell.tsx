import { Button, Drawer, Grid, Spin } from "antd";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, Outlet, useLocation, useParams } from "react-router";
import { ApiError } from "../api/errors";
import { useMe } from "../api/me";
import { ErrorNote } from "../ui/ErrorNote";
import { Kbd } from "../ui/Kbd";
import { AccountMenu } from "./AccountMenu";
import { CommandPalette } from "./CommandPalette";
import { Rail } from "./Rail";
import "./shell.css";

/** The frame of all pages: rail by stage, where one is, search, language, account. */
export function Shell() {
  const { t } = useTranslation("shell");
  const me = useMe();
  const { project } = useParams();
  const place = useLocation();
  const wide = Grid.useBreakpoint().md ?? true;
  const [rail, setRail] = useState(false);
  const [palette, setPalette] = useState(false);

  if (me.isPending) return <Spin style={{ margin: "40vh auto", display: "block" }} description={t("signingIn")} />;
  if (me.error instanceof ApiError && me.error.status === 401) {
    return <Navigate to={`/login?to=${encodeURIComponent(place.pathname + place.search)}`} replace />;
  }
  if (!me.data) {
    return (
      <main className="tg-page">
        <ErrorNote error={me.error} onRetry={() => me.refetch()} />
      </main>
    );
  }
  const current = me.data.projects.find((one) => one.id === project);
  return (
    <div className="tg-shell">
      <header className="tg-top">
        {!wide && (
          <Button type="text" aria-label={t("menu")} onClick={() => setRail(true)}>
            ☰
          </Button>
        )}
        <Link to="/" className="tg-brand">
          <span>通关</span> Tongguan
        </Link>
        <span className="tg-crumb">
          {me.data.organization.name}
          {current && (
            <>
              {" / "}
              <Link to={`/projects/${current.id}`}>{current.name}</Link>
            </>
          )}
        </span>
        <button type="button" className="tg-search" onClick={() => setPalette(true)}>
          <span>{t("search")}</span> {wide && <Kbd>Ctrl K</Kbd>}
        </button>
        <AccountMenu me={me.data} />
      </header>
      <div className="tg-body">
        {wide && (
          <nav className="tg-rail" aria-label={t("rail")}>
            <Rail me={me.data} />
          </nav>
        )}
        <main className="tg-main">
          <Suspense fallback={<Spin />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <Drawer open={rail && !wide} onClose={() => setRail(false)} placement="left" size={260} title={t("rail")}>
        <Rail me={me.data} onChoose={() => setRail(false)} />
      </Drawer>
      <CommandPalette me={me.data} open={palette} onOpen={setPalette} />
    </div>
  );
}
