import assert from "node:assert/strict";
import { LOCAL_EXCEPTIONS } from "./exceptions.ts";
import { sift } from "./finding.ts";
import { capabilityNames, parseProcess, PROCESS_RULES, type ProcessFacts } from "./local_rules.ts";

const STATUS = `Name:	prometheus
Uid:	73684	73684	73684	73684
CapInh:	0000000000000000
CapEff:	0000000000002400
NoNewPrivs:	1
Seccomp:	2
`;
const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max core file size        0                    unlimited            bytes
`;
const GOOD: ProcessFacts = {
  service: "prometheus",
  pid: 7,
  uid: 73_684,
  capabilities: [],
  noNewPrivileges: true,
  seccomp: true,
  coreLimit: "0",
  wide: [],
};

function broken(change: Partial<ProcessFacts>, pings = false): string[] {
  const process = { ...GOOD, ...change };
  const findings = PROCESS_RULES.flatMap(({ find, ...rule }) => {
    const evidence = find(process, { pings });
    return evidence.length > 0 ? [{ ...rule, subject: process.service, evidence }] : [];
  });
  return sift(findings, LOCAL_EXCEPTIONS).findings.map(({ id }) => id);
}

Deno.test("parseProcess reads user, capabilities, privileges, filter and core dumps", () => {
  assert.deepEqual(parseProcess("prometheus", 7, STATUS, LIMITS), {
    service: "prometheus",
    pid: 7,
    uid: 73_684,
    capabilities: ["net_bind_service", "net_raw"],
    noNewPrivileges: true,
    seccomp: true,
    coreLimit: "0",
  });
  assert.equal(parseProcess("prometheus", 7, "", ""), undefined);
});

Deno.test("capabilityNames names every bit", () => {
  assert.deepEqual(capabilityNames("0000000000000000"), []);
  assert.equal(capabilityNames("000001ffffffffff").length, 41);
  assert.equal(capabilityNames("000001ffffffffff").at(-1), "checkpoint_restore");
  assert.deepEqual(capabilityNames("0000020000000000"), ["capability 41"]);
});

Deno.test("PROCESS_RULES find each thing that a process may not", () => {
  assert.deepEqual(broken({}), []);
  assert.deepEqual(broken({ seccomp: false }), [], "meant to be");
  assert.deepEqual(broken({ service: "webhook", uid: 0 }), ["security/process-root"]);
  assert.deepEqual(broken({ capabilities: ["net_raw"] }), ["security/process-capabilities"]);
  assert.deepEqual(broken({ noNewPrivileges: false }), ["security/process-new-privileges"]);
  assert.deepEqual(broken({ coreLimit: "unlimited" }), ["security/core-dumps"]);
  assert.deepEqual(broken({ wide: ["10.0.0.5:9090"] }), ["security/listen-wide"]);
});

Deno.test("PROCESS_RULES let the blackbox exporter ping, and do no more", () => {
  assert.deepEqual(broken({ service: "blackbox", capabilities: ["net_raw"] }, true), []);
  assert.deepEqual(broken({ service: "blackbox", capabilities: ["net_raw", "sys_admin"] }), [
    "security/process-capabilities",
  ]);
  assert.deepEqual(broken({ service: "blackbox", noNewPrivileges: false }, true), []);
  assert.deepEqual(broken({ service: "blackbox", noNewPrivileges: false }), [
    "security/process-new-privileges",
  ]);
});
