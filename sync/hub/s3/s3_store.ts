/**
 * A hub in a bucket of a service that speaks S3. It is loaded only for such an address, and `aws4fetch` only when it
 * connects.
 *
 * @module
 */
import { randomBytes, randomUUID } from "node:crypto";
import { isRecord } from "../../../internal/objects.ts";
import { visible } from "../../../internal/visible_text.ts";
import { sha256 } from "../_blob.ts";
import { lookUntil } from "../_look_until.ts";
import { HubError, shownUrl } from "../errors.ts";
import { checkObjectName } from "../_object_name.ts";
import { inOrder } from "../_in_order.ts";
import type {
  HubStore,
  StoredObject,
  StoredRef,
  WaitOptions,
} from "../store.ts";
import { readAddress } from "./_address.ts";
import { S3Client, type S3ClientOptions } from "./_client.ts";
import { tryConditions } from "./_conditions.ts";
import type { ListedKey } from "./_xml.ts";

const MARK = "ato-hub";
const OBJECTS = "objects/";
const REFS = "refs/";
const TRIALS = "trials/";
/** The version of how a hub is laid out in a bucket. */
const LAYOUT = 1;
/** Milliseconds between two looks at a value. */
const LOOK = 2_000;
/** How often an object is looked for anew while its copies come and go. */
const LOOKS = 3;

