import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { overlaps, parseRoutes } from "./network.ts";

Deno.test("overlaps tells whether two subnets share an address", () => {
  strictEqual(overlaps("172.31.94.0/24", "172.31.0.0/16"), true);
  strictEqual(overlaps("172.31.0.0/16", "172.31.94.0/24"), true);
  strictEqual(overlaps("172.31.94.0/24", "172.31.95.0/24"), false);
  strictEqual(overlaps("10.0.0.0/8", "10.255.255.0/24"), true);
  strictEqual(overlaps("172.31.94.0/24", "fd00::/64"), false);
});

Deno.test("parseRoutes gives subnets with their interface, without the default route", () => {
  const text = [
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "tun0\t005E1FAC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "",
  ].join("\n");
  deepStrictEqual(parseRoutes(text), [{ kind: "route through", owner: "tun0", cidr: "172.31.94.0/24" }]);
});
