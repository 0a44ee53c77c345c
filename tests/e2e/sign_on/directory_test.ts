import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { DirectoryFailure, filled, findInDirectory } from "../../../webhook/sign_on/directory.ts";
import type { DirectorySettings } from "../../../webhook/sign_on/settings.ts";
import { roleOf } from "../../../webhook/sign_on/judge.ts";
import { BASE, type Directory, group, passwordOf, SEARCHER, startDirectory } from "./directory.ts";
import { unpackSlapd } from "./slapd.ts";
import { unless } from "../../unless.ts";
import { parse } from "smol-toml";
import { LDAP_FILE, renderLdap } from "../../../grafana/ldap.ts";
import { groupDn } from "../../../webhook/sign_on/directory_group.ts";

const slapd = await unpackSlapd();
const skip = "skip" in slapd ? slapd.skip : undefined;

function settingsFor({ ldaps, ca }: Directory, others: Partial<DirectorySettings> = {}): DirectorySettings {
  return {
    url: ldaps,
    startTls: false,
    ca,
    bindDn: SEARCHER.dn,
    bindPassword: SEARCHER.password,
    baseDn: `ou=people,${BASE}`,
    userFilter: "(uid={user})",
    userAttribute: "uid",
    groupBaseDn: `ou=groups,${BASE}`,
    groupFilter: "(member={dn})",
    nested: false,
    timeoutMs: 20_000,
    ...others,
  };
}

