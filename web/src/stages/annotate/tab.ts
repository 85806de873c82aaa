import type { Scope } from "../../editor/core/scope";

/**
 * One tab per person labels: two would save into one lease. Resolves to true when this tab has the right, false when
 * another has it. `steal` takes it over; the tab that loses it is told by `onLost`. Without the browser's locks (plain
 * http away from this machine) every tab may; the server's numbers still keep two tabs apart.
 */
export function holdTab(person: string, scope: Scope, steal: boolean, onLost: () => void): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = (lock: Lock | null) => {
      if (!lock) {
        resolve(false);
        return undefined;
      }
      resolve(true);
      return new Promise<void>((release) => {
        scope.add(release);
      });
    };
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    locks.request(`tongguan-label-${person}`, options, held).catch(() => {
      if (!scope.disposed) onLost();
    });
  });
}
