/** Tells where an import map of the program leads to. */
export const { resolve } = import.meta;
