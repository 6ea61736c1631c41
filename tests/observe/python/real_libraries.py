# Makes a file for each reader of packages that are installed, or reads each and prints the names of the files.
import os
import sys

MAKE = sys.argv[1] == "make"


def part(work):
    try:
        work()
    except ImportError:
        pass


def reads(name, read):
    if not MAKE:
        read(name)
        print(name, flush=True)


@part
def pandas_and_arrow():
    import pandas
    import pyarrow
    import pyarrow.csv
    import pyarrow.dataset
    import pyarrow.feather
    import pyarrow.orc
    import pyarrow.parquet

    if MAKE:
        table = pandas.DataFrame({"a": [1, 2], "b": [3.0, 4.0]})
        for name in ("a.csv", "b.csv", "c.csv", "d.csv"):
            table.to_csv(name, index=False)
        for name in ("a.parquet", "b.parquet", "c.parquet", "d.parquet"):
            table.to_parquet(name)
        for name in ("a.feather", "b.feather"):
            table.to_feather(name)
        table.to_orc("a.orc")
        table.to_pickle("a.pickle")
        open("a.raw", "wb").write(b"1234")
        open("b.raw", "wb").write(b"1234")
    reads("a.csv", pandas.read_csv)
    reads("b.csv", lambda name: pandas.read_csv(name, engine="pyarrow"))
    reads("c.csv", lambda name: pandas.read_csv(name, engine="python"))
    reads("d.csv", pyarrow.csv.read_csv)
    reads("a.parquet", pandas.read_parquet)
    reads("b.parquet", pyarrow.parquet.read_table)
    reads("c.parquet", lambda name: pyarrow.parquet.ParquetFile(name).read())
    reads("d.parquet", lambda name: pyarrow.dataset.dataset(name).to_table())
    reads("a.feather", pandas.read_feather)
    reads("b.feather", pyarrow.feather.read_table)
    reads("a.orc", pandas.read_orc)
    reads("a.pickle", pandas.read_pickle)
    reads("a.raw", lambda name: pyarrow.memory_map(name).read())
    reads("b.raw", lambda name: pyarrow.OSFile(name).read())


@part
def numpy_files():
    import numpy

    if MAKE:
        for name in ("a.npy", "b.npy"):
            numpy.save(name, numpy.arange(4))
        numpy.savez("a.npz", a=numpy.arange(4))
        for name in ("a.bin", "b.bin"):
            numpy.arange(4.0).tofile(name)
        numpy.savetxt("a.txt", numpy.arange(4))
    reads("a.npy", numpy.load)
    reads("b.npy", lambda name: numpy.load(name, mmap_mode="r"))
    reads("a.npz", lambda name: numpy.load(name)["a"])
    reads("a.bin", numpy.fromfile)
    reads("b.bin", lambda name: numpy.memmap(name, mode="r"))
    reads("a.txt", numpy.loadtxt)


@part
def hdf5():
    import h5py

    if MAKE:
        h5py.File("a.h5", "w").close()
    reads("a.h5", lambda name: h5py.File(name, "r").close())


@part
def images():
    import cv2
    import numpy
    from PIL import Image

    if MAKE:
        pixels = numpy.zeros((8, 8, 3), numpy.uint8)
        for name in ("a.png", "b.png"):
            cv2.imwrite(name, pixels)
        video = cv2.VideoWriter("a.avi", cv2.VideoWriter_fourcc(*"MJPG"), 5, (8, 8))
        video.write(pixels)
        video.release()
        storage = cv2.FileStorage("a.yml", cv2.FILE_STORAGE_WRITE)
        storage.write("a", 1)
        storage.release()
    reads("a.png", cv2.imread)
    reads("b.png", lambda name: Image.open(name).load())
    reads("a.avi", lambda name: cv2.VideoCapture(name).read())
    reads("a.yml", lambda name: cv2.FileStorage(name, cv2.FILE_STORAGE_READ).release())


