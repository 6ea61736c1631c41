"""Lets Python ato write to and read from a file, for the tests."""
import json
import sys
import warnings

warnings.simplefilter("ignore")
from ato.adict import ADict
from ato.db_routers.sql.manager import SQLFinder, SQLLogger
from ato.db_routers.sql.schema import Fingerprint

mode, path = sys.argv[1:3]
url = "sqlite:///" + path
config = ADict(lr=0.1, experiment=ADict(project_name="demo", sql=ADict(db_path=url)))


def write():
    logger = SQLLogger(config)
    for offset in (0, 100):
        run_id = logger.run(tags=["python"])
        for step in range(500):
            logger.log_metric("loss", offset + abs(step - 250), step)
        logger.log_metric("loss", offset + 9999.0, 7)
        logger.log_artifact(run_id, "model.pt", "model", {"epoch": 3})
        logger.session.add(Fingerprint(
            run_id=run_id, trace_id="train", trace_type="static", fingerprint="f" * 64))
        logger.session.commit()
        if offset == 0:
            logger.finish()
    print(json.dumps(run_id))


def read():
    finder = SQLFinder(config)
    runs = finder.get_runs_in_project("demo")
    best = {mode: finder.find_best_run("demo", "loss", mode) for mode in ("max", "min")}
    print(json.dumps({
        "runs": [[run.id, run.status, run.tags, run.config.get("lr")] for run in runs],
        "ended": [run.end_time is not None for run in runs],
        "best": {mode: run.id for mode, run in best.items()},
        "similar": [run.id for run in finder.find_similar_runs(runs[0].id)],
        "by_trace": [run.id for run in finder.find_similar_runs_by_trace(runs[0].id, "train")],
        "statistics": finder.get_trace_statistics("demo", "train"),
        "found": finder.find_run(runs[0].id).structural_hash,
    }))


{"write": write, "read": read}[mode]()
