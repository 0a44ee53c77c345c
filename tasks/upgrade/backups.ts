/** The backups that an upgrade leans on: one before anything changes, and one service's data out of it when a change has to be undone. */

import type { Service, VersionedService } from "../../compose/services/mod.ts";
import type { Invocation } from "../cli.ts";
import type { Session } from "../session.ts";

/** Takes backups and gives data back. */
export interface Backups {
  /** Backs the running stack up. @returns the id of the snapshot. */
  take(session: Session, invocation: Invocation): Promise<string>;
  /** Makes the data of `service`, which is stopped or does not come up, be those of `snapshot`. */
  restore(session: Session, invocation: Invocation, snapshot: string, service: Service): Promise<void>;
}

// Its database is changed by a newer Grafana on its first start, and an older one does not know it then.
const ONE_WAY: readonly VersionedService[] = ["grafana"];
const WITH_DATA: readonly VersionedService[] = ["prometheus", "alertmanager", "grafana"];

/** Whether a newer version of `service` may leave data that its backup can replace. */
export function hasData(service: VersionedService): boolean {
  return WITH_DATA.includes(service);
}

/** Whether the data of `service` cannot be used by the older version once the newer one has run. */
export function isOneWay(service: VersionedService): boolean {
  return ONE_WAY.includes(service);
}
