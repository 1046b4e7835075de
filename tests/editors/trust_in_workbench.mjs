// Opens a folder that is not trusted, then trusts it.
// usage: node trust_in_workbench.mjs JSON, which holds url, folder, file, artefacts and starts (a
// file that the interpreter of the folder's settings makes when it is started).
// Prints what was seen as JSON.
import { existsSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { inWorkbench, openFile, runCommand, squiggle } from "./workbench.mjs";

const { url, folder, file, artefacts, starts } = JSON.parse(process.argv[2]);
const size = { width: 1280, height: 800 };
const failure = join(artefacts, "trust-failure.png");

const seen = await inWorkbench({ url, folder, size, scale: 1, failure }, async (page) => {
  await openFile(page, file);
  await squiggle(page);
  const startedUntrusted = existsSync(starts);
  const started = made(starts);
  await runCommand(page, "Workspaces: Manage Workspace Trust");
  await page
    .locator(".workspace-trust-editor .monaco-button", { hasText: "Trust" })
    .first()
    .click();
  await started;
  return { startedUntrusted, startedTrusted: existsSync(starts) };
});
console.log(JSON.stringify(seen));

function made(path) {
  return new Promise((resolve) => {
    const watcher = watch(dirname(path), (_, name) => {
      if (name === basename(path)) {
        watcher.close();
        resolve();
      }
    });
  });
}
