// What a person does in VS Code's workbench, done in Chromium. Every wait is bounded and ends as
// soon as what it waits for is there.
import { chromium } from "playwright-core";

const START_MS = 90_000;
const STEP_MS = 30_000;
const BROWSER_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Runs `scenario` with a page that shows `folder`; a screenshot of a failure goes to `failure`. */
export async function inWorkbench({ url, folder, size, scale, failure }, scenario) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: BROWSER_ARGS,
  });
  try {
    const context = await browser.newContext({ viewport: size, deviceScaleFactor: scale });
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_MS);
    try {
      await page.goto(`${url}?folder=${encodeURIComponent(folder)}`, { timeout: START_MS });
      await page.locator(".monaco-workbench").waitFor({ timeout: START_MS });
      return await scenario(page);
    } catch (error) {
      await page.screenshot({ path: failure });
      throw error;
    }
  } finally {
    await browser.close();
  }
}

/** Opens the file `name` of the explorer in an editor. */
export async function openFile(page, name) {
  const row = page.locator(".explorer-viewlet .monaco-list-row", { hasText: name });
  await row.first().dblclick({ timeout: START_MS });
  await page.locator(".monaco-editor .view-line").first().waitFor();
}

/** Waits until the editor underlines a warning. */
export async function squiggle(page) {
  await page.locator(".monaco-editor .squiggly-warning").first().waitFor({ timeout: START_MS });
}

/** Waits until the editor underlines nothing. */
export async function noSquiggle(page) {
  const underlined = ".monaco-editor :is(.squiggly-warning, .squiggly-error, .squiggly-info)";
  await page.waitForFunction((css) => document.querySelector(css) === null, underlined);
}

/** Shows the Problems view and returns the text of its rows. */
export async function problems(page) {
  await page.keyboard.press("Control+Shift+M");
  const rows = page.locator(".markers-panel .monaco-list-row");
  await rows.nth(1).waitFor();
  return (await rows.allInnerTexts()).map(onOneLine);
}

/** Opens the quick fixes of the line that holds `text` and returns their titles. */
export async function quickFixes(page, text) {
  await putCaret(page, text);
  await page.keyboard.press("Control+.");
  const rows = page.locator(".action-widget .monaco-list-row.action");
  await rows.first().waitFor();
  return (await rows.allInnerTexts()).map(onOneLine);
}

/** Applies the open menu's quick fix `title`. */
export async function applyQuickFix(page, title) {
  await page.locator(".action-widget .monaco-list-row.action", { hasText: title }).first().click();
}

/** Runs the command `title` from the command palette. */
export async function runCommand(page, title) {
  await page.keyboard.press("F1");
  const input = page.locator(".quick-input-widget input").first();
  await input.waitFor();
  await input.fill(`>${title}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
}

/** Waits for a notification that holds `text` and returns the whole of it. */
export async function notification(page, text) {
  const toast = page.locator(".notification-toast", { hasText: text }).first();
  await toast.waitFor();
  return onOneLine(await toast.innerText());
}

/** Puts the caret before the first word of the line that holds `text`. */
export async function putCaret(page, text) {
  // By clicking the text: a click on a row of Problems would open the rule's page.
  await lineWith(page, text).locator("span span").first().click();
  await page.keyboard.press("Home");
}

/** Writes a picture of the page, as a window with a shadow, to `file`. */
export async function framed(page, file) {
  const picture = (await page.screenshot()).toString("base64");
  const { width, height } = page.viewportSize();
  const frame = await page.context().newPage();
  await frame.setContent(`
    <style>
      body { margin: 0; padding: 24px 32px 40px; width: ${width}px }
      img { width: 100%; border-radius: 10px; box-shadow: 0 12px 28px rgb(0 0 0 / 45%) }
    </style>
    <img src="data:image/png;base64,${picture}">`);
  await frame.setViewportSize({ width: width + 64, height: height + 64 });
  await frame.locator("img").waitFor();
  await frame.screenshot({ path: file, omitBackground: true });
}

/** Returns the editor's line that holds `text`. */
export function lineWith(page, text) {
  // The editor shows blanks as U+00A0.
  const pattern = text.split(" ").map(escaped).join("[ \\u00a0]");
  return page.locator(".monaco-editor .view-line", { hasText: new RegExp(pattern) }).first();
}

/** Saves the file and waits until its tab no longer says that it is changed. */
export async function save(page) {
  await page.keyboard.press("Control+S");
  await page.waitForFunction(() => document.querySelector(".tab.active.dirty") === null);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function onOneLine(text) {
  return text.replace(/\s+/g, " ").trim();
}
