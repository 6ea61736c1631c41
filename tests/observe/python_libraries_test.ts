/** What is seen of installed packages: versions, readers in native code, parsers, seeds, and gaps. */
import { test } from "node:test";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import process from "node:process";
import { assertEquals } from "@std/assert";
import { withTempFolder } from "../_shared/temp_folder.ts";
import {
  only,
  PROGRAMS,
  PYTHON,
  runPython,
  type Seen,
  SKIP,
} from "./_python.ts";

/**
 * Packages with the names of real ones. Their functions open nothing, as those in native code seem to do, so what is
 * seen of them is what the wrappers see.
 */
const PACKAGES: Readonly<Record<string, string>> = {
  "polars/__init__.py":
    "from .sql import SQLContext\ndef read_csv(source, **options): return 'table'\ndef scan_parquet(source): return 'plan'\nclass DataFrame:\n    def write_csv(self, file): open('/dev/null')\n",
  "polars-1.2.3.dist-info/METADATA": "Name: polars\nVersion: 1.2.3\n",
  "h5py/__init__.py": "from h5py._hl.files import File\n",
  "h5py/_hl/__init__.py": "",
  "h5py/_hl/files.py":
    "class File:\n    def __init__(self, name, mode='r', driver=None): pass\n",
  "h5py-3.0.dist-info/METADATA": "Name: h5py\nVersion: 3.0\n",
  "cv2/__init__.py": "def imread(filename, flags=1): return None\n",
  "opencv_python-4.0.dist-info/RECORD": "cv2/__init__.py,,\n",
  "opencv_python-4.0.dist-info/METADATA": "Name: opencv-python\nVersion: 4.0\n",
  "yaml/__init__.py": "",
  "PyYAML-6.0.1.dist-info/top_level.txt": "_yaml\nyaml\n",
  "space/part/__init__.py": "",
  "space_part-0.1.dist-info/RECORD": "space/part/__init__.py,,\n",
  "space_other-0.2.dist-info/RECORD": "space/other/__init__.py,,\n",
  "never-9.dist-info/RECORD": "never/__init__.py,,\n",
  "old.py": "",
  "Old_Egg.egg-info/PKG-INFO": "Name: Old.Egg\nVersion: 0.9\n",
  "Old_Egg.egg-info/top_level.txt": "old\n",
  "numpy/__init__.py": "",
  "numpy/random/__init__.py":
    "def seed(seed=None): pass\ndef default_rng(seed=None): return seed\n",
  "numpy-2.0.dist-info/METADATA": "",
  "uses_rng/__init__.py": "import numpy.random\nnumpy.random.default_rng(99)\n",
  "uses_rng-1.dist-info/METADATA": "",
  "torch/__init__.py": "def manual_seed(seed): pass\n",
  "torch-2.0+cpu.dist-info/METADATA": "",
  "polars/sql.py":
    "class SQLContext:\n    def execute(self, query, *, eager=None): pass\n",
  "lightgbm/__init__.py": "from .basic import Booster, Dataset\n",
  "lightgbm/basic.py":
    "def _param_dict_to_str(data): return str(data)\nclass Dataset:\n    def __init__(self, data, params=None): _param_dict_to_str(params)\n" +
    "class Booster:\n    def predict(self, data): pass\n",
  "datasets/__init__.py": "from .load import load_dataset\n",
  "datasets/load.py":
    "def load_dataset(path, name=None, data_dir=None, data_files=None, **options): pass\n",
  "catboost/__init__.py": "from .core import CatBoost, Pool\n",
  "catboost/core.py":
    "class Pool:\n    def __init__(self, data, label=None, column_description=None): pass\n" +
    "class CatBoost:\n    def load_model(self, fname): pass\n    def save_model(self, fname): pass\n",
  "xgboost/__init__.py": "from .core import DMatrix\n",
  "xgboost/core.py": "class DMatrix:\n    def __init__(self, data): pass\n",
  // The newer ones have no VideoReader.
  "torchvision/io/__init__.py":
    "VideoReader = None\ndef read_image(path): pass\ndef decode_image(input): pass\n",
  "torchvision/__init__.py": "",
  "torchvision-0.30.dist-info/METADATA": "",
  "package_data/__init__.py":
    "import os, pkgutil\nopen(os.path.join(os.path.dirname(__file__), 'data.txt')).read()\npkgutil.get_data(__name__, 'data.txt')\n",
  "package_data/data.txt": "x",
  "package_data-1.dist-info/METADATA": "",
  // A class in native code takes no new members.
  "tokenizers/__init__.py":
    "from . import trainers\nclass Frozen(type):\n    def __setattr__(self, name, value): raise TypeError(name)\n" +
    "class Tokenizer(metaclass=Frozen):\n    @staticmethod\n    def from_file(path): return Tokenizer()\n" +
    "    @staticmethod\n    def from_pretrained(name): return Tokenizer()\n",
  "tokenizers/trainers.py": "class BpeTrainer: pass\n",
  "sentencepiece/__init__.py":
    "class SentencePieceProcessor:\n    def __init__(self, model_file): self.LoadFromFile(model_file)\n    def LoadFromFile(self, arg): pass\n" +
    "class SentencePieceTrainer:\n    @staticmethod\n    def _Train(arg=None, **options): pass\n    @staticmethod\n    def train(**options): SentencePieceTrainer._Train(**options)\n",
  "joblib/loky.py":
    "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--pipe', type=int)\nparser.parse_args(['--pipe', '14'])\n",
};

