import { defineStack } from "vigie";

function ports(): { grafana: number } {
  const table = new Map<string, number>();
  const port = table.get("grafana");
  if (port === undefined) throw new RangeError('No port is known for "grafana"');
  return { grafana: port };
}

export default defineStack({ ports: ports() });
