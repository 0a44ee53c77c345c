import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { run } from "./process.ts";

const SCRIPT = `import { hiddenLine } from ${
  JSON.stringify(new URL("./hidden_line.ts", import.meta.url).href)
};
try {
  console.log("GOT " + JSON.stringify(await hiddenLine("Value: ", new AbortController().signal)));
} catch (error) {
  console.log("THREW " + error.name);
}
Deno.exit(0);
`;

// A terminal: what is typed, when it is asked for, and all that the terminal then shows.
const TERMINAL = `import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:-1])
shown = b""
typed = False
while True:
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if not typed and b"Value: " in shown:
        typed = True
        os.write(fd, sys.argv[-1].encode().decode("unicode_escape").encode("latin1"))
os.waitpid(pid, 0)
sys.stdout.write(shown.decode())
`;

const hasPython = await run("python3", ["--version"]).then(() => true, () => false);

Deno.test({
  name: "hiddenLine shows nothing of what is typed",
  ignore: !hasPython,
  async fn() {
    const directory = await Deno.makeTempDir({ prefix: "vigie-hidden-line-" });
    try {
      const script = join(directory, "ask.ts");
      await Deno.writeTextFile(script, SCRIPT);
      const typed = async (keys: string) => {
        const command = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", script];
        const { stdout, stderr } = await run("python3", ["-c", TERMINAL, ...command, keys], {
          env: { NO_COLOR: "1" },
        });
        equal(stderr, "");
        return stdout;
      };
      const [plain = "", corrected = "", interrupted = "", ended = ""] = await Promise.all([
        typed("hunter2\\r"),
        typed("hunter3\\x7f2\\r"),
        typed("hunter2\\x03"),
        typed("\\x04"),
      ]);
      match(plain, /Value: \r?\n+GOT "hunter2"/);
      equal(plain.split("hunter2").length, 2, "once, as its result");
      match(corrected, /GOT "hunter2"/);
      deepEqual([/THREW AbortError/.test(interrupted), interrupted.includes("hunter2")], [true, false]);
      match(ended, /GOT undefined/);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