const PROGRAM = `
import polars, h5py, cv2, yaml, space.part, old, numpy.random, uses_rng, torch, package_data, pathlib
print(polars.read_csv("a.csv"), polars.scan_parquet("parts/*.parquet"), polars.read_csv(source=pathlib.Path("b.csv")))
polars.read_csv(b"text\\n1,2") if 0 else polars.read_csv("no such file")
polars.read_csv("https://user:secret@example.com/x.csv")
polars.DataFrame().write_csv("out.csv")
polars.read_csv("out.csv")
h5py.File("r.h5"), h5py.File("a.h5", mode="a"), h5py.File("w.h5", "w")
cv2.imread("image.png")
polars.scan_parquet("folder")
numpy.random.seed(5); numpy.random.default_rng(); numpy.random.default_rng(6); numpy.random.default_rng(7)
torch.manual_seed(seed=8)
print(h5py.File.__init__.__qualname__, h5py.File.__mro__, polars.__spec__.__class__.__name__, polars.__loader__.__class__.__name__)
`;

test("python libraries: what wrapped functions read, the versions, and seeds", {
  skip: SKIP,
}, async () => {
  await withTempFolder((folder) => {
    const seen = runWithPackages(folder, PROGRAM, {
      "a.csv": "a",
      "b.csv": "b",
      "parts/1.parquet": "1",
      "parts/2.parquet": "2",
      "r.h5": "r",
      "a.h5": "a",
      "w.h5": "w",
      "image.png": "i",
      "folder/inner/x": "x",
    });
    assertEquals([seen.status, seen.stderr], [0, ""]);
    assertEquals(
      seen.stdout,
      "table plan table\nFile.__init__ (<class 'h5py._hl.files.File'>, <class 'object'>) ModuleSpec SourceFileLoader\n",
    );
    const path = (one: { path: string }) => one.path.slice(folder.length + 1);
    assertEquals(
      only(seen, "read").map((
        one,
      ) => [path(one), one.isGuess ?? false, one.sha256 !== undefined]).sort(),
      [
        ["a.csv", false, false],
        ["a.h5", false, true],
        ["b.csv", false, false],
        ["folder/inner/x", true, false],
        ["image.png", false, false],
        ["parts/1.parquet", false, false],
        ["parts/2.parquet", false, false],
        ["r.h5", false, false],
      ],
    );
    assertEquals(only(seen, "write").map(path).sort(), [
      "a.h5",
      "out.csv",
      "w.h5",
    ]);
    assertEquals(
      only(seen, "package").map(({ name, version }) => `${name} ${version}`)
        .sort(),
      [
        "pypi:h5py 3.0",
        "pypi:numpy 2.0",
        "pypi:old-egg 0.9",
        "pypi:opencv-python 4.0",
        "pypi:package-data 1",
        "pypi:polars 1.2.3",
        "pypi:pyyaml 6.0.1",
        "pypi:space-part 0.1",
        "pypi:torch 2.0+cpu",
        "pypi:uses-rng 1",
      ],
    );
    assertEquals(only(seen, "seed").map(({ name, value }) => [name, value]), [
      ["numpy.random.seed", "5"],
      ["numpy.random.default_rng", null],
      ["numpy.random.default_rng", "6"],
      ["numpy.random.default_rng", "7"],
      ["torch.manual_seed", "8"],
    ]);
    assertEquals(only(seen, "gap").map(({ what }) => what), [
      "what was read from the network (example.com) is not recorded",
    ]);
    assertEquals(only(seen, "module").map(({ name }) => name), ["__main__"]);
  }, "python-libraries");
});

