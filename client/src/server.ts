/** Starts and stops the language server. When to do so is `extension.ts`'s business. */
import * as readline from "node:readline";
import type { Readable } from "node:stream";
import { type LogOutputChannel, Uri, workspace } from "vscode";
import {
  type Executable,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from "vscode-languageclient/node";
import { chooseInterpreter } from "./interpreter";
import type { Python } from "./python";
import { withinTime } from "./serial";
import { explicitSettings, firstFolder, importStrategy, SECTION } from "./settings";
import { SELECTOR, type Status } from "./status";

const START_TIMEOUT_MS = 60_000;

/** The one server of a window. Its methods must not run at the same time: see `SerialWork`. */
export class Server {
  private client: LanguageClient | undefined;

  constructor(
    private readonly script: string,
    private readonly log: LogOutputChannel,
    private readonly status: Status,
  ) {}

  /** Stops the server, if it runs, and starts it. Throws where it cannot be started. */
  async restart(): Promise<void> {
    await this.stop();
    this.status.starting();
    try {
      const python = await chooseInterpreter(firstFolder(), this.log);
      this.log.info(`The server starts with ${python.command.join(" ")}.`);
      this.client = await this.started(python);
    } catch (error) {
      this.status.stopped(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** Stops the server, if it runs. One that does not answer is ended. */
  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    const child = client?.serverProcess;
    try {
      await client?.dispose();
    } catch (error) {
      this.log.warn("The server did not stop when asked and is ended:", String(error));
      child?.kill();
    }
  }

  private async started(python: Python): Promise<LanguageClient> {
    const start = executable(python, this.script);
    const client = new LanguageClient(SECTION, "RaceLens", start, clientOptions(this.log));
    client.onDidChangeState(({ newState }) => {
      this.showState(newState, python);
    });
    try {
      await withinTime(client.start(), START_TIMEOUT_MS, "The server did not start in time.");
    } catch (error) {
      client.serverProcess?.kill();
      throw error;
    }
    return client;
  }

  private showState(state: State, python: Python): void {
    switch (state) {
      case State.Starting:
        this.status.starting();
        break;
      case State.Running:
        this.status.running(python);
        break;
      case State.Stopped:
      case State.StartFailed:
        this.status.stopped("The server has stopped.");
        break;
    }
  }
}

function executable(python: Python, script: string): Executable {
  const [program = "", ...args] = python.command;
  return {
    command: program,
    args: [...args, script],
    transport: TransportKind.stdio,
    options: { env: { ...process.env, LS_IMPORT_STRATEGY: importStrategy() } },
  };
}

function clientOptions(log: LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: SELECTOR,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => ({
      settings: explicitSettings(firstFolder()),
      trusted: workspace.isTrusted,
    }),
    stdioOptions: { stdout: logLines, stderr: logLines },
    // The server asks for our section only, for each folder.
    middleware: {
      workspace: {
        configuration: ({ items }) =>
          items.map(({ scopeUri }) => explicitSettings(scopeUri ? Uri.parse(scopeUri) : undefined)),
      },
    },
  };
}

/** Writes down what the server says on its standard error; its lines carry their own level. */
function logLines(output: Readable, log: LogOutputChannel): void {
  readline.createInterface({ input: output }).on("line", (line) => {
    log.info(line);
  });
}
