/** The page of a report: one file that loads nothing and runs nothing. */
import { createHash } from "node:crypto";
import { VERSION } from "../../internal/version.ts";
import { type Content, element, textOf } from "./markup.ts";

/** The start of every report; `ato` replaces such a file without `--force`. */
export const REPORT_HEAD = "<!doctype html>\n<!-- written by ato report -->";

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --weak: #5b6270; --text: #16181d;
  --line: #e1e4ea; --panel: #f5f6f8; --accent: #1d5fd6; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14161a; --weak: #a0a7b4; --text: #e7e9ee; --line: #2e323b;
    --panel: #1d2026; --accent: #7fb0ff; --bad: #ff8a80; }
}
body { margin: 0 auto; max-width: 1100px; padding: 16px; background: var(--back);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1, h2, h3, p, li { overflow-wrap: anywhere; }
h2 { margin: 28px 0 8px; border-bottom: 1px solid var(--line); }
small, .weak { color: var(--weak); }
.verdict { padding: 12px 16px; border-left: 4px solid var(--accent); background: var(--panel); }
.error { padding: 10px; border-left: 4px solid var(--bad); background: var(--panel); white-space: pre-wrap; }
.notes { white-space: pre-wrap; }
.rows { overflow-x: auto; }
table { border-collapse: collapse; }
td { max-width: 60ch; overflow-wrap: break-word; white-space: pre-line; }
th, td { padding: 3px 16px 3px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--weak); font-weight: 500; }
pre, code { font: 13px/1.45 ui-monospace, monospace; }
pre { padding: 10px; overflow: auto; background: var(--panel); }
figure { margin: 0 0 16px; overflow-x: auto; }
svg { max-width: 100%; min-width: 560px; height: auto; }
@media print { body { max-width: none; } details { display: block; } }
`;

/**
 * Writes the page.
 *
 * @param title Its title.
 * @param content Its content.
 * @returns the page. Its policy allows its own style sheet, and nothing else.
 */
export function reportDocument(title: string, content: Content): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  const policy =
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return [
    REPORT_HEAD,
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${textOf(title)}</title>`,
    `<style>${STYLE}</style>`,
    "</head>",
    "<body>",
    textOf(element("h1", title)),
    textOf(content),
    textOf(element("p.weak", `Written by ato report ${VERSION}.`)),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}