test(
  "python libraries: a native module that is not on the list is a gap, others are not",
  { skip: SKIP },
  async () => {
    await withTempFolder((folder) => {
      const seen = runWithPackages(
        folder,
        "import unlisted._json, numpy._json, local._json, math, zlib, decimal, _json",
      );
      assertEquals([seen.status, seen.stderr], [0, ""]);
      assertEquals(only(seen, "gap").map(({ what }) => what), [
        "unlisted can read files in native code",
        "local can read files in native code",
      ]);
    }, "python-native");
  },
);

test(
  "python libraries: packages that share a folder are all named, and a module beside a known one",
  {
    skip: SKIP,
  },
  async () => {
    const shared = [
      "one/__init__",
      "two/__init__",
      "two/more",
      "three",
      "four",
    ];
    const installed = Object.fromEntries(shared.flatMap((module) => {
      const [name = ""] = module.split("/");
      const record = `shared/${module}.py,,\n`;
      return [
        [`site-packages/shared/${module}.py`, ""],
        [`site-packages/of_${name}-1.dist-info/RECORD`, record],
      ];
    }));
    await withTempFolder((folder) => {
      const seen = runWithPackages(
        folder,
        "import shared.one, shared.two, shared.two.more, shared.three, shared.four\nimport local.a, local.b",
        { ...installed, "local/a.py": "", "local/b.py": "" },
      );
      assertEquals([seen.status, seen.stderr], [0, ""]);
      assertEquals(
        only(seen, "package").map(({ name }) => name).sort(),
        ["four", "one", "three", "two"].map((name) => `pypi:of-${name}`),
      );
      assertEquals(
        only(seen, "module").map(({ name }) => name),
        ["__main__", "local.a", "local.b"],
      );
    }, "python-shared");
  },
);

test("python libraries: the network and a library of ctypes are gaps", {
  skip: SKIP,
}, async () => {
  await withTempFolder((folder) => {
    const seen = runWithPackages(
      folder,
      "import ctypes, socket, glob\nctypes.CDLL(None)\nctypes.CDLL('libc.so.6')\nctypes.CDLL(glob.glob('site-packages/numpy/_json*')[0])\n" +
        "ctypes.CDLL(glob.glob('local/_json*')[0])\ntry: socket.create_connection(('127.0.0.1', 1), 1)\nexcept OSError: print('refused')",
    );
    assertEquals([seen.status, seen.stdout], [0, "refused\n"]);
    assertEquals(
      only(seen, "gap").map(({ what }) => what.replace(/^_json\S*/, "_json")),
      [
        "_json can read files in native code",
        "what was read from the network (127.0.0.1) is not recorded",
      ],
    );
  }, "python-network");
});

