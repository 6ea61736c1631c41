"""Wraps functions in native code that read and write files, for `ato_libraries.py`."""
import glob
import os

# Set by the observer: its functions.
observer = globals()["observer"]
replace = observer.part("ato_libraries").replace

#: Functions whose first argument names what they read: a path, several, a folder, or a pattern.
READERS = {
    "pyarrow": "memory_map OSFile",
    "pyarrow.csv": "read_csv open_csv",
    "pyarrow.json": "read_json open_json",
    "pyarrow.feather": "read_table read_feather",
    "pyarrow.dataset": "dataset parquet_dataset",
    "pyarrow.orc": "ORCFile.__init__ read_table",
    "pyarrow.parquet":
        "read_table read_pandas read_schema read_metadata ParquetFile.__init__ ParquetDataset.__init__",
    "cv2":
        "imread imreadmulti imreadanimation imcount haveImageReader readOpticalFlow VideoCapture FileStorage CascadeClassifier "
        "dnn.readNet dnn.readNetFromONNX dnn.readNetFromTensorflow dnn.readNetFromCaffe dnn.readNetFromTFLite "
        "samples.findFile",
    "polars":
        "read_csv read_csv_batched scan_csv read_parquet scan_parquet read_parquet_schema read_parquet_metadata read_ipc "
        "scan_ipc read_ipc_schema read_ipc_stream read_json read_ndjson scan_ndjson read_avro read_excel read_ods "
        "read_delta scan_delta read_lines scan_lines DataFrame.deserialize LazyFrame.deserialize",
    "xgboost.core": "DMatrix.__init__ QuantileDMatrix.__init__ Booster.load_model",
    "lightgbm.basic": "Booster.predict _InnerPredictor.predict",
    "soundfile": "SoundFile.__init__ info",
    "netCDF4": "Dataset MFDataset.__init__",
    "safetensors": "safe_open",
    "torchvision.io": "read_image read_file decode_image read_video VideoReader.__init__",
    "torchaudio": "load info",
    "torch": "from_file UntypedStorage.from_file jit.load _C.PyTorchFileReader",
    "tensorflow": "io.read_file io.gfile.GFile data.TFRecordDataset data.TextLineDataset data.FixedLengthRecordDataset",
    "tokenizers":
        "Tokenizer.from_file models.BPE.from_file models.BPE.read_file models.WordPiece.from_file "
        "models.WordPiece.read_file models.WordLevel.from_file models.WordLevel.read_file",
    "sentencepiece": "SentencePieceProcessor.LoadFromFile",
    "dbm": "open",
}

#: Functions that write to a path, and the number of the argument.
WRITERS = {
    "pyarrow.csv": {"write_csv": 1},
    "pyarrow.feather": {"write_feather": 1},
    "pyarrow.parquet": {"write_table": 1, "ParquetWriter.__init__": 1},
    "pyarrow.orc": {"write_table": 1},
    "cv2": {"imwrite": 0, "imwritemulti": 0, "VideoWriter": 0},
    "polars": {
        name: 1 for name in (
            "DataFrame.write_csv DataFrame.write_parquet DataFrame.write_ipc DataFrame.write_ipc_stream "
            "DataFrame.write_json DataFrame.write_ndjson DataFrame.write_avro "
            "LazyFrame.sink_csv LazyFrame.sink_parquet LazyFrame.sink_ipc LazyFrame.sink_ndjson"
        ).split()
    },
    "xgboost.core": {"Booster.save_model": 1},
    "lightgbm.basic": {"Booster.save_model": 1},
    "catboost.core": {"CatBoost.save_model": 1},
    "soundfile": {"write": 0},
    "torch": {"save": 1},
    "safetensors.torch": {"save_file": 1},
    "safetensors.numpy": {"save_file": 1},
}

#: Names of arguments that hold a path.
WORDS = (
    "source sources path paths filename filenames fname file files where input_file path_or_paths uri name data fn "
    "model_file path_or_dataset f dest output_file fp filepath"
).split()

MOST_IN_FOLDER = 10_000


def wrap(name, module):
    """Wraps what the tables above list of a module."""
    for attribute in READERS.get(name, "").split():
        replace(module, attribute, before=reader_of(attribute))
    for attribute, position in WRITERS.get(name, {}).items():
        replace(module, attribute, before=writer_of(position))
    special = SPECIAL.get(name)
    if special is not None:
        special(module)


# ---------------------------------------------------------------------------------------------------- files


def argument(args, options, position):
    if len(args) > position:
        return args[position]
    for word in WORDS:
        if word in options:
            return options[word]
    return None


def reader_of(attribute):
    position = 1 if attribute.endswith((".__init__", "Booster.load_model", ".LoadFromFile", ".predict")) else 0

    def before(args, options):
        read_paths(argument(args, options, position))

    return before


def writer_of(position):
    def before(args, options):
        path = argument(args, options, position)
        if isinstance(path, (str, bytes, os.PathLike)):
            observer.changes(path)

    return before


def read_paths(value):
    """Takes what a reader was given: a path, several, a folder, a pattern, a URL, or none of these."""
    if isinstance(value, (list, tuple, set)):
        for one in value:
            read_paths(one)
        return
    if not isinstance(value, (str, bytes, os.PathLike)):
        return
    path = os.fsdecode(value)
    if path.startswith("file://"):
        path = path[7:]
    elif "://" in path[:12]:
        observer.gap("what was read from the network (%s) is not recorded" % path.split("/")[2][:200].rpartition("@")[2])
        return
    if len(path) > 4096 or "\n" in path:
        return  # a text, e.g. JSON
    path = path.partition("?")[0] if "?format=" in path else path
    if "#" in path and not os.path.exists(path):
        path = path.partition("#")[0]  # XGBoost: a file for its cache follows
    if os.path.isdir(path):
        read_folder(path)
    elif os.path.exists(path):
        observer.saw_read(observer.absolute(path))
    else:
        for one in glob.iglob(path, recursive=True):
            if os.path.isdir(one):
                read_folder(one)
            else:
                observer.saw_read(observer.absolute(one))


