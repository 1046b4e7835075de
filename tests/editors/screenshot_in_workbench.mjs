// Takes a picture of a finding in the editor: the squiggle, the light bulb, and the steps in Problems.
// usage: node screenshot_in_workbench.mjs JSON, which holds url, folder, file, line, artefacts and
// picture (the file to write).
import { join } from "node:path";
import { framed, inWorkbench, openFile, problems, putCaret, squiggle } from "./workbench.mjs";

const { url, folder, file, line, artefacts, picture } = JSON.parse(process.argv[2]);
const size = { width: 1120, height: 740 };
const failure = join(artefacts, "screenshot-failure.png");

await inWorkbench({ url, folder, size, scale: 1.5, failure }, async (page) => {
  await openFile(page, file);
  await squiggle(page);
  await problems(page);
  await page.keyboard.press("Control+B");
  await page.locator(".explorer-viewlet").waitFor({ state: "hidden" });
  await putCaret(page, line);
  await page.locator(".monaco-editor .lightBulbWidget").first().waitFor();
  await framed(page, picture);
});
