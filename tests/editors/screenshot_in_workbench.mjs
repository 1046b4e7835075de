// Takes a picture of a finding in the editor: the squiggle, its hover and the list of its steps.
// usage: node screenshot_in_workbench.mjs JSON, which holds url, folder, file, line, artefacts and
// picture (the file to write).
// Prints what Problems lists as JSON.
import { join } from "node:path";
import { framed, hover, inWorkbench, openFile, problems, squiggle } from "./workbench.mjs";

const { url, folder, file, line, artefacts, picture } = JSON.parse(process.argv[2]);
const size = { width: 1180, height: 760 };
const failure = join(artefacts, "screenshot-failure.png");

const seen = await inWorkbench({ url, folder, size, scale: 1.5, failure }, async (page) => {
  await openFile(page, file);
  await squiggle(page);
  const listed = await problems(page);
  await page.keyboard.press("Control+B");
  await page.locator(".explorer-viewlet").waitFor({ state: "hidden" });
  await hover(page, line);
  await framed(page, picture);
  return { problems: listed };
});
console.log(JSON.stringify(seen));
