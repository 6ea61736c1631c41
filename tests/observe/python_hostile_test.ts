/** Programs that would notice an observer: each prints and exits as it does without one. */
import { test } from "node:test";
import {
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { assert, assertEquals } from "@std/assert";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  findPython,
  only,
  PYTHON,
  type RunOptions,
  runPython,
  type Seen,
  SKIP,
} from "./_python.ts";

/** A program: its source, the words before and after it, and the rest of its launch. */
interface Program {
  readonly source?: string;
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Files of which a read must be seen all the same. */
  readonly reads?: readonly string[];
  /** Gaps that must be there. */
  readonly gaps?: readonly RegExp[];
}

const READ = "open('data.txt').read()\n";

const PROGRAMS: Readonly<Record<string, Program>> = {
  "warnings as errors, in the development mode": {
    words: ["-X", "dev", "-W", "error", "-bb", "main.py"],
    source:
      `import os, random, argparse, subprocess\n${READ}open(b'data.txt').close() if 0 else None
os.environ.get('A'); os.environb.get(b'A'); random.seed(1)
print(os.listdir(b'.')[:0], len(os.listdir('folder')))`,
    files: { "folder/x": "" },
    reads: ["data.txt"],
  },
  "optimised": { words: ["-OO", "main.py"], source: READ, reads: ["data.txt"] },
  "audit events of its own, with other arguments": {
    source: `import sys\nfor event in ("open", "exec", "import", "os.listdir"):
    for args in (), (None,), ("a",), (1, 2, 3), ([], [], []): sys.audit(event, *args)
${READ}print("done")`,
    reads: ["data.txt"],
    gaps: [/follow on_open/, /follow on_exec/, /follow on_list/],
  },
  "a command": { words: ["-c", READ], reads: ["data.txt"] },
  "a module": {
    words: ["-m", "package.run", "word"],
    files: {
      "package/__init__.py": "",
      "package/run.py": `import sys; ${READ}print(sys.argv[1:], __name__)`,
    },
    reads: ["data.txt"],
  },
  "a script from standard input": {
    words: ["-"],
    input: `${READ}print(__name__)`,
    reads: ["data.txt"],
    gaps: [/standard input/],
  },
  "an archive": {
    words: [
      "-c",
      "import runpy, zipfile\nwith zipfile.ZipFile('app.zip', 'w') as z: z.writestr('__main__.py', 'print(1)')\nrunpy.run_path('app.zip')",
    ],
    gaps: [/modules in .*app\.zip/],
  },
  "an error in the program": {
    source:
      `import random\ndef f():\n    raise KeyError('x')\ntry:\n    f()\nexcept KeyError as error:\n    raise ValueError('y') from error`,
  },
  "an error of a variable": { source: "import os\nos.environ['NO_SUCH']" },
  "an error of the type of a variable": {
    source: "import os\nos.environ.get(3)",
  },
  "an error of a function that is wrapped": {
    source: "import random\nrandom.seed(1, 2, 3, 4)",
  },
  "an error of a program that is missing": {
    source:
      "import os, subprocess\nsubprocess.run(['no-such-program'], env=os.environ.copy())",
  },
  "a syntax error": { source: "def" },
  "an exit code": { source: "import sys\nsys.exit(7)" },
  "help of argparse": {
    source:
      "import argparse\nargparse.ArgumentParser(prog='x').parse_args(['--no'])",
  },
  "what it can look at": {
    source:
      `import os, sys, builtins, random, argparse, subprocess, inspect, pickle, copy
print(type(os.environ), os.environ.__class__.__mro__, isinstance(os.environ, dict))
print(repr(os.environ), os.environ.keys(), sorted(os.environ.items()), os.environ._data)
print(sys.flags, sys.path, sys.meta_path, sys.path_hooks, sys.getrecursionlimit(), sys.gettrace(), sys.getprofile())
print(sorted(m for m in sys.modules if 'ato' in m.split('_')), 'sitecustomize' in sys.modules, sorted(sys.path_importer_cache))
print(sys.excepthook, sys.displayhook, builtins.open, os.open, sys.argv, sys.dont_write_bytecode)
print([(m, sys.modules[m].__spec__.__class__, sys.modules[m].__loader__) for m in ('random', 'argparse', 'subprocess')])
print(inspect.signature(random.seed), inspect.signature(argparse.ArgumentParser.parse_known_args), random.seed.__doc__)
print(pickle.loads(pickle.dumps(random.random)) is not None, copy.copy(os.environ) == os.environ, copy.deepcopy(os.environ) == os.environ)
print(os.open('data.txt', 0))
try:
    pickle.dumps(os.environ)
except Exception as error:
    print(type(error), error)`,
    env: { PYTHONPATH: "own::other", NODE_OPTIONS: "--no-warnings" },
  },
  "an environment that is emptied": {
    source: `import os, subprocess, sys
print(len(os.environ) > 2)
os.environ.clear()
print(os.environ, os.environ.get('PATH'))
subprocess.run([sys.executable, '-c', "open('data.txt')"])`,
    reads: ["data.txt"],
  },
  "all files closed": {
    source: `import os
os.closerange(3, 1024)
files = [open(f'out{i}', 'w') for i in range(900)]
print(files[0].fileno())
${READ}
[file.close() for file in files]
print([os.path.getsize(f'out{i}') for i in range(900)] == [0] * 900)`,
    reads: ["data.txt"],
  },
  "no standard output": {
    words: [
      "-c",
      `import os, sys\n${READ}os.close(1); os.close(2); open('o1', 'w').write('x'); os._exit(3)`,
    ],
    reads: ["data.txt"],
  },
  "a false open": {
    source: `import builtins, os, io
real = builtins.open
builtins.open = lambda *a, **k: io.StringIO('false')
os.stat = os.getcwd = os.write = lambda *a, **k: 1 / 0
print(open('data.txt').read())
print(real('data.txt').read())`,
    reads: ["data.txt"],
  },
  "a hook of its own": {
    source: `import sys
def hook(event, args):
    if event == 'open' and '.jsonl' in str(args[0]): raise RuntimeError(args)
sys.addaudithook(hook)\n${READ}`,
    reads: ["data.txt"],
  },
  "a tracer and a profiler": {
    source: `import sys
seen = []
sys.settrace(lambda frame, event, arg: seen.append(frame.f_code.co_filename))
sys.setprofile(lambda frame, event, arg: None)
${READ}
sys.settrace(None)
print([name for name in seen if 'ato' in name.rpartition('/')[2]])`,
    reads: ["data.txt"],
  },
  "an alarm": {
    source: `import signal, os
def ring(*_): raise TimeoutError('ring')
signal.signal(signal.SIGALRM, ring)
try:
    # Within: a busy machine may take longer than the alarm for the next line.
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    while True: open('data.txt').close(); os.environ.get('A'); open(f'missing{id(object())}') if 0 else None
except TimeoutError as error:
    print('timeout', error)`,
    reads: ["data.txt"],
  },
  "the deepest recursion": {
    source: `import sys
sys.setrecursionlimit(200)
def down(n):
    try: open('data.txt').close()
    except RecursionError: pass
    return down(n + 1)
try: down(0)
except RecursionError as error: print(type(error))`,
  },
  "threads, a loop and forks": {
    source: `import threading, asyncio, os, multiprocessing
def work(i): open(f'in_thread{i}').close()
threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
async def main(): open('in_loop').close()
asyncio.run(main())
if __name__ == '__main__':
    for how in ('fork', 'spawn', 'forkserver'):
        process = multiprocessing.get_context(how).Process(target=open, args=('in_' + how,))
        process.start(); process.join(); print(how, process.exitcode)`,
    files: Object.fromEntries(
      "in_loop in_fork in_spawn in_forkserver in_thread0 in_thread1 in_thread2 in_thread3 in_thread4 in_thread5 in_thread6 in_thread7"
        .split(" ").map((name) => [name, name]),
    ),
    reads: [
      "in_thread0",
      "in_thread7",
      "in_loop",
      "in_fork",
      "in_spawn",
      "in_forkserver",
    ],
  },
  "modules of its own for customisation": {
    source:
      "import sys, sitecustomize, usercustomize\nprint(sitecustomize.__file__.split('/')[-2:], [p.split('/')[-1] for p in sys.path[:3]], usercustomize.x)",
    files: {
      "first/other.py": "",
      "second/sitecustomize.py": "import builtins; print('mine', __name__)",
      "second/usercustomize.py": "x = 5",
    },
    env: { PYTHONPATH: "first:second" },
  },
  "a sitecustomize that fails": {
    source: READ,
    files: { "own/sitecustomize.py": "1 / 0" },
    env: { PYTHONPATH: "own" },
    reads: ["data.txt"],
  },
  "a sitecustomize that misses a module": {
    source: READ,
    files: { "own/sitecustomize.py": "import no_such" },
    env: { PYTHONPATH: "own" },
    reads: ["data.txt"],
  },
  "a default whose text fails": {
    source: `import argparse
class Odd:
    def __str__(self): raise LookupError('no text')
parser = argparse.ArgumentParser(); parser.set_defaults(odd=Odd())
print(type(parser.parse_args([]).odd))`,
    gaps: [/could not follow parsed \(LookupError\)/],
  },
  "a module that is reloaded": {
    source: `import importlib, again
open('again.py', 'w').write('x = 22')
print(again.x, importlib.reload(again).x)`,
    files: { "again.py": "x = 1" },
  },
  "a disk that is full": {
    source: `import os, resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 1 << 30))
${READ}
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
print(os.environ.get('A'))`,
    gaps: [/could not be written/],
  },
  "a folder that has gone": {
    source: `import os
os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')
open('/etc/hostname' if 0 else os.devnull).close()
try: open('x')
except FileNotFoundError as error: print(error)
print(os.environ.get('A'))`,
  },
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  test(
    `python observer: is not noticed by ${name}`,
    { skip: SKIP },
    async () => {
      await withTempFolder((folder) => {
        const bare = run(program, join(folder, "bare"), false);
        const seen = run(program, join(folder, "seen"), true);
        assertEquals(outcome(seen, "seen"), outcome(bare, "bare"));
        const reads = only(seen, "read").map(({ path }) => path);
        for (const file of program.reads ?? []) {
          assert(reads.includes(join(folder, "seen", file)), file);
        }
        const gaps = only(seen, "gap").map(({ what }) => what);
        assertEquals(gaps.length, program.gaps?.length ?? 0, gaps.join());
        for (const gap of program.gaps ?? []) {
          assert(gaps.some((one) => gap.test(one)));
        }
      }, "python-hostile");
    },
  );
}

