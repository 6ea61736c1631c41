/**
 * Imports a module by an address that is known at run time only.
 *
 * Deno takes every module that an import names literally into the graph of a program, downloads it and
 * reads it at each start, whether it is used or not. What most programs never use is imported through here
 * instead. It is the one such import of the package: registries and packers cannot rewrite what they
 * cannot read, so whoever calls this gives an absolute address that holds in every runtime.
 *
 * @param address An absolute URL, or a `jsr:` specifier with its version.
 * @returns the module.
 */
export function importLate(address: string): Promise<object> {
  return import(address);
}

/**
 * The address of a module of this package: `.ts` where sources run as they are, `.js` in packages for
 * npm, which carry the modules compiled.
 *
 * @param path Its path from the asking module, without an extension: `"./hydra/compose"`.
 * @param from The asking module's `import.meta.url`.
 * @returns the absolute address.
 * @throws {TypeError} where the asking module has no address, as in a bundle that is not a module.
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
