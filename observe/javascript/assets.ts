/** The files of `assets/`; written by `deno task embed`. */
// deno-fmt-ignore-file
export const ASSETS: Readonly<Record<string, string>> = {
  "observer.cjs": "\"use strict\";\n",
};