Deno.test({
  ...unless(skip, "findInDirectory against a real slapd"),
  async fn(t) {
    if ("skip" in slapd) return;
    await using directory = await startDirectory(slapd);
    const settings = settingsFor(directory);
    const groupsOf = async (user: string, others: Partial<DirectorySettings> = {}) =>
      (await findInDirectory({ ...settings, ...others }, user, passwordOf(user)))?.groups;

    await t.step("knows who somebody is, over ldaps and over StartTLS", async () => {
      const expected = {
        user: "anna",
        source: "ldap",
        groups: [group("sre")],
        dn: `uid=anna,ou=people,${BASE}`,
        isProved: true,
      };
      deepEqual(await findInDirectory(settings, "anna", passwordOf("anna")), expected);
      const startTls = { ...settings, url: directory.ldap, startTls: true };
      deepEqual(await findInDirectory(startTls, "anna", passwordOf("anna")), expected);
    });

    await t.step("refuses a wrong password, none at all, and who is not there", async () => {
      for (const password of ["wrong", "", undefined]) {
        equal((await findInDirectory(settings, "anna", password))?.isProved, false);
      }
      equal(await findInDirectory(settings, "nobody", "x"), undefined);
    });

    await t.step("lets nobody change the filter", async () => {
      for (const user of ["*", "a*", "anna)(uid=*", "anna)(|(uid=bob", "\0", "anna\\2a", "(", "anna "]) {
        const found = await findInDirectory(settings, user, passwordOf("anna"));
        equal(found === undefined || (user === "anna " && found.user === "anna"), true, JSON.stringify(user));
      }
      // A name that looks like a filter is still somebody's.
      equal((await findInDirectory(settings, "eve*x", passwordOf("eve*x")))?.isProved, true);
      equal((await findInDirectory(settings, "zoé", passwordOf("zoé")))?.isProved, true);
    });

    await t.step("takes nobody when a filter finds several", async () => {
      const several = { ...settings, userFilter: "(|(uid={user})(uid=bob)(uid=carol))" };
      equal(await findInDirectory(several, "anna", passwordOf("anna")), undefined);
    });

    await t.step("finds groups by memberOf as by a search, and groups in groups when asked to", async () => {
      for (const groupFilter of ["(member={dn})", undefined]) {
        deepEqual(await groupsOf("carol", { groupFilter }), [group("staff")]);
        deepEqual(await groupsOf("dave", { groupFilter }), [group("interns")]);
        const nested = { groupFilter, nested: true };
        deepEqual(await groupsOf("dave", nested), [group("interns"), group("staff")]);
        deepEqual(await groupsOf("eve*x", { groupFilter }), []);
      }
    });

    await t.step("gives roles by a group's name and by its DN, whatever is escaped in it", async () => {
      const bob = (await findInDirectory(settings, "bob", passwordOf("bob")))!;
      for (const named of ["on call, night", `CN=on call\\, night, OU=groups,${BASE}`]) {
        const roles = { admin: [], operator: [named], viewer: [] };
        equal(
          roleOf(bob, { urls: {}, users: [], directory: settings, roles, idleMs: 1, longestMs: 1 }),
          "operator",
        );
      }
    });

    await t.step("says what is wrong, without a password in it", async () => {
      const failing: [Partial<DirectorySettings>, RegExp][] = [
        [{ bindPassword: "hidden" }, /Cannot sign in to ".+" as "cn=searcher,.+": the password is wrong/],
        [{ ca: undefined }, /Cannot ask "ldaps:.+": .*(?:certificate|issuer|self|invalid)/i],
        [{ url: "ldaps://127.0.0.1:1" }, /Cannot ask "ldaps:\/\/127\.0\.0\.1:1": .*refused/i],
        [{ bindDn: undefined }, /Cannot ask/],
        // A certificate for another host.
        [{ url: directory.elsewhere.ldaps }, /Cannot ask ".+": .*(?:certificate|altname|name)/i],
        [
          { url: directory.elsewhere.ldap, startTls: true },
          /Cannot ask ".+": .*(?:certificate|altname|name)/i,
        ],
      ];
      for (const [others, message] of failing) {
        await rejects(findInDirectory({ ...settings, ...others }, "anna", passwordOf("anna")), (error) => {
          match((error as Error).message, message);
          equal(/hidden|s3cret/.test((error as Error).message), false);
          return error instanceof DirectoryFailure;
        });
      }
    });

    await t.step("finds what ldapsearch finds with the same filters", async () => {
      const dn = `uid=carol,ou=people,${BASE}`;
      deepEqual(await directory.search(settings.baseDn, filled(settings.userFilter, { user: "carol" })), [
        dn,
      ]);
      deepEqual(await directory.search(settings.groupBaseDn!, filled(settings.groupFilter!, { dn })), [
        group("staff"),
      ]);
    });

    await t.step("answers what Grafana is told to ask, with the groups that it is told of", async () => {
      const at = new URL(directory.ldaps.replace("ldaps:", "http:"));
      const text = renderLdap({
        ...{ host: at.hostname, port: Number(at.port), ldaps: true, startTls: false, timeoutSeconds: 5 },
        ...{ baseDn: settings.baseDn, userFilter: settings.userFilter, userAttribute: "uid" },
        ...{ groupBaseDn: settings.groupBaseDn!, groupFilter: settings.groupFilter },
        groups: [{ group: groupDn("on call, night", settings), role: "Editor" }],
      }).get(LDAP_FILE)!;
      const [server] = parse(text).servers as {
        search_filter: string;
        search_base_dns: string[];
        group_search_filter: string;
        group_search_base_dns: string[];
        group_mappings: { group_dn: string }[];
      }[];
      // As pkg/services/ldap/ldap.go fills them in.
      const [dn = ""] = await directory.search(
        server!.search_base_dns[0]!,
        server!.search_filter.replaceAll("%s", "bob"),
      );
      equal(dn, `uid=bob,ou=people,${BASE}`);
      const groups = await directory.search(
        server!.group_search_base_dns[0]!,
        server!.group_search_filter.replaceAll("%s", dn),
      );
      // It compares them as texts, without regard to capitals.
      deepEqual(groups.map((each) => each.toLowerCase()), [
        server!.group_mappings[0]!.group_dn.toLowerCase(),
      ]);
    });
  },
});

Deno.test("findInDirectory gives up on a directory that says nothing", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  try {
    const url = `ldap://127.0.0.1:${listener.addr.port}`;
    const settings = settingsFor({ ldaps: url, ca: "" } as Directory, { timeoutMs: 50, ca: undefined });
    await rejects(findInDirectory(settings, "anna", "x"), DirectoryFailure);
    await rejects(findInDirectory({ ...settings, startTls: true }, "anna", "x"), DirectoryFailure);
  } finally {
    listener.close();
    await accepting;
    for (const connection of accepted) connection.close();
  }
});
