/** How artifacts are shown, by their names and first bytes. */
import type { ArtifactView } from "../api_types.ts";

/** Types of images that browsers show. An SVG is shown as an image only, in which no script runs. */
const IMAGES: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  webp: "image/webp",
};

/** Bytes that decide whether a file is text. */
export const SNIFFED = 8192;

/** What a file is. */
export interface ArtifactKind {
  readonly view: Exclude<ArtifactView, "none">;
  /** The type that it is served with. */
  readonly type: string;
  /** Whether the browser saves it when it is opened by itself. */
  readonly isSaved: boolean;
}

/** Tells what a file is. */
export function artifactKind(path: string, head: Uint8Array): ArtifactKind {
  const end = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  const image = Object.hasOwn(IMAGES, end) ? IMAGES[end] : undefined;
  if (image !== undefined) {
    return { view: "image", type: image, isSaved: end === "svg" };
  }
  // HTML and scripts, too: as text, a browser neither renders nor runs them.
  return isText(head)
    ? { view: "text", type: "text/plain; charset=utf-8", isSaved: false }
    : { view: "file", type: "application/octet-stream", isSaved: true };
}

function isText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  try {
    // The last character may be cut off.
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
