/**
 * Asks the Python extensions, where installed, for the interpreter of a folder: first the newer
 * `ms-python.vscode-python-envs`, then `ms-python.python`. RaceLens works without either.
 *
 * The interfaces state only the parts of their published interfaces that are used here.
 */
import { Disposable, type Event, extensions, type Uri } from "vscode";

interface EnvironmentsExtension {
  getEnvironment(scope: Uri | undefined): Promise<
    | {
        readonly execInfo?: {
          readonly run?: { readonly executable: string; readonly args?: readonly string[] };
        };
      }
    | undefined
  >;
  readonly onDidChangeEnvironment: Event<unknown>;
}

interface PythonExtension {
  readonly environments: {
    getActiveEnvironmentPath(resource?: Uri): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

const ENVIRONMENTS = "ms-python.vscode-python-envs";
const PYTHON = "ms-python.python";

/** Returns the command of the interpreter that the user chose for `scope`, if there is one. */
export async function chosenPython(scope: Uri | undefined): Promise<string[] | undefined> {
  const environments = await exportsOf<EnvironmentsExtension>(ENVIRONMENTS);
  const run = (await environments?.getEnvironment(scope))?.execInfo?.run;
  if (run !== undefined) {
    return [run.executable, ...(run.args ?? [])];
  }
  const python = (await exportsOf<PythonExtension>(PYTHON))?.environments;
  const active = python?.getActiveEnvironmentPath(scope);
  const resolved = active && (await python?.resolveEnvironment(active));
  const executable = resolved?.executable.uri?.fsPath;
  return executable === undefined ? undefined : [executable];
}

/** Calls `listener` whenever the user chooses another interpreter. */
export async function onDidChangeChosenPython(listener: () => void): Promise<Disposable> {
  const environments = await exportsOf<EnvironmentsExtension>(ENVIRONMENTS);
  const python = await exportsOf<PythonExtension>(PYTHON);
  return Disposable.from(
    ...[
      environments?.onDidChangeEnvironment(listener),
      python?.environments.onDidChangeActiveEnvironmentPath(listener),
    ].filter((subscription) => subscription !== undefined),
  );
}

/** Returns what the extension `id` offers; undefined where it is absent, off or broken. */
async function exportsOf<T>(id: string): Promise<T | undefined> {
  const extension = extensions.getExtension<T | null | undefined>(id);
  try {
    return (await extension?.activate()) ?? undefined;
  } catch {
    // The extension reports its own failure to the user; here it only counts as absent.
    return undefined;
  }
}
