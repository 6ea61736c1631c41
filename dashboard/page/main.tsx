/** The page. Its sources are bundled by `deno task page` into `dashboard/assets.ts`. */
/// <reference lib="dom" />
import { render } from "preact";
import { App } from "./app.tsx";
import { followFile } from "./live.ts";

followFile();
render(<App />, document.getElementById("app") ?? document.body);