def read_folder(path):
    """Takes each file in a folder as one that may be read."""
    left = MOST_IN_FOLDER
    for folder, _, files in os.walk(path):
        for name in files:
            left -= 1
            if left < 0:
                observer.gap("the folder %s has more than %d files" % (path, MOST_IN_FOLDER))
                return
            observer.saw_read(observer.absolute(os.path.join(folder, name)), is_guess=True)


def with_mode(args, options):
    """Takes HDF5 files, which are opened for reading or for writing."""
    path = argument(args, options, 1)
    if not isinstance(path, (str, bytes, os.PathLike)):
        return
    mode = args[2] if len(args) > 2 else options.get("mode") or "r"
    whole = observer.absolute(path)
    if mode in ("r", "r+", "a"):
        observer.saw_read(whole, will_change=mode != "r")
    if mode != "r":
        observer.saw_write(whole)


def wrap_file_system(module):
    def before(args, options):
        frame = observer.outer_frame()
        if frame is None or "/pyarrow/" not in frame.f_code.co_filename:
            observer.gap("pyarrow.fs can read files in native code")

    replace(module, "LocalFileSystem", before=before)


def wrap_trainers(module):
    """Trainers of tokenizers and of SentencePiece read their files in native code."""
    def before(args, options):
        observer.gap("what a tokenizer was trained with is not recorded")

    trainers = getattr(module, "trainers", None)
    for name in dir(trainers):
        if name.endswith("Trainer"):
            replace(module, "trainers." + name, before=before)
    replace(module, "SentencePieceTrainer._Train", before=before)
    replace(module, "Tokenizer.from_pretrained", before=lambda args, options: observer.gap(
        "what was read from the network (huggingface.co) is not recorded"
    ))


#: Parameters of LightGBM that name a file.
LIGHTGBM_FILES = (
    "forcedsplits_filename fs forced_splits_filename forced_splits_file forced_splits forcedbins_filename "
    "parser_config_file"
).split()
#: LightGBM reads files with these endings beside the one that it is given.
LIGHTGBM_BESIDE = (".weight", ".init", ".query", ".position")


def wrap_lightgbm(module):
    def data(args, options):
        path = argument(args, options, 1)
        read_paths(path)
        if isinstance(path, (str, os.PathLike)):
            for ending in LIGHTGBM_BESIDE:
                read_paths(os.fspath(path) + ending)

    def parameters(args, options):
        values = args[0] if args else options.get("data")
        for name in LIGHTGBM_FILES if isinstance(values, dict) else ():
            read_paths(values.get(name))

    replace(module, "Dataset.__init__", before=data)
    replace(module, "_param_dict_to_str", before=parameters)
    replace(module, "param_dict_to_str", before=parameters)


def wrap_datasets(module):
    """Hugging Face's datasets read their files once, and then a cache that is found by their names and times."""
    def before(args, options):
        path, _, folder, files = (*args, None, None, None, None)[:4]
        folder, files = options.get("data_dir", folder), options.get("data_files", files)
        path = options.get("path", path)
        if isinstance(path, str) and os.path.isdir(path):
            read_paths(path)
        if files is None and folder is not None:
            read_paths(folder)
        for one in flat(files):
            read_paths(one if folder is None or "://" in one else os.path.join(folder, one))

    replace(module, "load_dataset", before=before)


def flat(value):
    """Returns the paths in a path, a list, or a dictionary of them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [path for one in value for path in flat(one)]
    return [os.fspath(value)] if isinstance(value, (str, os.PathLike)) else []


def wrap_catboost(module):
    """Names the files of CatBoost, which reads others, too: it stays a gap."""
    def before(args, options):
        for value in (*args[1:], *options.values()):
            if isinstance(value, (str, os.PathLike)):
                path = os.fspath(value).rpartition("://")[2]
                if os.path.isfile(path):
                    observer.saw_read(observer.absolute(path))

    replace(module, "Pool.__init__", before=before)
    replace(module, "CatBoost.load_model", before=before)


def wrap_polars_sql(module):
    """A query of Polars can name files: `SELECT * FROM read_csv('a.csv')`."""
    def query(position):
        def before(args, options):
            text = args[position] if len(args) > position else options.get("query")
            if isinstance(text, str) and "read_" in text.lower():
                from re import I, findall

                for path in findall(r"\bread_\w+\s*\(\s*'((?:[^']|'')*)'", text, I):
                    read_paths(path.replace("''", "'"))
                if len(findall(r"\bread_\w+\s*\(", text, I)) > len(findall(r"\bread_\w+\s*\(\s*'", text, I)):
                    observer.gap("polars can read files in native code")

        return before

    replace(module, "SQLContext.execute", before=query(1))


def no_cells(_):
    observer.gap("cells of a notebook are not recorded")


def no_lines(_):
    observer.gap("what is typed into IPython is not recorded")


SPECIAL = {
    "lightgbm.basic": wrap_lightgbm,
    "catboost.core": wrap_catboost,
    "datasets.load": wrap_datasets,
    "polars": wrap_polars_sql,
    "pyarrow.fs": wrap_file_system,
    "tokenizers": wrap_trainers,
    "sentencepiece": wrap_trainers,
    "h5py._hl.files": lambda module: replace(module, "File.__init__", before=with_mode),
    "tables.file": lambda module: replace(module, "File.__init__", before=with_mode),
    "ipykernel.kernelapp": no_cells,
    "IPython.terminal.ipapp": no_lines,
}