function run(program: Program, cwd: string, observed: boolean): Seen {
  mkdirSync(cwd);
  const files = { "data.txt": "data", ...program.files };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cwd, path, ".."), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  if (program.source !== undefined) {
    writeFileSync(join(cwd, "main.py"), program.source);
  }
  const { env = {}, input } = program;
  const options: RunOptions = {
    cwd,
    observed,
    env: { PYTHONHASHSEED: "0", ...env },
    ...(input === undefined ? {} : { input }),
  };
  return runPython(program.words ?? ["main.py"], options);
}

/** What is compared: all that the program shows, with the name of its folder taken out. */
function outcome({ status, signal, stdout, stderr }: Seen, name: string) {
  const plain = (text: string) =>
    text.replaceAll(`/${name}`, "/project").replaceAll(`'${name}'`, "project")
      .replace(/0x[0-9a-f]+/g, "0x");
  return { status, signal, stdout: plain(stdout), stderr: plain(stderr) };
}

test(
  "python observer: what a signal handler raises while it works reaches the program",
  { skip: SKIP },
  async () => {
    await withTempFolder((folder) => {
      const source = `import argparse, os, signal
def ring(*_): raise TimeoutError('ring')
signal.signal(signal.SIGUSR1, ring)
class Slow:
    def __str__(self): os.kill(os.getpid(), signal.SIGUSR1); return 'slow'
parser = argparse.ArgumentParser(); parser.set_defaults(slow=Slow())
try: parser.parse_args([])
except TimeoutError as error: print(error)`;
      const seen = run({ source }, join(folder, "signal"), true);
      assertEquals([seen.status, seen.stdout, seen.stderr], [0, "ring\n", ""]);
    }, "python-signal");
  },
);

