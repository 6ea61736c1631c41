// deno-lint-ignore-file no-unused-vars -- the parts share one scope

// ---------------------------------------------------------------------------------------------------------------
// Wrapping

/**
 * A module of WebAssembly with two functions, for calls and for constructions: each calls a function of this file, and
 * then leaves its place to the original one by a tail call. So no stack trace has a frame of this file, which no
 * function of JavaScript can do.
 *
 * Both get a hook, the original function, what it is a proxy of, and the two last arguments of the trap. If the function
 * of this file returns something else than null, its content is the result, and the original is not called.
 */
const MODULE = [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  // The types of functions with 5, 4, 3, 2 and 1 arguments.
  ...[1, 36, 5],
  ...[0x60, 5, 0x6f, 0x6f, 0x6f, 0x6f, 0x6f, 1, 0x6f],
  ...[0x60, 4, 0x6f, 0x6f, 0x6f, 0x6f, 1, 0x6f],
  ...[0x60, 3, 0x6f, 0x6f, 0x6f, 1, 0x6f],
  ...[0x60, 2, 0x6f, 0x6f, 1, 0x6f],
  ...[0x60, 1, 0x6f, 1, 0x6f],
  // The functions that it imports: prepare, apply, construct, instead, content.
  ...[2, 26, 5],
  ...[0, 1, 0x70, 0, 1],
  ...[0, 1, 0x61, 0, 2],
  ...[0, 1, 0x63, 0, 2],
  ...[0, 1, 0x69, 0, 3],
  ...[0, 1, 0x72, 0, 4],
  // Its own functions: call and create.
  ...[3, 3, 2, 0, 0],
  ...[7, 9, 2, 1, 0x66, 0, 5, 1, 0x6e, 0, 6],
  ...[10, 75, 2],
  // box = prepare(hook, original, self, args)
  ...[36, 1, 1, 0x6f, 0x20, 0, 0x20, 1, 0x20, 3, 0x20, 4, 0x10, 0],
  // if (box === null) return apply(original, instead(hook, self), args)
  ...[0x22, 5, 0xd1, 0x04, 0x40, 0x20, 1],
  ...[0x20, 0, 0x20, 3, 0x10, 3, 0x20, 4, 0x12, 1, 0x0b],
  // return content(box)
  ...[0x20, 5, 0x12, 4, 0x0b],
  // box = prepare(hook, original, target, args)
  ...[36, 1, 1, 0x6f, 0x20, 0, 0x20, 1, 0x20, 4, 0x20, 3, 0x10, 0],
  // if (box === null) return construct(original, args, instead(hook, target))
  ...[0x22, 5, 0xd1, 0x04, 0x40, 0x20, 1, 0x20, 3],
  ...[0x20, 0, 0x20, 4, 0x10, 3, 0x12, 2, 0x0b],
  // return content(box)
  ...[0x20, 5, 0x12, 4, 0x0b],
];

/** Calls the function of a hook; what fails in there is no concern of the program. */
function prepare(hook, original, self, args) {
  try {
    settle(false);
    const result = hook.see(args, self, original);
    return isArray(result) ? result : null;
  } catch {
    return null;
  }
}

/** Returns what a call gets in the place of what the program names: of a stand-in for a class, the class. */
function instead(hook, given) {
  return given === hook.from ? hook.to : given;
}

const content = (box) => box[0];

/** Returns the traps of the module; where there is no WebAssembly, functions that do the same. */
function makeTraps() {
  try {
    const { Module, Instance } = globalThis.WebAssembly;
    const imports = {
      p: prepare,
      a: apply,
      c: construct,
      i: instead,
      r: content,
    };
    const { exports } = new Instance(new Module(new Uint8Array(MODULE)), {
      "": imports,
    });
    return { call: exports.f, create: exports.n };
  } catch {
    return { call: callVisibly, create: createVisibly };
  }
}

function callVisibly(hook, original, _target, self, args) {
  const box = prepare(hook, original, self, args);
  return box === null ? apply(original, instead(hook, self), args) : box[0];
}

function createVisibly(hook, original, _type, args, target) {
  const box = prepare(hook, original, target, args);
  return box === null
    ? construct(original, args, instead(hook, target))
    : box[0];
}

const traps = makeTraps();

/**
 * Returns a function that looks like another one, and calls it.
 *
 * @param original The function.
 * @param see Is called before it with the arguments, which it may change, with `this` and with the function. If it
 *   returns an array, its first value is the result, and the function is not called.
 * @param options `kind`: `"apply"` for a function, `"construct"` for a class. `target`: what it looks like. `from`
 *   and `to`: a value of `this`, and the one that the function gets instead.
 */
function standIn(original, see, options = {}) {
  const { kind = "apply", target = original, from, to } = options;
  const hook = { see, from, to };
  const trap = kind === "apply" ? traps.call : traps.create;
  function toString() {
    return functionText(this === proxy ? original : this);
  }
  const proxy = new StartProxy(target, {
    __proto__: null,
    [kind]: bind(trap, undefined, hook, original),
    get(type, key, receiver) {
      const value = reflectGet(type, key, receiver);
      return value === functionToString ? toString : value;
    },
  });
  if (kind === "construct") {
    hook.from = proxy;
    hook.to = original;
  }
  return proxy;
}

/** Puts a stand-in in the place of a function; `see` is that of {@linkcode standIn}. */
function replace(owner, name, see, options) {
  const descriptor = owner && getOwnPropertyDescriptor(owner, name);
  const original = descriptor?.value;
  if (typeof original !== "function") return;
  const value = standIn(original, see, options);
  defineProperty(owner, name, { ...descriptor, value });
}

/** The same for a getter. */
function replaceGetter(owner, name, see) {
  const descriptor = owner && getOwnPropertyDescriptor(owner, name);
  const original = descriptor?.get;
  if (typeof original !== "function") return;
  defineProperty(owner, name, { ...descriptor, get: standIn(original, see) });
}

/**
 * Returns a function for {@linkcode standIn} that sees what a call returned. If the call fails, it is made once more,
 * so that its error has the place where the program called it: only for calls that change nothing if they fail.
 */
function whenDone(see) {
  return (args, self, original) => {
    let result;
    try {
      result = apply(original, self, args);
    } catch {
      return;
    }
    trySee(() => see(result, args, self));
    return [result];
  };
}

/** Looks at calls that lacked a permission: it may have been granted by now. */
const waiting = [];

/** Looks at a call again after it, which is when the program makes its next call or ends its turn. */
function lookAgain(see, args) {
  waiting[waiting.length] = { see, args };
  enqueue(() => settle(true));
}

/** Looks at the calls that wait; for the last time if they have ended. */
function settle(haveEnded) {
  let left = 0;
  const { length } = waiting;
  for (let i = 0; i < length; i++) {
    const one = waiting[i];
    if (!trySee(one.see, one.args) && !haveEnded) waiting[left++] = one;
  }
  waiting.length = left;
}

/**
 * Wraps a function.
 *
 * @param owner The object that has it.
 * @param name Its name.
 * @param known The first arguments of which everything is written.
 * @param see Is called with the arguments; returns whether everything is done. Otherwise it is called again after
 *   the function, when the permission that it lacked may be granted.
 */
function wrap(owner, name, known, see) {
  try {
    replace(owner, name, (args) => {
      if (!known.has(args[0]) && !see(args)) lookAgain(see, args);
    });
  } catch {
    // It cannot be replaced.
  }
}

/** Looks at a call; what fails in here is no concern of the program. */
function trySee(see, args) {
  try {
    return see(args);
  } catch {
    return true;
  }
}

/** No first argument is known. */
const nothing = newSet();
