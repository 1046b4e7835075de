/** Shows beside the language of Python files whether the server runs. */
import { languages, LanguageStatusSeverity } from "vscode";
import { type Python, versionText } from "./python";

/** The documents that the server is told of. */
export const SELECTOR = [
  { language: "python", scheme: "file" },
  { language: "python", scheme: "untitled" },
];

/** The language status; its link runs the command `showLog`. */
export class Status {
  private readonly item = languages.createLanguageStatusItem("racelens.status", SELECTOR);

  constructor(showLog: string) {
    this.item.name = "RaceLens";
    this.item.text = "RaceLens";
    this.item.command = { command: showLog, title: "Show Log" };
  }

  starting(): void {
    this.show("starting", true, LanguageStatusSeverity.Information);
  }

  running({ command, version }: Python): void {
    const detail = `Python ${versionText(version)}, ${command.join(" ")}`;
    this.show(detail, false, LanguageStatusSeverity.Information);
  }

  stopped(reason: string): void {
    this.show(reason, false, LanguageStatusSeverity.Error);
  }

  dispose(): void {
    this.item.dispose();
  }

  private show(detail: string, busy: boolean, severity: LanguageStatusSeverity): void {
    Object.assign(this.item, { detail, busy, severity });
  }
}
