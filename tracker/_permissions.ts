/**
 * Deno's permissions. Capturing the environment must never make Deno prompt, so what is not granted
 * is not asked for. Node has no such call, and needs none.
 */

/** A permission, in Deno's own terms. */
export type Permission =
  | { readonly name: "sys"; readonly kind: string }
  | { readonly name: "read"; readonly path: string }
  | { readonly name: "run"; readonly command?: string }
  | { readonly name: "env"; readonly variable: string };

interface Permissions {
  querySync(permission: Permission): { readonly state: string };
}

/** Whether something may be asked without a prompt. */
export function isGranted(permission: Permission): boolean {
  if (!globalThis.navigator?.userAgent?.startsWith("Deno/")) return true;
  const { Deno } = globalThis as unknown as {
    Deno: { permissions: Permissions };
  };
  return Deno.permissions.querySync(permission).state === "granted";
}

/**
 * Gives `undefined` for what may not or cannot be asked: it is left out, never a reason to stop.
 */
export function attempt<T>(
  ask: () => T,
  permission?: Permission,
): T | undefined {
  if (permission !== undefined && !isGranted(permission)) return undefined;
  try {
    return ask();
  } catch {
    // A platform without it; the caller leaves the field out.
    return undefined;
  }
}