test(
  "python observer: what was seen until kill -9 is there",
  { skip: SKIP },
  async () => {
    await withTempFolder((folder) => {
      const program = {
        source:
          `import os\n${READ}os.environ.get('A')\nos.kill(os.getpid(), 9)`,
      };
      const seen = run(program, join(folder, "killed"), true);
      assertEquals(seen.signal, "SIGKILL");
      assertEquals(
        seen.lines.map(({ is }) => is),
        ["process", "env", "module", "read", "env"],
      );
    }, "python-killed");
  },
);

test("python observer: a program whose launch folder is removed runs on", {
  skip: SKIP,
}, async () => {
  await withTempFolder((folder) => {
    const source = `import glob, os, shutil
for one in glob.glob('.launch*'): shutil.rmtree(one)
import random, argparse, subprocess
random.seed(1)
${READ}
print(argparse.ArgumentParser().parse_args([]), subprocess.call(['true'], env=os.environ.copy()))`;
    const seen = run({ source }, join(folder, "removed"), true);
    assertEquals([seen.status, seen.stdout, seen.stderr], [
      0,
      "Namespace() 0\n",
      "",
    ]);
    assert(!existsSync(seen.folder));
  }, "python-removed");
});

test(
  "python observer: children inherit it whatever the program does to its variables",
  {
    skip: SKIP,
  },
  async () => {
    await withTempFolder((folder) => {
      const source = `import os, subprocess, sys
print(os.environ['PYTHONPATH'], os.environ['NODE_OPTIONS'], 'ATO_OBSERVE' in os.environ)
words = ['sh', '-c', 'echo "$PYTHONPATH|$NODE_OPTIONS|$ATO_OBSERVE"']
def show():
    sys.stdout.flush()
    subprocess.run(words)
    subprocess.run(words, env=os.environ.copy())
    subprocess.run(words, env={**os.environ, 'A': '1'})
    os.spawnvpe(os.P_WAIT, 'sh', words, os.environ)
    os.system(words[2])
show()
os.environ['PYTHONPATH'] = 'lib'
os.environ['NODE_OPTIONS'] = '--x'
print(os.environ['PYTHONPATH'], os.environ['NODE_OPTIONS'])
show()
del os.environ['PYTHONPATH'], os.environ['NODE_OPTIONS']
print(os.environ.get('PYTHONPATH'), os.environ.get('NODE_OPTIONS'))
show()
subprocess.run(words, env={'PATH': os.environ['PATH']})`;
      const seen = run(
        {
          source,
          env: {
            PYTHONPATH: "src::own",
            NODE_OPTIONS: "--require {launch}/observer.cjs --no-warnings",
          },
        },
        join(folder, "inherit"),
        true,
      );
      assertEquals([seen.status, seen.stderr], [0, ""]);
      const launch = dirname(seen.folder);
      const inherited = (path: string, options: string) =>
        `${launch}/python${path}|--require ${launch}/observer.cjs${options}|${seen.folder}`;
      const five = (line: string) => Array(5).fill(line);
      assertEquals(seen.stdout.trimEnd().split("\n"), [
        "src::own --no-warnings False",
        ...five(inherited(":src::own", " --no-warnings")),
        "lib --x",
        ...five(inherited(":lib", " --x")),
        "None None",
        ...five(inherited("", "")),
        "||",
      ]);
    }, "python-inherit");
  },
);

