/** `compose/exposed`: nothing can be reached from elsewhere. */

import type { Check } from "../../lib/check.ts";
import { type ComposeFile, type Fault, listOf, mapOf, problemsIn } from "./model.ts";
import { listensOf, shortForm } from "./ports.ts";

/**
 * Every port is bound to this machine, or in the host's network to the stack's own bridge. Prometheus, Alertmanager and the exporters ask for no
 * password and speak no TLS here, and Docker publishes ports past the firewall rules of ufw.
 */
export const exposedCheck: Check = {
  id: "compose/exposed",
  title: "Nothing listens beyond this machine without TLS and a password",
  severity: "error",
  online: false,
  run(context) {
    return Promise.resolve(problemsIn(this.id, context, faults));
  },
};

function faults({ services, networks }: ComposeFile): Fault[] {
  const bridges = new Set(gatewaysOf(networks));
  return services.flatMap(([service, definition]): Fault[] => {
    const fault = (path: readonly (string | number)[], ip: string): Fault[] =>
      isLoopback(ip) ? [] : [{
        service,
        path: ["services", service, ...path],
        message: `The service "${service}" listens on ${
          ip === "0.0.0.0" || ip === "::" ? "every address of this machine" : ip
        }: others could reach it without TLS and without a password`,
        cure: 'Keep `bind: "127.0.0.1"` in config.ts, and reach it from elsewhere through ssh',
      }];
    return [
      ...listOf(definition.ports).flatMap((entry, i) => {
        const ip = typeof entry === "string"
          ? shortForm(entry).ip
          : String(mapOf(entry).host_ip ?? "0.0.0.0");
        return fault(["ports", i], ip);
      }),
      ...listensOf(definition).flatMap(({ index, ip }) =>
        bridges.has(ip) ? [] : fault(["command", index], ip)
      ),
    ];
  });
}

function gatewaysOf(networks: ComposeFile["networks"]): string[] {
  return Object.values(networks).flatMap((network) =>
    listOf(mapOf(mapOf(network).ipam).config).flatMap((entry) => {
      const { gateway } = mapOf(entry);
      return typeof gateway === "string" ? [gateway] : [];
    })
  );
}

function isLoopback(ip: string): boolean {
  return ip.startsWith("127.") || /^(0*:)+0*1$/.test(ip) || ip === "localhost";
}
