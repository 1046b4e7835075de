/**
 * Finds Python interpreters in the folders of PATH and asks them for their version. It chooses
 * none but the newest: `interpreter.ts` does the rest.
 */
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import * as path from "node:path";

/** A version of Python: major and minor. */
export type Version = readonly [number, number];

/** A command that starts Python, and the version it says it is. */
export interface Python {
  readonly command: readonly string[];
  readonly version: Version;
}

/** The oldest Python that the server runs on. */
export const OLDEST: Version = [3, 10];

const PROBE = "import sys; print(*sys.version_info[:2])";
const PROBE_TIMEOUT_MS = 10_000;

/** Returns the version of what `command` starts; undefined where it does not run Python. */
export function probe(command: readonly string[]): Promise<Python | undefined> {
  const [program = "", ...args] = command;
  // -I keeps the probe from importing anything out of the current folder.
  const probeArgs = [...args, "-I", "-c", PROBE];
  const options = { timeout: PROBE_TIMEOUT_MS, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, probeArgs, options, (error, stdout) => {
      const version = error === null ? parseVersion(stdout) : undefined;
      resolve(version && { command, version });
    });
  });
}

/** Says whether the server runs on `python`. */
export function isSuitable(python: Python): boolean {
  return compareVersions(python.version, OLDEST) >= 0;
}

/**
 * Returns the newest suitable Python, the first of equals; undefined where there is none.
 * The newest, because syntax that is newer than the interpreter cannot be read.
 */
export function newest(pythons: readonly Python[]): Python | undefined {
  let best: Python | undefined;
  for (const python of pythons.filter(isSuitable)) {
    if (best === undefined || compareVersions(python.version, best.version) > 0) {
      best = python;
    }
  }
  return best;
}

/** Returns `version` as people write it. */
export function versionText(version: Version): string {
  return version.join(".");
}

/** Where programs are looked for: the system, and the value of PATH. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly searchPath: string;
}

/** Returns the surroundings of this process. */
export function ownSurroundings(): Surroundings {
  return { platform: process.platform, searchPath: process.env.PATH ?? "" };
}

const NAMES = [
  ...["python3.14", "python3.13", "python3.12", "python3.11", "python3.10"],
  ...["python3", "python"],
];

/** Returns the commands on PATH that may start Python, the better ones first. */
export function pythonCandidates(around: Surroundings): string[][] {
  const found = NAMES.map((name) => locate(name, around)).filter((file) => file !== undefined);
  const launcher = around.platform === "win32" ? locate("py", around) : undefined;
  return [...found.map((file) => [file]), ...(launcher === undefined ? [] : [[launcher, "-3"]])];
}

/** Returns the absolute path of the program `name`; undefined where PATH has none. */
export function locate(name: string, around: Surroundings): string | undefined {
  const windows = around.platform === "win32";
  const paths = windows ? path.win32 : path.posix;
  const file = windows && !/\.exe$/i.test(name) ? `${name}.exe` : name;
  // A relative entry would let the opened folder decide what runs.
  const folders = around.searchPath
    .split(paths.delimiter)
    .filter((folder) => paths.isAbsolute(folder));
  return folders.map((folder) => paths.join(folder, file)).find(mayBeProgram);
}

function mayBeProgram(candidate: string): boolean {
  try {
    return statSync(candidate, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // The aliases of Windows' store cannot be looked at but run; the probe tells.
    return true;
  }
}

function parseVersion(output: string): Version | undefined {
  const match = /^(\d+) (\d+)\s*$/.exec(output);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

function compareVersions(left: Version, right: Version): number {
  return left[0] - right[0] || left[1] - right[1];
}