test(
  "python observer: sees a project that is the folder of its virtual environment",
  {
    skip: SKIP,
  },
  async () => {
    await withTempFolder((folder) => {
      const home = dirname(realpathSync(PYTHON!.path));
      mkdirSync(join(folder, "bin"));
      symlinkSync(realpathSync(PYTHON!.path), join(folder, "bin", "python"));
      const files = {
        "pyvenv.cfg": `home = ${home}\n`,
        "data.txt": "",
        "bin/main.py":
          `import sys\nprint(sys.prefix != sys.base_prefix)\n${READ}`,
      };
      for (const [name, text] of Object.entries(files)) {
        writeFileSync(join(folder, name), text);
      }
      const seen = runPython(["bin/main.py"], {
        cwd: folder,
        command: join(folder, "bin", "python"),
      });
      assertEquals([seen.status, seen.stdout], [0, "True\n"]);
      assertEquals(only(seen, "read").map(({ path }) => path), [
        join(folder, "data.txt"),
      ]);
      assertEquals(only(seen, "module").map(({ path }) => path), [
        join(folder, "bin", "main.py"),
      ]);
    }, "python-environment");
  },
);

for (const version of ["2.7", "3.6", "3.7"]) {
  const python = findPython(version);
  const skip = python === undefined && `no Python ${version}`;
  test(`python ${version}: runs without an observer, and says nothing`, {
    skip,
  }, async () => {
    await withTempFolder((folder) => {
      const source =
        "import sys\nprint('sitecustomize' in sys.modules, len(sys.path) - len(set(sys.path)))";
      writeFileSync(join(folder, "main.py"), source);
      const options = { cwd: folder, command: python!.path };
      const bare = runPython(["main.py"], { ...options, observed: false });
      const seen = runPython(["main.py"], options);
      assertEquals([seen.status, seen.stdout, seen.stderr], [
        0,
        bare.stdout,
        "",
      ]);
      assertEquals(seen.lines, []);
    }, "python-old");
  });
}
