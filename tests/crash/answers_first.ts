/** A receiver that answers before it stores: what a proof of durability must refuse. Prints where it listens. */

import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(`${Deno.args[0]}/journal.db`);
database.exec(
  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE notification (body BLOB NOT NULL)",
);
const insert = database.prepare("INSERT INTO notification (body) VALUES (?)");
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(`http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`);
for await (const connection of listener) void serve(connection);

async function serve(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
    await connection.write(
      new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nAlert received"),
    );
    insert.run(buffer.slice(0, read));
  }
  connection.close();
}
