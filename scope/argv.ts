/** A command line: its words as a shell gives them, or the whole of it as one string. */
export type Argv = string | readonly string[];
