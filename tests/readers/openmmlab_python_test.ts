import { test } from "node:test";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { ADict } from "@ato/ato/adict";
import { expressions, writeAll } from "./_openmmlab_files.ts";
import { withTempFolder } from "../_shared/temp_folder.ts";

const python = process.env.ATO_MMENGINE_PYTHON;
const skip = python === undefined
  ? "ATO_MMENGINE_PYTHON is not set to a Python that has mmengine-lite"
  : false;
if (skip) console.log(`Not compared with mmengine: ${skip}`);

test("fromMmConfig: the values of the fixture equal those of this Python", {
  skip,
}, () => {
  const script = new URL(
    "./fixtures/openmmlab/expressions.py",
    import.meta.url,
  );
  const text = execFileSync(
    python!,
    ["-W", "ignore", fileURLToPath(script)],
    { encoding: "utf8" },
  );
  assertEquals(JSON.parse(text), expressions());
});

/** Small configs with the features of real ones. */
const FILES: Record<string, string> = {
  "_base_/model.py": `
norm = dict(type='BN', requires_grad=True)
model = dict(
    type='Det',
    data_preprocessor=dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375]),
    backbone=dict(depth=50, out=(0, 1, 2, 3), norm=norm),
    heads=[dict(type='A', w=1.0), dict(type='B', w=.5)])
`,
  "_base_/data.py": `
root = 'data/'
size = (640, 480)
pipeline = [dict(type='Load'), dict(type='Resize', scale=size, keep=True)]
loader = dict(batch=2, dataset=dict(root=root, ann=root + 'a.json', pipeline=pipeline))
`,
  "classic.py": `
_base_ = ['./_base_/model.py', './_base_/data.py']
model = dict(
    backbone=dict(depth=101, norm=dict(_delete_=True, type='GN', groups=32)),
    heads=[dict(type=f'H{i}', w=1 / (i + 1)) for i in range(3)])
epochs = 12 * 2
lr = 0.01 * 8 / 16
milestones = [round(epochs * r) for r in (2 / 3, 11 / 12)]
custom_keys = {'norm': dict(decay=0.0)}
custom_keys.update({f'stages.{s}.{b}': dict(lr=0.9**(12 - b)) for s, n in enumerate([2, 3]) for b in range(n)})
train = _base_.loader
train.dataset.pipeline = [*_base_.pipeline[:1], dict(type='New')]
test = dict(std={{_base_.model.data_preprocessor.std}}, text='%s-%d' % ('a', 3))
`,
  "grand.py": `
_base_ = './classic.py'
loader = dict(batch=4, dataset=dict(root='x'))
model = dict(backbone=dict(norm=dict(affine=False)))
name = '{{ fileBasenameNoExtension }}'
`,
  "lazy_base.py": `
from mmdet.models import Head, Backbone
import torch.nn as nn
model = dict(type=Head, backbone=dict(type=Backbone, act=nn.ReLU, depth=50))
`,
  "lazy.py": `
from mmengine.config import read_base
with read_base():
    from .lazy_base import *
from torch.optim import AdamW
model.update(dict(backbone=dict(depth=101), new=(1, 2)))
optim = dict(type=AdamW, lr=1e-4)
`,
};

const PEER = `
import json, sys, warnings
warnings.filterwarnings('ignore')
from mmengine.config import Config
print(json.dumps([Config.fromfile(f, import_custom_modules=False).to_dict() for f in sys.argv[1:]]))
`;

test(
  "fromMmConfig: small configs equal what mmengine reads",
  { skip },
  async () => {
    await withTempFolder(async (folder) => {
      writeAll(folder, FILES);
      const files = Object.keys(FILES).map((name) => join(folder, name));
      const text = execFileSync(python!, ["-c", PEER, ...files], {
        encoding: "utf8",
      });
      const expected: unknown[] = JSON.parse(text.trim().split("\n").at(-1)!);
      for (const [i, file] of files.entries()) {
        const config = await ADict.fromMmConfig(file);
        assertEquals([file, config.toObject()], [file, expected[i]]);
      }
    });
  },
);
