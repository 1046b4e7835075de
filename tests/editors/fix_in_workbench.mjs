// Opens a file, waits for its squiggle, reads Problems, applies a quick fix and saves.
// usage: node fix_in_workbench.mjs JSON, which holds url, folder, file, line, fix and artefacts.
// Prints what was seen as JSON.
import { join } from "node:path";
import {
  applyQuickFix,
  inWorkbench,
  noSquiggle,
  openFile,
  problems,
  quickFixes,
  save,
  squiggle,
} from "./workbench.mjs";

const { url, folder, file, line, fix, artefacts } = JSON.parse(process.argv[2]);
const size = { width: 1280, height: 800 };
const failure = join(artefacts, "workbench-failure.png");

const seen = await inWorkbench({ url, folder, size, scale: 1, failure }, async (page) => {
  await openFile(page, file);
  await squiggle(page);
  const listed = await problems(page);
  await page.screenshot({ path: join(artefacts, "workbench-problems.png") });
  const fixes = await quickFixes(page, line);
  await page.screenshot({ path: join(artefacts, "workbench-quick-fixes.png") });
  await applyQuickFix(page, fix);
  await noSquiggle(page);
  await save(page);
  await page.screenshot({ path: join(artefacts, "workbench-fixed.png") });
  return { problems: listed, fixes };
});
console.log(JSON.stringify(seen));