/** The keys of a hub but its mark. */
const OWN =
  /^(?:objects\/[\da-f]{64}\.[\da-f]{16}|refs\/[a-z]+|trials\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

/** A copy of an object. */
interface Copy {
  readonly name: string;
  readonly key: string;
  readonly size: number;
}

/** A copy as it is listed. */
interface ListedCopy extends Copy, ListedKey {}

/** A value with what a condition needs to name it. */
interface TaggedRef extends StoredRef {
  readonly etag: string;
  /** Who set it: a client that never got its answer sees its own mark. */
  readonly by: string;
}

/**
 * A store in a bucket. It needs strongly consistent reads, and of conditional writes only that of a value.
 *
 * An object is one or more copies, `objects/NAME.SUFFIX`, each written once under a suffix that nobody uses again. An
 * object that is stored again, so that it counts as new, gets a new copy, made by the service. So whoever removes an
 * old copy can never remove what another client stored meanwhile, however late the service does it, and it needs no lock.
 */
export class S3Store implements HubStore {
  readonly shown: string;
  readonly atOnce: number = 8;
  readonly #root: string;
  readonly #client: S3Client;
  /** A copy of each object that was seen. */
  readonly #seen = new Map<string, Copy>();
  /** The beginnings of names by which objects were or are being listed, and whether that gives all. */
  readonly #listed = new Map<string, Promise<boolean>>();
  readonly #refs = new Map<string, TaggedRef>();

  /**
   * @param url The address: `s3://bucket/folder`, or `s3+https://host:port/bucket/folder`. Keys, region and service
   * that it does not name are read from the variables and files of Amazon's tools.
   * @param options Variables, and how patient it is.
   */
  constructor(url: string, options: S3ClientOptions = {}) {
    this.shown = shownUrl(url);
    const address = readAddress(url);
    this.#root = address.root;
    this.#client = new S3Client(address, this.shown, options);
  }

  async isPrepared(): Promise<boolean> {
    const key = this.#root + MARK;
    const { status, body } = await this.#client.send({ method: "GET", key });
    if (status !== 200) return false;
    const layout = parsed(body)?.["layout"];
    if (layout === LAYOUT) return true;
    const isNewer = typeof layout === "number";
    throw new HubError(
      isNewer
        ? `Cannot open ${this.shown}: a newer Ato made it; update Ato`
        : `Cannot open ${this.shown}: what is there is no hub of Ato; name another folder of the bucket`,
      { problem: isNewer ? "newer" : "damaged" },
    );
  }

  async prepare(): Promise<void> {
    const isThere = await this.isPrepared();
    if (!isThere) await this.#refuseOthers();
    const key = `${this.#root}${TRIALS}${randomUUID()}`;
    await tryConditions(this.#client, { key, shown: this.shown });
    if (isThere) return;
    await this.#client.send({
      method: "PUT",
      key: this.#root + MARK,
      body: new TextEncoder().encode(JSON.stringify({ layout: LAYOUT })),
    });
  }

  /** A place that others use is no place for a hub. */
  async #refuseOthers(): Promise<void> {
    const { keys } = await this.#client.list(this.#root, { most: 100 });
    const other = keys.find(({ key }) =>
      !isOwn(key.slice(this.#root.length)) && key !== this.#root
    );
    if (other === undefined) return;
    throw new HubError(
      `Cannot make a hub in ${this.shown}: there is something else (${
        visible(other.key)
      }); name a folder of the bucket that is empty or new`,
      { problem: "usage" },
    );
  }

  async put(name: string, content: Uint8Array): Promise<boolean> {
    // What others stored since it was listed is stored twice, which costs only its place.
    const isKnown = await this.#listAround(name);
    const known = this.#seen.get(name) ??
      (isKnown ? undefined : (await this.#copiesOf(name)).at(-1));
    if (known?.size === content.length) {
      if (await this.#renew(known)) return false;
      for (const copy of (await this.#copiesOf(name)).reverse()) {
        if (copy.size !== content.length) continue;
        if (await this.#renew(copy)) return false;
      }
    }
    const key = this.#newKey(name);
    await this.#client.send({ method: "PUT", key, body: content });
    this.#seen.set(name, { name, key, size: content.length });
    return true;
  }

  /**
   * Makes an object count as stored now, without sending it.
   *
   * @returns whether it does: a copy may be removed meanwhile.
   */
  async #renew({ name, size, key: source }: Copy): Promise<boolean> {
    const key = this.#newKey(name);
    const { status } = await this.#client.send({
      method: "PUT",
      key,
      headers: { "x-amz-copy-source": this.#client.sourceOf(source) },
    });
    if (status === 200) this.#seen.set(name, { name, key, size });
    return status === 200;
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    let wrong: Uint8Array | undefined;
    await this.#listAround(name);
    const seen = this.#seen.get(name);
    let keys = seen === undefined ? await this.#keysOf(name) : [seen.key];
    for (let looks = 0; looks < LOOKS && keys.length > 0; looks++) {
      for (const key of keys) {
        const { status, body } = await this.#client.send({
          method: "GET",
          key,
        });
        if (status !== 200) continue;
        // What is wrong may have become so on the way, or only in this copy.
        if (sha256(body) === name) return body;
        wrong = body;
      }
      this.#seen.delete(name);
      keys = await this.#keysOf(name);
    }
    return wrong;
  }

  /** The keys of an object's copies, the newest first. */
  async #keysOf(name: string): Promise<string[]> {
    return (await this.#copiesOf(name)).map(({ key }) => key).reverse();
  }

  /**
   * Lists the objects around one, unless that was done. One request lists a thousand, so that to read all of a hub takes
   * few: first those of the whole hub, and if they are more, those of a 256th of it.
   *
   * @returns whether the object was seen if it was there.
   */
  async #listAround(name: string): Promise<boolean> {
    for (const prefix of ["", name.slice(0, 2)]) {
      if (this.#seen.has(name)) return true;
      let isWhole = this.#listed.get(prefix);
      if (isWhole === undefined) {
        isWhole = this.#listOnce(prefix);
        this.#listed.set(prefix, isWhole);
        isWhole.catch(() => this.#listed.delete(prefix));
      }
      if (await isWhole) return true;
    }
    return this.#seen.has(name);
  }

  /** Lists the first objects whose names begin with a text, and returns whether these are all. */
  async #listOnce(prefix: string): Promise<boolean> {
    const page = await this.#client.list(this.#root + OBJECTS + prefix);
    for (const copy of copiesIn(page.keys)) {
      // What was stored meanwhile is newer.
      if (!this.#seen.has(copy.name)) this.#seen.set(copy.name, copy);
    }
    return page.next === undefined;
  }

  async has(names: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    const look = async (name: string): Promise<void> => {
      if ((await this.#copiesOf(name)).length > 0) found.add(name);
    };
    for await (const _ of inOrder(new Set(names), this.atOnce, look));
    return found;
  }

  async *list(prefix = ""): AsyncIterable<StoredObject> {
    // The copies of an object follow each other, because keys are listed in order.
    let last: StoredObject | undefined;
    for await (const { name, size, at } of this.#copies(prefix)) {
      if (last !== undefined && last.name !== name) yield last;
      last = {
        name,
        size,
        at: last?.name === name ? Math.max(at, last.at) : at,
      };
    }
    if (last !== undefined) yield last;
  }

  async remove(name: string, before: number): Promise<boolean> {
    const copies = await this.#copiesOf(name);
    if (copies.some(({ at }) => at >= before)) return false;
    for (const copy of copies) await this.#delete(copy.key);
    this.#seen.delete(name);
    return copies.length > 0;
  }

  async sweep(before: number): Promise<void> {
    let newest: ListedCopy | undefined;
    for await (const copy of this.#copies("")) {
      const [old, kept] = newest?.name !== copy.name
        ? [undefined, copy]
        : newest.at < copy.at
        ? [newest, copy]
        : [copy, newest];
      if (old !== undefined && old.at < before) await this.#delete(old.key);
      newest = kept;
    }
    for await (const { key, at } of this.#all(this.#root + TRIALS)) {
      if (at < before && isOwn(key.slice(this.#root.length))) {
        await this.#delete(key);
      }
    }
  }

  async read(ref: string): Promise<StoredRef | undefined> {
    const found = await this.#readRef(ref);
    return found && { value: found.value, generation: found.generation };
  }

  async #readRef(ref: string): Promise<TaggedRef | undefined> {
    const key = this.#root + REFS + ref;
    this.#refs.delete(ref);
    for (let looks = 1;; looks++) {
      const { status, body, headers } = await this.#client.send({
        method: "GET",
        key,
      });
      if (status !== 200) return undefined;
      const found = tagged(parsed(body), headers.get("etag"));
      if (found !== undefined) {
        this.#refs.set(ref, found);
        return found;
      }
      if (looks >= LOOKS) {
        throw new HubError(
          `Cannot read ${this.shown}: ${visible(ref)} is not what Ato stores`,
          { problem: "damaged" },
        );
      }
    }
  }

  async swap(ref: string, value: string, generation: number): Promise<boolean> {
    if (generation > 0 && this.#refs.get(ref)?.generation !== generation) {
      if ((await this.#readRef(ref))?.generation !== generation) return false;
    }
    const by = randomUUID();
    const known = this.#refs.get(ref);
    const next = { value, generation: generation + 1, by };
    const { status } = await this.#client.send({
      method: "PUT",
      key: this.#root + REFS + ref,
      headers: generation === 0
        ? { "if-none-match": "*" }
        : { "if-match": known!.etag },
      body: new TextEncoder().encode(JSON.stringify(next)),
    });
    this.#refs.delete(ref);
    if (status === 200) return true;
    const now = await this.#readRef(ref);
    // It was set by a request whose answer was lost.
    if (now?.by === by) return true;
    if ((now?.generation ?? 0) !== generation) return false;
    throw new HubError(
      `Cannot write to ${this.shown}: the service refuses a condition that holds; ` +
        "check what is between you and it, e.g. a proxy that changes ETags",
      { problem: "other" },
    );
  }

  async wait(ref: string, options: WaitOptions): Promise<void> {
    const look = async () => (await this.read(ref))?.generation ?? 0;
    await lookUntil(look, LOOK, options);
  }

  async now(): Promise<number> {
    const key = this.#root + MARK;
    const { headers } = await this.#client.send({ method: "GET", key });
    const now = Date.parse(headers.get("date") ?? "");
    if (Number.isFinite(now)) return now;
    throw new HubError(
      `Cannot use ${this.shown}: the service does not say what time it is (the Date of its answers)`,
      { problem: "other" },
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #newKey(name: string): string {
    return `${this.#root}${OBJECTS}${name}.${randomBytes(8).toString("hex")}`;
  }

  /** The copies of an object, the oldest first. */
  async #copiesOf(name: string): Promise<ListedCopy[]> {
    checkObjectName(name, this.shown);
    const copies: ListedCopy[] = [];
    for await (const copy of this.#copies(name)) copies.push(copy);
    return copies.sort((a, b) => a.at - b.at);
  }

  async *#copies(prefix: string): AsyncIterable<ListedCopy> {
    for await (const key of this.#all(this.#root + OBJECTS + prefix)) {
      yield* copiesIn([key]);
    }
  }

  async *#all(prefix: string): AsyncIterable<ListedKey> {
    let after: string | undefined;
    do {
      const page = await this.#client.list(
        prefix,
        after === undefined ? {} : { after },
      );
      yield* page.keys;
      after = page.next;
    } while (after !== undefined);
  }

  async #delete(key: string): Promise<void> {
    await this.#client.send({ method: "DELETE", key });
  }
}

/** Whether a key below the hub's folder is one of a hub: in the whole of a bucket others can have names that begin so. */
function isOwn(key: string): boolean {
  return key === MARK || OWN.test(key);
}

function copiesIn(keys: readonly ListedKey[]): ListedCopy[] {
  return keys.flatMap((listed) => {
    const name = /\/([0-9a-f]{64})\.[0-9a-f]{16}$/.exec(listed.key)?.[1];
    return name === undefined ? [] : [{ ...listed, name }];
  });
}

function parsed(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function tagged(
  found: Record<string, unknown> | undefined,
  etag: string | null,
): TaggedRef | undefined {
  const { value, generation, by } = found ?? {};
  return typeof value === "string" && typeof by === "string" &&
      Number.isSafeInteger(generation) && (generation as number) > 0 &&
      etag !== null && etag !== ""
    ? { value, generation: generation as number, by, etag }
    : undefined;
}
