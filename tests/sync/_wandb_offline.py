"""Records an offline run with wandb; the data comes as JSON from stdin."""
import json
import os
import sys

os.environ.update(WANDB_SILENT="true", WANDB_ERROR_REPORTING="false")
import wandb

said = json.load(sys.stdin)
run = wandb.init(mode="offline", dir=sys.argv[1], **said["init"])
for step, row in said["rows"]:
    run.log(row, step=step)
for line in said.get("lines", []):
    print(line)
for name, value in said.get("summary", {}).items():
    run.summary[name] = value
if said.get("killed"):
    import glob
    import time

    # wandb writes a block of its log when it is full.
    while os.path.getsize(glob.glob("wandb/offline-run-*/*.wandb")[0]) < 65536:
        time.sleep(0.05)
    os._exit(9)
run.finish(exit_code=said.get("exit", 0))
