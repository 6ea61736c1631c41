/** The files of `assets/`; written by `deno task embed`. */
// deno-fmt-ignore-file
export const ASSETS: Readonly<Record<string, string>> = {
  "ato_observer.py": "\"\"\"Observes what a Python program reads.\"\"\"\n",
};
