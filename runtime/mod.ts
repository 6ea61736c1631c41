/**
 * What differs between Deno and Node. Internal to this package.
 *
 * @module
 */
export { isGranted, type Permission } from "./permissions.ts";
export { withoutWarning } from "./warnings.ts";
