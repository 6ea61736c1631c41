/** Where Chromium is. */
import { existsSync } from "node:fs";
import process from "node:process";

/** Where systems put it. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The path of Chromium; `undefined` if there is none. `ATO_CHROMIUM` names another one. */
export const CHROMIUM: string | undefined = process.env["ATO_CHROMIUM"] ||
  PLACES.find((path) => existsSync(path));

/** In containers the sandbox of the browser needs rights that tests do not have, and the shared memory is small. */
export const CHROMIUM_ARGS: readonly string[] = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
];
