// Takes a picture of a finding in the editor: the squiggle and its interleaving.
// usage: node screenshot_in_workbench.mjs JSON, which holds url, folder, file, line, artefacts and
// picture (the file to write).
import { join } from "node:path";
import { framed, hover, inWorkbench, openFile, squiggle } from "./workbench.mjs";

const { url, folder, file, line, artefacts, picture } = JSON.parse(process.argv[2]);
const size = { width: 1180, height: 760 };
const failure = join(artefacts, "screenshot-failure.png");

await inWorkbench({ url, folder, size, scale: 1.5, failure }, async (page) => {
  await openFile(page, file);
  await squiggle(page);
  await page.keyboard.press("Control+B");
  await page.locator(".explorer-viewlet").waitFor({ state: "hidden" });
  await hover(page, line);
  await framed(page, picture);
});
