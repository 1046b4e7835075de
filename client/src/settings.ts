/** Reads the settings. It knows only those of the client by name; the server's are passed on. */
import * as os from "node:os";
import { type ConfigurationChangeEvent, type Uri, workspace } from "vscode";

/** The section that all settings live in. */
export const SECTION = "racelens";

/** Where the server's libraries come from: the extension, or the interpreter's environment. */
export type ImportStrategy = "useBundled" | "fromEnvironment";

const RESTARTING = ["interpreter", "importStrategy"];

/** Returns the command that the user set to start Python with; empty where none is set. */
export function configuredInterpreter(scope: Uri | undefined): string[] {
  const parts = workspace.getConfiguration(SECTION, scope).get<string[]>("interpreter", []);
  return parts.map(expanded);
}

/** Returns where the server's libraries come from. */
export function importStrategy(): ImportStrategy {
  const strategy = workspace.getConfiguration(SECTION).get<string>("importStrategy");
  return strategy === "fromEnvironment" ? strategy : "useBundled";
}

/**
 * Returns what the user or the project has set for `scope`. Defaults are left out: as values they
 * would outdo what the project's own file (pyproject.toml, racelens.toml) says.
 */
export function explicitSettings(scope: Uri | undefined): Record<string, unknown> {
  const section = workspace.getConfiguration(SECTION, scope);
  const values = Object.keys(section).map((key) => {
    const found = section.inspect(key);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    return [key, value] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** Says whether the server has to start anew after `change`; it hears of the others itself. */
export function needsRestart(change: ConfigurationChangeEvent): boolean {
  return RESTARTING.some((key) => change.affectsConfiguration(`${SECTION}.${key}`));
}

/** Returns the folder that decides the interpreter: the first, as one server serves them all. */
export function firstFolder(): Uri | undefined {
  return workspace.workspaceFolders?.[0]?.uri;
}

function expanded(part: string): string {
  return part
    .replaceAll("${workspaceFolder}", firstFolder()?.fsPath ?? "")
    .replaceAll("${userHome}", os.homedir())
    .replace(/^~(?=[/\\])/, os.homedir());
}
