/** The nodes of an index of a hub, of which those that were used are kept. */
import {
  decodeNode,
  encodeNode,
  type Identified,
  type IndexNode,
} from "./_index.ts";

/** Where the nodes are. */
interface Place {
  /** Stores an object, which is there before the head is set. */
  keep(name: string, bytes: Uint8Array): Promise<void>;
  /** Reads an object as it is stored. */
  fetch(name: string): Promise<Uint8Array>;
}

/** The nodes of an index. */
export class NodeStore<Entry extends Identified> {
  readonly #place: Place;
  readonly #isEntry: (value: unknown) => value is Entry;
  readonly #nodes = new Map<string, IndexNode<Entry>>();

  /**
   * @param place Where they are.
   * @param isEntry Tells whether a value is an entry of this index.
   */
  constructor(place: Place, isEntry: (value: unknown) => value is Entry) {
    this.#place = place;
    this.#isEntry = isEntry;
  }

  /** Reads a node. */
  readonly read = async (name: string): Promise<IndexNode<Entry>> => {
    let node = this.#nodes.get(name);
    if (node === undefined) {
      node = decodeNode(name, await this.#place.fetch(name), this.#isEntry);
      this.#remember(name, node);
    }
    return node;
  };

  /** Stores a node. */
  readonly write = async (node: IndexNode<Entry>): Promise<string> => {
    const { name, bytes } = encodeNode(node);
    await this.#place.keep(name, bytes);
    this.#remember(name, node);
    return name;
  };

  #remember(name: string, node: IndexNode<Entry>): void {
    // A hub of 100,000 runs has about 3,000 nodes.
    if (this.#nodes.size >= 10_000) this.#nodes.clear();
    this.#nodes.set(name, node);
  }
}
