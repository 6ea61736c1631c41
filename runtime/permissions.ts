/** A permission, in Deno's own terms. */
export type Permission =
  | { readonly name: "sys"; readonly kind: string }
  | { readonly name: "read"; readonly path: string }
  | { readonly name: "run"; readonly command?: string }
  | { readonly name: "env"; readonly variable: string }
  /** All of a kind. */
  | {
    readonly name:
      | "read"
      | "write"
      | "net"
      | "env"
      | "run"
      | "ffi"
      | "sys"
      | "import";
  };

interface Permissions {
  querySync(permission: Permission): { readonly state: string };
}

/** Whether this is Deno; Node has a `Deno` global now and then. */
export function isDeno(): boolean {
  return globalThis.navigator?.userAgent?.startsWith("Deno/") === true;
}

/**
 * Whether something may be asked without a prompt: what Ato records by itself must never make Deno
 * prompt. Node has no such question.
 *
 * @param permission What is to be done.
 * @returns false only under Deno, where it is not granted.
 */
export function isGranted(permission: Permission): boolean {
  if (!isDeno()) return true;
  const { Deno } = globalThis as unknown as {
    Deno: { permissions: Permissions };
  };
  return Deno.permissions.querySync(permission).state === "granted";
}
