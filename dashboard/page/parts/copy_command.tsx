/// <reference lib="dom" />
/** A command, and a button that copies it. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { shown } from "../text.ts";

/** The command. Where the browser does not let pages copy, it is selected, so that a key copies it. */
export function CopyCommand({ command }: { readonly command: string }): VNode {
  const [said, say] = useState("Copy");
  const copy = async (button: HTMLElement) => {
    try {
      await navigator.clipboard.writeText(command);
      say("Copied");
    } catch {
      const text = button.previousElementSibling;
      if (text !== null) getSelection()?.selectAllChildren(text);
      say("Selected; press Ctrl+C");
    }
  };
  return (
    <div class="command">
      <code>{shown(command)}</code>
      <button
        type="button"
        onClick={(event) => void copy(event.currentTarget)}
        onBlur={() => say("Copy")}
      >
        <span role="status">{said}</span>
      </button>
    </div>
  );
}
