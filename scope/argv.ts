/** A command line: its words, as a shell passes them, or the whole line as one string. */
export type Argv = string | readonly string[];
