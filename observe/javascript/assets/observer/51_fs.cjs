// deno-lint-ignore-file no-unused-vars -- the parts share one scope

/** Returns the option of a call by its name. */
function option(options, name) {
  return typeof options === "object" && options !== null
    ? options[name]
    : undefined;
}

/** Wraps a function of `fs` in its three forms: with a callback, synchronous, and as a promise. */
function wrapForms(name, known, see) {
  wrap(fs, name, known, see);
  wrap(fs, `${name}Sync`, known, see);
  wrap(fs.promises, name, known, see);
}

/** Wraps the functions of `node:fs`. */
function wrapFs() {
  wrapForms("readFile", knownReads, (args) => {
    return sawOpen(args[0], modeOf(option(args[1], "flag")));
  });
  wrapForms("open", nothing, (args) => sawOpenOfNode(args));
  wrapForms("readdir", knownLists, (args) => sawList(args[0]));
  wrapForms("opendir", knownLists, (args) => sawList(args[0]));
  wrapForms("writeFile", knownWrites, (args) => {
    return sawOpen(args[0], modeOf(option(args[2], "flag") ?? "w"));
  });
  wrapForms("appendFile", knownWrites, (args) => sawWrite(args[0], false));
  wrapForms("truncate", knownWrites, (args) => sawWrite(args[0], false));
  wrapForms("copyFile", nothing, (args) => sawCopy(args[0], args[1]));
  wrapForms("cp", nothing, (args) => sawCopy(args[0], args[1]));
  wrapForms("rename", nothing, (args) => sawMove(args[0], args[1]));
  for (const name of ["unlink", "rm", "rmdir"]) {
    wrapForms(name, nothing, (args) => sawRemove(args[0]));
  }
  if (deno === undefined) {
    wrap(fs, "close", nothing, sawClose);
    wrap(fs, "closeSync", nothing, sawClose);
  }
  wrap(fs, "openAsBlob", knownReads, (args) => sawRead(args[0]));
  wrap(nodeProcess, "chdir", nothing, () => {
    forgetGiven();
    return true;
  });
}

/** Looks at an `open` of `node:fs`: its flags are the second argument, if that is no callback. */
function sawOpenOfNode(args) {
  const flags = typeof args[1] === "function" ? undefined : args[1];
  const mode = modeOf(flags);
  const given = args[0];
  if (
    (!mode.reads || knownReads.has(given)) &&
    (!mode.writes || knownWrites.has(given))
  ) return true;
  return sawOpen(given, mode);
}