/** Runs a program in a folder with the packages above, and native modules, which are copies of one of Python's. */
function runWithPackages(
  folder: string,
  source: string,
  files: Readonly<Record<string, string>> = {},
): Seen {
  const installed = Object.entries(PACKAGES).map(([name, text]) =>
    [`site-packages/${name}`, text] as const
  );
  for (
    const [name, text] of [
      ...installed,
      ...Object.entries(files),
      ["main.py", source] as const,
    ]
  ) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (
    const name of ["site-packages/unlisted", "site-packages/numpy", "local"]
  ) {
    mkdirSync(join(folder, name), { recursive: true });
    cpSync(
      nativeModule(),
      join(folder, name, nativeModule().split("/").at(-1)!),
    );
  }
  return runPython(["main.py"], {
    cwd: folder,
    env: { PYTHONPATH: join(folder, "site-packages") },
  });
}

test(
  "python libraries: what a worker of joblib parses is no config, and an enum is its value",
  {
    skip: SKIP,
  },
  async () => {
    await withTempFolder((folder) => {
      const seen = runWithPackages(
        folder,
        `import argparse, enum, joblib.loky
class Optimiser(str, enum.Enum):
    SGD = "sgd"
class Depth(enum.IntEnum):
    DEEP = 64
parser = argparse.ArgumentParser()
parser.add_argument("--opt", type=Optimiser, default=Optimiser.SGD)
parser.add_argument("--depth", type=int, default=Depth.DEEP)
parser.parse_args()`,
      );
      assertEquals([seen.status, seen.stderr], [0, ""]);
      assertEquals(only(seen, "config").map(({ values }) => values), [
        { opt: "sgd", depth: 64 },
      ]);
    }, "python-parsers");
  },
);

test(
  "python libraries: a tokenizer that is loaded is an input, and one that is trained is a gap",
  {
    skip: SKIP,
  },
  async () => {
    const load = `from tokenizers import Tokenizer
import sentencepiece, tokenizers
one = Tokenizer.from_file("a.json")
print(isinstance(one, Tokenizer), type(one).__name__, type(tokenizers.Tokenizer()).__name__)
sentencepiece.SentencePieceProcessor(model_file="b.model")
`;
    const trained = "what a tokenizer was trained with is not recorded";
    const gapsBy: Record<string, string[]> = {
      "": [],
      "tokenizers.trainers.BpeTrainer()": [trained],
      "sentencepiece.SentencePieceTrainer.train(input='c')": [trained],
      "Tokenizer.from_pretrained('gpt2')": [
        "what was read from the network (huggingface.co) is not recorded",
      ],
    };
    for (const [more, gaps] of Object.entries(gapsBy)) {
      await withTempFolder((folder) => {
        const files = { "a.json": "a", "b.model": "b" };
        const seen = runWithPackages(folder, load + more, files);
        assertEquals([seen.stdout, seen.stderr], [
          "True Tokenizer Tokenizer\n",
          "",
        ]);
        assertEquals(
          only(seen, "read").map(({ path }) => path.slice(folder.length + 1)),
          ["a.json", "b.model"],
        );
        assertEquals(only(seen, "gap").map(({ what }) => what), gaps);
      }, "python-tokenizers");
    }
  },
);

test(
  "python libraries: a console script of a virtual environment is no code of the program, what it runs is",
  {
    skip: SKIP,
  },
  async () => {
    await withTempFolder((folder) => {
      const bin = join(folder, "venv", "bin");
      mkdirSync(bin, { recursive: true });
      const python = realpathSync(PYTHON!.path);
      symlinkSync(python, join(bin, "python"));
      writeFileSync(
        join(folder, "venv", "pyvenv.cfg"),
        `home = ${dirname(python)}\n`,
      );
      const start =
        "import os, sys\nsys.path.insert(0, os.getcwd())\nimport helper";
      for (const name of ["tool", "own.py"]) {
        writeFileSync(join(bin, name), start);
      }
      writeFileSync(join(folder, "helper.py"), "");
      const modulesOf = (name: string) => {
        const seen = runPython([join(bin, name)], {
          cwd: folder,
          command: join(bin, "python"),
        });
        assertEquals([seen.status, seen.stderr], [0, ""]);
        return only(seen, "module").map(({ path }) =>
          path.slice(folder.length + 1)
        );
      };
      assertEquals(modulesOf("tool"), ["helper.py"]);
      assertEquals(modulesOf("own.py"), ["venv/bin/own.py", "helper.py"]);
    }, "python-console");
  },
);