@part
def frames():
    import polars

    if MAKE:
        table = polars.DataFrame({"a": [1, 2]})
        table.write_csv("p.csv")
        table.write_parquet("p.parquet")
        table.write_parquet("q1.parquet")
        table.write_csv("s.csv")
    reads("p.csv", polars.read_csv)
    reads("s.csv", lambda name: polars.sql("SELECT * FROM read_csv('%s')" % name, eager=True))
    reads("p.parquet", lambda name: polars.scan_parquet(name).collect())
    reads("q1.parquet", lambda name: polars.scan_parquet("q*.parquet").collect())


@part
def tables():
    import pandas
    import tables  # noqa: F401

    if MAKE:
        pandas.DataFrame({"a": [1]}).to_hdf("t.h5", key="k")
    reads("t.h5", pandas.read_hdf)


@part
def excel():
    import openpyxl  # noqa: F401
    import pandas

    if MAKE:
        pandas.DataFrame({"a": [1]}).to_excel("a.xlsx")
    reads("a.xlsx", pandas.read_excel)


@part
def sounds():
    import numpy
    import soundfile

    if MAKE:
        soundfile.write("a.wav", numpy.zeros(10), 8000)
    reads("a.wav", soundfile.read)


@part
def netcdf():
    import netCDF4

    if MAKE:
        netCDF4.Dataset("a.nc", "w").close()
    reads("a.nc", lambda name: netCDF4.Dataset(name).close())


@part
def weights():
    import numpy
    from safetensors.numpy import load_file, save_file

    if MAKE:
        save_file({"a": numpy.zeros(2)}, "a.safetensors")
    reads("a.safetensors", load_file)


@part
def boosting():
    import numpy
    import xgboost

    if MAKE:
        data = xgboost.DMatrix(numpy.arange(8.0).reshape(4, 2), label=[0, 1, 0, 1])
        xgboost.train({}, data, 1).save_model("a.json")
    reads("a.json", lambda name: xgboost.Booster(model_file=name))


@part
def lightgbm_files():
    import lightgbm

    quiet = {"verbose": -1, "min_data_in_leaf": 1, "min_data_in_bin": 1}
    if MAKE:
        rows = ["%d,%d" % (i % 2, i) for i in range(40)]
        for name in ("l.csv", "m.csv", "n.csv"):
            open(name, "w").write("\n".join(rows) + "\n")
        open("m.csv.weight", "w").write("1\n" * 40)
        open("forced.json", "w").write('{"feature": 0, "threshold": 9.5}')
        lightgbm.train(quiet, lightgbm.Dataset("l.csv"), 1).save_model("l.txt")
    reads("l.csv", lambda name: lightgbm.Dataset(name, params=quiet).construct())
    reads("m.csv.weight", lambda name: lightgbm.Dataset("m.csv", params=quiet).construct())
    reads("l.txt", lambda name: lightgbm.Booster(model_file=name))
    if not MAKE:
        reads("n.csv", lightgbm.Booster(model_file="l.txt").predict)
    reads("forced.json", lambda name: lightgbm.Dataset("l.csv", params={**quiet, "forcedsplits_filename": name}).construct())


@part
def catboost_files():
    import catboost

    if MAKE:
        open("c.tsv", "w").write("1\t2\n0\t1\n" * 4)
        open("c.cd", "w").write("0\tLabel\n")
        pool = catboost.Pool("c.tsv", column_description="c.cd")
        catboost.CatBoost({"iterations": 1, "silent": True, "allow_writing_files": False}).fit(pool).save_model("c.cbm")
    reads("c.tsv", lambda name: catboost.Pool(name, column_description="c.cd"))
    reads("c.cd", lambda name: catboost.Pool("c.tsv", column_description=name))
    reads("c.cbm", lambda name: catboost.CatBoost().load_model(name))


@part
def data_sets():
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HOME"] = os.path.abspath("hub")
    import datasets

    datasets.disable_progress_bars()
    if MAKE:
        open("f.csv", "w").write("a\n1\n")
        datasets.load_dataset("csv", data_files="f.csv")  # from now on its cache is read
    reads("f.csv", lambda name: datasets.load_dataset("csv", data_files=name))


@part
def arrays_in_folders():
    import zarr

    if MAKE:
        zarr.save_array("a.zarr", __import__("numpy").arange(4))
    reads("a.zarr/zarr.json", lambda name: zarr.open("a.zarr")[:])
