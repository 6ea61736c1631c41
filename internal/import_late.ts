import { isGranted } from "./runtime.ts";

/**
 * Imports a module by an address that is known only at run time.
 *
 * Deno adds every module that an import names literally to the graph of a program: it is downloaded at the
 * first start and read at each start, whether it is used or not. Modules that most programs never use are
 * imported by this function instead. It is the only such import of the package, because registries and
 * packers cannot rewrite an address that they cannot read: the address must be absolute and valid in every
 * runtime.
 *
 * @param address An absolute URL, or a `jsr:` specifier with its version.
 * @returns the module.
 */
export function importLate(address: string): Promise<object> {
  return import(address);
}

/**
 * Returns the address of a module of this package. The extension is that of the importing module: `.ts`,
 * or `.js` in the npm package, whose modules are compiled.
 *
 * @param path The path from the importing module, without an extension: `"./hydra/compose"`.
 * @param from The `import.meta.url` of the importing module.
 * @returns the absolute address.
 * @throws {TypeError} If the importing module has no address, as in a bundle that is not a module.
 */
export function addressBeside(path: string, from: string): string {
  if (!URL.canParse(from)) {
    throw new TypeError(
      "this program is bundled into a script, whose modules have no address",
    );
  }
  const { pathname } = new URL(from);
  return new URL(path + pathname.slice(pathname.lastIndexOf(".")), from).href;
}

/**
 * Whether a module of this package can be imported without a prompt: for a local file, Deno asks for the permission to
 * read it.
 *
 * @param address Its address, of {@linkcode addressBeside}.
 */
export async function isLoadable(address: string): Promise<boolean> {
  if (!address.startsWith("file:")) return true;
  const { fileURLToPath } = await import("node:url");
  return isGranted({ name: "read", path: fileURLToPath(address) });
}