test(
  "python libraries: a reader that a version lacks is no gap, and the others are seen",
  {
    skip: SKIP,
  },
  async () => {
    await withTempFolder((folder) => {
      const seen = runWithPackages(
        folder,
        "from torchvision.io import decode_image, read_image\nread_image('a.png')\ndecode_image('b.png')",
        { "a.png": "a", "b.png": "b" },
      );
      assertEquals([seen.status, seen.stderr], [0, ""]);
      assertEquals(
        only(seen, "read").map(({ path }) => path.slice(folder.length + 1)),
        ["a.png", "b.png"],
      );
      assertEquals(only(seen, "gap"), []);
    }, "python-lacking");
  },
);

/** Calls that name files in an unusual way, what is seen of them, and what is not. */
const UNUSUAL: readonly (readonly [
  what: string,
  source: string,
  reads: readonly string[],
  gaps: readonly string[],
])[] = [
  [
    "files in a query of Polars",
    "import polars\npolars.SQLContext().execute('select * from read_csv(\\'a\\') join READ_PARQUET ( \\'b\\' )')",
    ["a", "b"],
    [],
  ],
  [
    "a query of Polars without a file",
    "import polars\npolars.SQLContext().execute(query='select read_a from b')",
    [],
    [],
  ],
  [
    "a query of Polars whose file is not written in it",
    "import polars\npolars.SQLContext().execute('select * from read_csv(x)')",
    [],
    ["polars can read files in native code"],
  ],
  [
    "data of LightGBM and what is beside it",
    "import lightgbm\nlightgbm.Dataset('a')",
    ["a", "a.init", "a.weight"],
    [],
  ],
  [
    "data of LightGBM in memory",
    "import lightgbm\nlightgbm.Dataset([1], params={'forcedsplits_filename': '', 'seed': 1})",
    [],
    [],
  ],
  [
    "a file in the parameters of LightGBM",
    "import lightgbm\nlightgbm.Dataset([1], params={'forcedsplits_filename': 'b'})",
    ["b"],
    [],
  ],
  [
    "a file that LightGBM predicts",
    "import lightgbm\nlightgbm.Booster().predict('b')",
    ["b"],
    [],
  ],
  [
    "files of CatBoost",
    "import catboost\ncatboost.Pool('dsv://a', column_description='b', label='no')\ncatboost.CatBoost().load_model('c')",
    ["a", "b", "c"],
    [],
  ],
  [
    "a model of CatBoost that the program has saved itself",
    "import catboost\ncatboost.CatBoost().save_model('c')\ncatboost.CatBoost().load_model('c')",
    [],
    [],
  ],
  [
    "files of a data set of Hugging Face, also where its cache is read",
    "import datasets\ndatasets.load_dataset('csv', data_files={'train': ['a'], 'test': 'b'})\ndatasets.load_dataset('csv', None, '.', 'c')\ndatasets.load_dataset('squad')",
    ["a", "b", "c"],
    [],
  ],
  [
    "a file of XGBoost with that of its cache",
    "import xgboost\nxgboost.DMatrix('a?format=csv#cache')\nxgboost.DMatrix('b#cache')",
    ["a", "b"],
    [],
  ],
];

for (const [what, source, reads, gaps] of UNUSUAL) {
  test(`python libraries: ${what}`, { skip: SKIP }, async () => {
    await withTempFolder((folder) => {
      const names = ["a", "a.init", "a.weight", "b", "c"];
      const files = Object.fromEntries(names.map((name) => [name, name]));
      const seen = runWithPackages(folder, source, files);
      assertEquals([seen.status, seen.stderr], [0, ""]);
      assertEquals(
        only(seen, "read").map(({ path }) => path.slice(folder.length + 1))
          .sort(),
        reads,
      );
      assertEquals(only(seen, "gap").map((gap) => gap.what), gaps);
    }, "python-unusual");
  });
}

