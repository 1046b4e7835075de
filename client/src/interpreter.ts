/** Chooses the Python that the server runs on. */
import * as path from "node:path";
import { type LogOutputChannel, type Uri, workspace } from "vscode";
import {
  isSuitable,
  locate,
  newest,
  OLDEST,
  ownSurroundings,
  probe,
  type Python,
  pythonCandidates,
  versionText,
} from "./python";
import { chosenPython } from "./pythonExtension";
import { withinTime } from "./serial";
import { configuredInterpreter } from "./settings";

const EXTENSION_TIMEOUT_MS = 20_000;

/** No Python can run the server; the message tells the user what to do. */
export class NoInterpreterError extends Error {}

/**
 * Returns the configured interpreter, else the one of the Python extension, else the newest on
 * PATH. Throws `NoInterpreterError` where the configured one is unsuitable or none is found.
 */
export async function chooseInterpreter(
  scope: Uri | undefined,
  log: LogOutputChannel,
): Promise<Python> {
  const configured = configuredInterpreter(scope);
  if (configured.length > 0) {
    return checked(configured);
  }
  const chosen = (await fromExtension(scope, log)) ?? (await newestOnPath());
  if (chosen === undefined) {
    throw new NoInterpreterError(
      `No Python ${versionText(OLDEST)} or newer was found. Set "racelens.interpreter".`,
    );
  }
  return chosen;
}

async function checked(configured: readonly string[]): Promise<Python> {
  const [program = "", ...args] = configured;
  const located = path.isAbsolute(program) ? program : locate(program, ownSurroundings());
  const python = located === undefined ? undefined : await probe([located, ...args]);
  const text = configured.join(" ");
  if (python === undefined) {
    throw new NoInterpreterError(`"racelens.interpreter" does not start Python: ${text}`);
  }
  if (!isSuitable(python)) {
    const needed = `Python ${versionText(OLDEST)} or newer is needed`;
    const found = `"racelens.interpreter" is Python ${versionText(python.version)}`;
    throw new NoInterpreterError(`${needed}; ${found}: ${text}`);
  }
  return python;
}

async function fromExtension(
  scope: Uri | undefined,
  log: LogOutputChannel,
): Promise<Python | undefined> {
  if (!workspace.isTrusted) {
    return undefined;
  }
  try {
    const command = await withinTime(
      chosenPython(scope),
      EXTENSION_TIMEOUT_MS,
      "it did not answer in time",
    );
    const python = command && (await probe(command));
    if (python === undefined || isSuitable(python)) {
      return python;
    }
    log.info(`The chosen Python ${versionText(python.version)} is too old to run the server.`);
  } catch (error) {
    log.warn("The Python extension could not be asked for its interpreter:", String(error));
  }
  return undefined;
}

async function newestOnPath(): Promise<Python | undefined> {
  const answers = await Promise.all(pythonCandidates(ownSurroundings()).map(probe));
  return newest(answers.filter((python) => python !== undefined));
}
