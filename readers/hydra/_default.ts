/**
 * An entry of a defaults list: the config that it names, and the package of the config.
 *
 * @module
 */
import { hasInterpolation } from "./resolve/_grammar.ts";
import type { Origin } from "../../internal/origin.ts";
import type { VersionBase } from "./_version.ts";
import { atLeast12 } from "./_version.ts";

/** The parts of an entry. */
export interface DefaultParts {
  /** `config` for `- path`, `group` for `- group: option`, `root` for the root of the tree. */
  readonly kind: "config" | "group" | "root";
  /** The path of a config, or the group. */
  readonly name: string;
  /** The option or options of a group. */
  readonly value?: string | null | readonly string[];
  readonly package?: string;
  readonly isOptional?: boolean;
  readonly isOverride?: boolean;
  readonly isPrimary?: boolean;
  /** Whether an override added it. */
  readonly isAppended?: boolean;
  readonly at?: Origin;
}

/** An entry of a defaults list. */
export class Default {
  readonly kind: DefaultParts["kind"];
  readonly version: VersionBase;
  readonly isOptional: boolean;
  readonly isPrimary: boolean;
  readonly isAppended: boolean;
  readonly at: Origin | undefined;
  name: string;
  value: string | null | readonly string[];
  isOverride: boolean;
  isDeleted = false;
  package: string | undefined;
  packageHeader: string | undefined;
  /** The group that it is relative to. */
  base = "";
  parentPackage = "";

  constructor(parts: DefaultParts, version: VersionBase) {
    this.kind = parts.kind;
    this.version = version;
    this.name = parts.name;
    this.value = parts.value === undefined ? null : parts.value;
    this.package = parts.package === "_here_" ? "" : parts.package;
    this.isOptional = parts.isOptional ?? false;
    this.isOverride = parts.isOverride ?? false;
    this.isPrimary = parts.isPrimary ?? false;
    this.isAppended = parts.isAppended ?? false;
    this.at = parts.at;
  }

  /** Returns a copy that is not in a tree. */
  copy(): Default {
    return new Default(this, this.version);
  }

  get isGroup(): boolean {
    return this.kind === "group";
  }

  get isSelf(): boolean {
    return this.kind !== "root" &&
      (this.isGroup ? this.value : this.name) === "_self_";
  }

  /** The options, if the entry has a list. */
  get options(): readonly string[] | undefined {
    return Array.isArray(this.value) ? this.value : undefined;
  }

  /** The name of the config without its group; `null` for a group without an option. */
  get option(): string | null {
    if (this.isGroup) return this.value as string | null;
    return this.name.slice(this.name.lastIndexOf("/") + 1);
  }

  get isMissing(): boolean {
    return this.kind !== "root" && this.options === undefined &&
      this.option === "???";
  }

  get isInterpolation(): boolean {
    return this.isGroup
      ? typeof this.value === "string" && hasInterpolation(this.value)
      : hasInterpolation(this.configPath);
  }

  /** Sets the entry that it belongs to. */
  place(base: string, parentPackage: string): void {
    this.base = base;
    this.parentPackage = parentPackage;
    if (this.package?.includes("_group_")) {
      const group = this.package.replaceAll("_group_", this.defaultPackage);
      this.package = `_global_.${group}`;
    }
  }

  #absolute(path: string): string {
    if (path.startsWith("/")) return path.slice(1);
    if (this.base === "") return path;
    return path === "" ? this.base : `${this.base}/${path}`;
  }

  /** The group, relative to the parent entry. */
  get #relativeGroup(): string {
    const path = this.name.replace(/^\//, "");
    return this.isGroup
      ? path
      : path.slice(0, Math.max(0, path.lastIndexOf("/")));
  }

  get groupPath(): string {
    return this.name.startsWith("/")
      ? this.#relativeGroup
      : this.#absolute(this.#relativeGroup);
  }

  get configPath(): string {
    if (this.kind === "root") return "<root>";
    return this.isGroup
      ? `${this.groupPath}/${this.option}`
      : this.#absolute(this.name);
  }

  get defaultPackage(): string {
    return this.groupPath.replaceAll("/", ".");
  }

  /** Sets the package of the `# @package` header of the file. */
  setHeader(header: string | undefined): void {
    if (header === undefined) return;
    const isOld = !atLeast12(this.version);
    if (isOld && header === "_group_") return;
    const whole = header === "_global_" || header.startsWith("_global_.")
      ? header
      : header === ""
      ? "_global_"
      : `_global_.${header}`;
    this.packageHeader = isOld
      ? whole.replaceAll("_group_", this.defaultPackage)
      : whole;
  }

  /** The package of the config, from the root. */
  finalPackage(withHeader = true): string {
    let own = this.package ?? (withHeader ? this.packageHeader : undefined) ??
      this.#relativeGroup.replaceAll("/", ".");
    const name = this.options === undefined ? this.option : null;
    if (name !== null && !atLeast12(this.version)) {
      own = own.replaceAll("_name_", name);
    }
    const whole = this.parentPackage === ""
      ? own
      : own === ""
      ? this.parentPackage
      : `${this.parentPackage}.${own}`;
    const last = whole.lastIndexOf("_global_");
    return last < 0 ? whole : whole.slice(last + "_global_".length + 1);
  }

  /** The package, relative to the parent entry. */
  get ownPackage(): string | undefined {
    return this.package ?? this.packageHeader;
  }

  /** The key of the entry in overrides: `group`, or `group@package`. */
  get overrideKey(): string {
    const path = this.finalPackage(false);
    return path === this.defaultPackage
      ? this.groupPath
      : `${this.groupPath}@${path === "" ? "_global_" : path}`;
  }
}
