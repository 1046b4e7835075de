import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isSuitable, locate, newest, probe, pythonCandidates, type Python } from "../src/python";

const folder = mkdtempSync(join(tmpdir(), "racelens-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Makes a program that prints `output`, and returns its path. */
function program(name: string, output: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${output}'\n`);
  chmodSync(file, 0o755);
  return file;
}

function python(name: string, major: number, minor: number): Python {
  return { command: [name], version: [major, minor] };
}

test("the newest suitable Python is chosen, the first of equals", () => {
  const found = [python("a", 3, 9), python("b", 3, 13), python("c", 3, 13), python("d", 3, 11)];
  assert.deepEqual(newest(found)?.command, ["b"]);
  assert.equal(newest([python("a", 3, 9), python("b", 2, 7)]), undefined);
  assert.equal(newest([]), undefined);
});

test("versions are compared as numbers", () => {
  assert.ok(isSuitable(python("a", 3, 10)));
  assert.ok(!isSuitable(python("a", 3, 9)));
  assert.ok(isSuitable(python("a", 4, 0)));
});

test("what does not run, or is no Python, has no version", async () => {
  assert.deepEqual((await probe([program("new", "3 14")]))?.version, [3, 14]);
  assert.equal(await probe([program("talks", "Python 3.14")]), undefined);
  assert.equal(await probe([join(folder, "absent")]), undefined);
});

test("programs are looked for in absolute folders only", () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "python3.12"), "");
  writeFileSync(join(bin, "python"), "");
  const around = { platform: "linux", searchPath: `:.:bin:${bin}` } as const;
  assert.deepEqual(pythonCandidates(around), [[join(bin, "python3.12")], [join(bin, "python")]]);
  assert.equal(locate("python3.12", { platform: "linux", searchPath: ":.:bin" }), undefined);
});
