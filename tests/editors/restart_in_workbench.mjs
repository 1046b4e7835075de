// Changes the interpreter in the folder's settings and restarts the server by command.
// usage: node restart_in_workbench.mjs JSON, which holds url, folder, file, artefacts, python (a
// command that notes each start of itself in the file `starts`) and starts.
// Prints what was seen as JSON.
import { readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  inWorkbench,
  noSquiggle,
  notification,
  openFile,
  runCommand,
  squiggle,
} from "./workbench.mjs";

const { url, folder, file, artefacts, python, starts } = JSON.parse(process.argv[2]);
const size = { width: 1280, height: 800 };
const failure = join(artefacts, "restart-failure.png");

const seen = await inWorkbench({ url, folder, size, scale: 1, failure }, async (page) => {
  await openFile(page, file);
  await squiggle(page);
  setInterpreter([join(folder, "absent")]);
  const complaint = await notification(page, "does not start Python");
  await noSquiggle(page);
  setInterpreter([python]);
  await squiggle(page);
  const before = serverStarts();
  const restarted = anotherStart();
  await runCommand(page, "RaceLens: Restart Server");
  await restarted;
  await squiggle(page);
  return { complaint, before, after: serverStarts() };
});
console.log(JSON.stringify(seen));

function setInterpreter(command) {
  const settings = join(folder, ".vscode", "settings.json");
  writeFileSync(settings, JSON.stringify({ "racelens.interpreter": command }));
}

/** Returns how often the server, not only the question for a version, was started. */
function serverStarts() {
  const lines = readFileSync(starts, "utf8").split("\n");
  return lines.filter((line) => line.includes("start_server.py")).length;
}

function anotherStart() {
  const before = serverStarts();
  return new Promise((resolve) => {
    const watcher = watch(starts, () => {
      if (serverStarts() > before) {
        watcher.close();
        resolve();
      }
    });
  });
}
