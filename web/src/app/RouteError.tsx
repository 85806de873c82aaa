import { useRouteError } from "react-router";
import { ErrorNote } from "../ui/ErrorNote";

/** What is shown where a page failed to load or threw while drawing. */
export function RouteError() {
  const error = useRouteError();
  return (
    <main className="tg-page">
      <ErrorNote error={error} onRetry={() => window.location.reload()} />
    </main>
  );
}