let native: string | undefined;

/** The path of a native module of Python. */
function nativeModule(): string {
  if (native !== undefined) return native;
  const words = [
    "-c",
    "import _json, os; print(os.path.dirname(_json.__file__))",
  ];
  const folder = spawnSync(PYTHON!.path, words, { encoding: "utf8" }).stdout
    .trim();
  native = join(
    folder,
    readdirSync(folder).find((name) => name.startsWith("_json"))!,
  );
  return native;
}

const REAL = process.env["ATO_OBSERVED_PYTHON"] || undefined;

test("python libraries: what real packages read", {
  skip: REAL === undefined &&
    "ATO_OBSERVED_PYTHON names no Python with packages",
}, async () => {
  await withTempFolder((folder) => {
    const program = join(PROGRAMS, "real_libraries.py");
    const options = { cwd: folder, command: REAL! };
    const made = runPython([program, "make"], { ...options, observed: false });
    assertEquals([made.status, made.stderr], [0, ""]);
    const seen = runPython([program, "read"], options);
    const tried = seen.stdout.trim().split("\n");
    const reads = new Set(
      only(seen, "read").map(({ path }) => path.slice(folder.length + 1)),
    );
    assertEquals(tried.filter((name) => !reads.has(name)), []);
  }, "python-real");
});

/** Programs with parsers of arguments, their words, and the arguments as they are resolved. */
const PARSERS: Readonly<
  Record<string, readonly [source: string, words: string, values: unknown]>
> = {
  click: [
    "import click\n@click.group()\n@click.option('--debug/--no-debug')\ndef cli(debug): pass\n@cli.command()\n@click.option('--lr', default=0.1)\n@click.argument('name')\ndef train(lr, name): pass\ncli()",
    "--debug train --lr 2 x",
    { debug: true, lr: 2, name: "x", command: "train" },
  ],
  typer: [
    "import typer\ndef main(lr: float = 0.1, steps: int = 3): pass\ntyper.run(main)",
    "--lr 4",
    { lr: 4, steps: 3 },
  ],
  fire: [
    "import fire\ndef main(lr=0.1, *layers, opt='sgd', **more): pass\nfire.Fire(main)",
    "--lr 3 --opt adam --depth 4",
    { lr: 3, layers: [], opt: "adam", more: { depth: 4 } },
  ],
  absl: [
    "from absl import app, flags\nflags.DEFINE_float('lr', 0.1, '')\nflags.DEFINE_list('names', ['a'], '')\napp.run(lambda _: None)",
    "--lr=3",
    { lr: 3, names: ["a"] },
  ],
  omegaconf: [
    "from omegaconf import OmegaConf\nOmegaConf.merge({'lr': 0.1, 'steps': 3}, OmegaConf.from_cli())",
    "lr=4 model.depth=2",
    { lr: 4, model: { depth: 2 } },
  ],
  hydra: [
    "import hydra\n@hydra.main(version_base=None, config_path='.', config_name='settings')\ndef main(config): pass\nmain()",
    "lr=7",
    { lr: 7, optimiser: { name: "sgd", rate: 7 } },
  ],
};

for (const [source, [text, words, values]] of Object.entries(PARSERS)) {
  test(
    `python libraries: the arguments that ${source} resolves are the config`,
    {
      skip: !REAL && "ATO_OBSERVED_PYTHON names no Python with packages",
    },
    async () => {
      await withTempFolder((folder) => {
        writeFileSync(join(folder, "main.py"), text);
        writeFileSync(
          join(folder, "settings.yaml"),
          "lr: 0.1\noptimiser:\n  name: sgd\n  rate: ${lr}\n",
        );
        const seen = runPython(["main.py", ...words.split(" ")], {
          cwd: folder,
          command: REAL!,
        });
        assertEquals([seen.status, seen.stderr], [0, ""]);
        const last = only(seen, "config").at(-1);
        assertEquals([last?.source, last?.values], [source, values]);
      }, "python-parsers");
    },
  );
}
