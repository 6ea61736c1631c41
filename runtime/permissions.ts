/** A permission, in Deno's own terms. */
export type Permission =
  | { readonly name: "sys"; readonly kind: string }
  | { readonly name: "read"; readonly path: string }
  | { readonly name: "run"; readonly command?: string }
  | { readonly name: "env"; readonly variable: string };

interface Permissions {
  querySync(permission: Permission): { readonly state: string };
}

/**
 * Whether something may be asked without a prompt: what Ato records by itself must never make Deno
 * prompt. Node has no such question.
 *
 * @param permission What is to be done.
 * @returns false only under Deno, where it is not granted.
 */
export function isGranted(permission: Permission): boolean {
  if (!globalThis.navigator?.userAgent?.startsWith("Deno/")) return true;
  const { Deno } = globalThis as unknown as {
    Deno: { permissions: Permissions };
  };
  return Deno.permissions.querySync(permission).state === "granted";
}
