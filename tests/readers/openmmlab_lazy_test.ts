import { test } from "node:test";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MmBaseError, MmConfigError } from "@ato/ato/adict";
import { readMm } from "./_openmmlab_files.ts";

test("fromMmConfig: imported names become the paths that mmengine writes, and are not keys", async () => {
  const data = await readMm(`
from torch.optim import SGD, AdamW as Adam
from mmengine.dataset import default_collate
import torch.nn as nn
import mmdet.models
import os.path as osp
optimizer = dict(type=SGD, other=[Adam, (nn.ReLU, nn.init.zeros_)])
model = dict(type=mmdet.models.Head, norm=nn)
alias = SGD
path = osp.join('a', 'b')
`);
  assertEquals(data, {
    optimizer: {
      type: "torch.optim.SGD",
      other: ["torch.optim.AdamW", ["torch.nn.ReLU", "torch.nn.init.zeros_"]],
    },
    // The name of a module alone is written twice, as in mmengine.
    model: { type: "mmdet.models.Head", norm: "torch.nn.torch.nn" },
    alias: "torch.optim.SGD",
    path: "a/b",
  });
});

test("fromMmConfig: read_base() imports the names of bases, whose dicts are merged by update and merge", async () => {
  const files = {
    "run/a.py": `
from mmengine.config import read_base
with read_base():
    from .._base_.model import *
    from .._base_.data import loader as source, size
from torch.optim import SGD
model.update(dict(head=dict(type=SGD, n=2), depth=3))
model.head.loss.w = 5
optim.merge(dict(_delete_=True, lr=size))
source.pop('none')
copied = dict(**source)
`,
    "_base_/model.py": `
from mmengine.config import read_base
from mmdet.models import Head
with read_base():
    from .deep.optim import *
model = dict(type='M', head=dict(type=Head, loss=dict(w=1)))
_hidden = 1
`,
    "_base_/deep/optim.py":
      "optim = dict(type='SGD', lr=0.1)\ndef helper():\n    return 1\n",
    "_base_/data.py": "loader = dict(n=[1])\nsize = 7\nunused = 8\n",
  };
  assertEquals(await readMm(files), {
    optim: { lr: 7 },
    model: {
      type: "M",
      head: { type: "torch.optim.SGD", loss: { w: 5 }, n: 2 },
      depth: 3,
    },
    _hidden: 1,
    source: { n: [1] },
    size: 7,
    copied: { n: [1] },
  });
});

test("fromMmConfig: a base of another package is imported from the given folder", async () => {
  const files = {
    "a.py":
      "with read_base():\n    from mmdet.configs.x.y import *\nz = y + 1\n",
    "site/mmdet/configs/x/y.py": "y = 1\n",
  };
  assertEquals(
    await readMm(
      files,
      (folder) => ({ packages: { mmdet: `${folder}/site/mmdet` } }),
    ),
    { y: 1, z: 2 },
  );
});

const FAULTS: [
  what: string,
  files: Record<string, string>,
  line: number,
  words: string,
][] = [
  [
    "missing",
    { "a.py": "with read_base():\n    from .b import *\n" },
    2,
    "no such file",
  ],
  [
    "of an unknown package",
    { "a.py": "with read_base():\n    from mmdet.b import *\n" },
    2,
    "option packages",
  ],
  [
    "itself",
    { "a.py": "with read_base():\n    from .a import *\n" },
    2,
    "is its own base",
  ],
  [
    "a cycle",
    {
      "a.py": "with read_base():\n    from .b import *\n",
      "b.py": "with read_base():\n    from .a import *\n",
    },
    2,
    "is its own base",
  ],
  [
    "without the name",
    { "a.py": "with read_base():\n    from .b import y\n", "b.py": "x = 1\n" },
    2,
    "has no y",
  ],
  [
    "of the other style",
    {
      "a.py": "with read_base():\n    from .b import *\n",
      "b.py": "\n_base_ = 'c.py'\n",
    },
    2,
    "older style",
  ],
];

for (const [what, files, line, words] of FAULTS) {
  test(`fromMmConfig: an imported base must not be: ${what}`, async () => {
    const error = await assertRejects(() => readMm(files), MmBaseError);
    assertEquals(error.line, line);
    assertStringIncludes(error.message, words);
  });
}

const WRONG: [text: string, line: number, words: string][] = [
  ["from torch import *\n", 1, "read_base"],
  ["import torch\nx = torch.zeros(3)\n", 2, "can only name it"],
  ["from torch import pi\nx = pi * 2\n", 2, "only a name"],
  ["import torch\nwith read_base():\n    x = 1\n", 3, "from .module import"],
  ["import torch\nwith torch.no_grad():\n    x = 1\n", 2, "with statement"],
  ["from torch import nn\n_base_ = 'b.py'\n", 2, "but this file, or a config"],
];

for (const [text, line, words] of WRONG) {
  test(`fromMmConfig: an error of the newer style: ${words}`, async () => {
    const error = await assertRejects(() => readMm(text), MmConfigError);
    assertEquals(error.line, line);
    assertStringIncludes(error.message, words);
  });
}
