import { Default } from "./_default.ts";
import type { Repository } from "./_repository.ts";
import { Dict, type Override, Quoted } from "./_values.ts";
import type { VersionBase } from "./_version.ts";
import { HydraError, HydraOverrideError } from "./errors.ts";

/** The origin of the choice of an option. */
interface Choice {
  readonly value: string | null | readonly string[];
  /** The override that made the choice, if one did. */
  readonly by: Override | undefined;
  /** The config whose defaults list made the choice. */
  readonly config: string | undefined;
  used: boolean;
}

/** The options that overrides and `override` entries of defaults lists choose, and the final choices. */
export class Choices {
  readonly #chosen = new Map<string, Choice>();
  readonly #deletions = new Map<
    string,
    { name: string | null; by: Override; used: boolean }
  >();
  /** Groups that overrides add with `+group=option`. */
  readonly appended: Default[] = [];
  /** The overrides of values. */
  readonly values: Override[] = [];
  /** The option of each group, by its override key. */
  readonly known: Map<string, string | null> = new Map();
  readonly #byGroup = new Map<string, Set<string>>();

  constructor(
    repository: Repository,
    overrides: readonly Override[],
    version: VersionBase,
  ) {
    for (const override of overrides) {
      const isGroup = repository.hasGroup(override.key);
      if (!isGroup || override.value instanceof Dict) {
        this.values.push(override);
      } else this.#takeGroup(override, version);
    }
  }

  #takeGroup(override: Override, version: VersionBase): void {
    const { type, key, text } = override;
    const path = override.package;
    const name = path === undefined ? key : `${key}@${path}`;
    if (type === "force-add") {
      throw new HydraOverrideError(text, "++ adds no groups; use + or none");
    }
    const value = optionOf(override);
    if (type === "delete") {
      if (Array.isArray(value)) {
        throw new HydraOverrideError(text, "a group is deleted by one option");
      }
      const option = value as string | null;
      this.#deletions.set(name, { name: option, by: override, used: false });
    } else if (value === null) {
      throw new HydraOverrideError(
        text,
        `the option of a group is a text or a list; to take it out write ~${name}`,
      );
    } else if (type === "add") {
      this.appended.push(
        new Default({
          kind: "group",
          name: key,
          value,
          ...(path === undefined ? {} : { package: path }),
          isAppended: true,
        }, version),
      );
    } else {
      const choice = { value, by: override, config: undefined, used: false };
      this.#chosen.set(name, choice);
    }
  }

  /** Records `override group: option` of a defaults list, unless the option is already chosen. */
  add(config: string, entry: Default): void {
    const key = entry.overrideKey;
    if (this.#chosen.has(key)) return;
    this.#chosen.set(key, {
      value: entry.value,
      by: undefined,
      config,
      used: false,
    });
  }

  /** Sets the chosen option of an entry. */
  apply(entry: Default): void {
    if (!entry.isGroup) return;
    const choice = this.#chosen.get(entry.overrideKey);
    if (choice === undefined) return;
    entry.value = choice.value;
    choice.used = true;
  }

  /** Records the option of a group. */
  note(entry: Default): void {
    if (!entry.isGroup) return;
    const key = entry.overrideKey;
    const before = this.known.get(key);
    if (!this.known.has(key)) this.known.set(key, entry.option);
    else if (before !== entry.option) {
      throw new HydraError(
        entry.configPath,
        `${key} has two options, ${before} and ${entry.option}; write \`override ${key}: ${entry.option}\``,
      );
    }
    const group = entry.groupPath;
    if (!this.#byGroup.has(group)) this.#byGroup.set(group, new Set());
    this.#byGroup.get(group)!.add(key);
  }

  /** Tells whether an override deletes an entry. */
  isDeleted(entry: Default): boolean {
    if (!entry.isGroup) return false;
    const deletion = this.#deletions.get(entry.overrideKey);
    if (deletion === undefined) return false;
    if (deletion.name !== null && deletion.name !== entry.option) return false;
    entry.isDeleted = true;
    deletion.used = true;
    return true;
  }

  /** Refuses choices and deletions that matched no entry. */
  checkUsed(): void {
    for (const [key, choice] of this.#chosen) {
      if (choice.used) continue;
      const group = key.split("@")[0]!;
      const others = [...this.#byGroup.get(group) ?? []].sort();
      const reason = `no defaults list has ${key}` +
        (others.length > 0 ? `; there is ${others.join(", ")}` : "");
      if (choice.by === undefined) {
        throw new HydraError(choice.config ?? "", `override: ${reason}`);
      }
      throw new HydraOverrideError(
        choice.by.text,
        `${reason}; to add it write +${choice.by.text}`,
      );
    }
    for (const [key, { by, used }] of this.#deletions) {
      if (used) continue;
      throw new HydraOverrideError(by.text, `no defaults list has ${key}`);
    }
  }
}

function optionOf(override: Override): string | null | string[] {
  const { value, text } = override;
  const one = (item: unknown) => {
    const plain = item instanceof Quoted ? item.text : item;
    if (typeof plain === "string") return plain;
    throw new HydraOverrideError(
      text,
      `${override.key} is a group, and its options are strings; put numbers in quotes`,
    );
  };
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.map(one) : one(value);
}
