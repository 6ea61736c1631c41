/// <reference lib="dom" />
/** The artifacts of a run: images and texts are shown, what else there is can be saved. */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type {
  ArtifactsReply,
  RunReply,
  ShownArtifact,
} from "../../../api_types.ts";
import { read, readText } from "../../api.ts";
import { code, Rows, Section } from "../../parts/section.tsx";
import { Loaded } from "../../parts/states.tsx";
import { useRequest } from "../../request.ts";
import { bytes, shown } from "../../text.ts";
import { consoleText } from "./console_text.ts";

/** Bytes of a text that are shown. */
const HEAD = 64 * 1024;

/** The artifacts. */
export function Artifacts({ run }: { readonly run: RunReply }): VNode | null {
  const { id, artifacts } = run;
  const state = useRequest<ArtifactsReply>(
    (signal) => read(`/api/runs/${id}/artifacts`, {}, signal),
    [id, artifacts.length],
  );
  if (artifacts.length === 0) return null;
  return (
    <Section title="Artifacts" note={`${artifacts.length}`}>
      <Loaded state={state} what="the artifacts">
        {({ artifacts }) => (
          <>
            <Rows
              name={`artifacts of run ${id}`}
              head={["path", "type", "size", "sha256", "file"]}
              rows={artifacts.map((one) => [
                shown(one.path),
                shown(one.type ?? ""),
                bytes(one.size),
                code((one.sha256 ?? "").slice(0, 12)),
                <FileLink key={one.id} run={id} artifact={one} />,
              ])}
            />
            <div class="artifacts">
              {artifacts.map((one) => (
                <Shown key={one.id} run={id} artifact={one} />
              ))}
            </div>
          </>
        )}
      </Loaded>
    </Section>
  );
}

interface ArtifactProps {
  readonly run: number;
  readonly artifact: ShownArtifact;
}

function addressOf({ run, artifact }: ArtifactProps): string {
  return `/api/runs/${run}/artifacts/${artifact.id}`;
}

function FileLink(props: ArtifactProps): VNode {
  const { artifact: { path, view, isChanged, reason } } = props;
  if (view === "none") return <span class="weak">{shown(reason ?? "")}</span>;
  const name = path.split(/[/\\]/).at(-1) ?? "";
  return (
    <>
      <a href={addressOf(props)} download={name}>save</a>
      {isChanged && <em class="changed">its size has changed since</em>}
    </>
  );
}

/** An image, or the start of a text. */
function Shown(props: ArtifactProps): VNode | null {
  const { artifact: { path, view } } = props;
  const [isOpen, setOpen] = useState(false);
  if (view === "image") {
    return (
      <figure class="artifact">
        <img src={addressOf(props)} alt={shown(path)} loading="lazy" />
        <figcaption>{shown(path)}</figcaption>
      </figure>
    );
  }
  if (view !== "text") return null;
  return (
    <details
      class="artifact"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>{shown(path)}</summary>
      {isOpen && <Text {...props} />}
    </details>
  );
}

function Text(props: ArtifactProps): VNode {
  const address = addressOf(props);
  const state = useRequest<string>(
    (signal) => readText(address, { head: HEAD }, signal),
    [address],
  );
  return (
    <Loaded state={state} what="the text">
      {(text) => <pre class="console" tabIndex={0}>{consoleText(text)}</pre>}
    </Loaded>
  );
}
