/** The extension's entry: keeps a server running and starts it anew when something changes. */
import { commands, type ExtensionContext, type LogOutputChannel, window, workspace } from "vscode";
import { NoInterpreterError } from "./interpreter";
import { onDidChangeChosenPython } from "./pythonExtension";
import { SerialWork } from "./serial";
import { Server } from "./server";
import { needsRestart } from "./settings";
import { Status } from "./status";

const RESTART = "racelens.restart";
const SHOW_LOG = "racelens.showLog";

let server: Server | undefined;

/** Starts the server and listens for what makes it start anew. */
export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("RaceLens", { log: true });
  const status = new Status(SHOW_LOG);
  const running = new Server(context.asAbsolutePath("client/start_server.py"), log, status);
  const restarts = new SerialWork(() => running.restart());
  const restart = (): Promise<void> =>
    restarts.request().catch((error: unknown) => {
      reportFailure(log, error);
    });
  server = running;
  context.subscriptions.push(
    log,
    status,
    commands.registerCommand(RESTART, restart),
    commands.registerCommand(SHOW_LOG, () => {
      log.show();
    }),
    workspace.onDidGrantWorkspaceTrust(restart),
    workspace.onDidChangeConfiguration((change) => (needsRestart(change) ? restart() : undefined)),
  );
  await restart();
  context.subscriptions.push(await onDidChangeChosenPython(() => void restart()));
}

/** Stops the server. */
export async function deactivate(): Promise<void> {
  await server?.stop();
}

function reportFailure(log: LogOutputChannel, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  log.error(message);
  if (!(error instanceof NoInterpreterError)) {
    return; // The client has told the user why the server did not start.
  }
  void window.showErrorMessage(`RaceLens: ${message}`, "Show Log").then((answer) => {
    if (answer !== undefined) {
      log.show();
    }
  });
}
