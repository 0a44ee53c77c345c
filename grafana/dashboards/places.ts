/** Links between dashboards: each keeps what the reader has chosen. */

import type { Text } from "../../lib/text.ts";
import type { Link } from "../panel.ts";

const HOST: Text = { fr: "Ouvrir l'hôte", en: "Open the host" };
const ALERTS: Text = { fr: "Alertes de cet hôte", en: "Alerts of this host" };

/** From a row of a table to its host. */
export const HOST_OF_ROW: Link = {
  title: HOST,
  to: "/d/vigie-host?var-job=${job:percentencode}&var-instance=${__data.fields.instance:percentencode}",
};

/** From a series of a graph to its host. */
export const HOST_OF_SERIES: Link = {
  title: HOST,
  to: "/d/vigie-host?var-job=${job:percentencode}&var-instance=${__field.labels.instance:percentencode}",
};

/** From the host that is shown to its alerts. */
export const ALERTS_OF_HOST: Link = {
  title: ALERTS,
  to: "/d/vigie-alerts?var-instance=${instance:percentencode}",
};
