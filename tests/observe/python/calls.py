# Each call reads, writes or lists a file of its own, or none. The test has the table of what is seen.
import io
import mmap
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import local_module
from package import inner

os.chdir("data")
open("open").read()
open(b"open_bytes").read()
open(pathlib.Path("open_path")).read()
io.open("io_open").read()
os.close(os.open("os_open", os.O_RDONLY))
os.close(os.open("os_open_write", os.O_WRONLY | os.O_CREAT))
folder = os.open("..", os.O_RDONLY)
os.close(os.open("data/dir_fd", os.O_RDONLY, dir_fd=folder))
pathlib.Path("path_read").read_text()
pathlib.Path("path_write").write_text("x")
open("../data/./dotted").read()
open("linked/../through_link").read()
open("twice").read()
open("twice").read()
open("r_plus", "r+").write("changed")
open("w_plus", "w+").write("x")
open("w", "w").write("x")
open("a", "a").write("x")
open("a_plus", "a+").write("x")
open("read_then_written").read()
open("read_then_written", "w").write("changed")
open("read_then_removed").read()
os.remove("read_then_removed")
open("written_then_read", "w").write("x")
open("written_then_read").read()
try:
    open("missing")
except FileNotFoundError:
    pass
open("missing", "w").close()
os.path.exists("stat_only")
os.path.getsize("stat_only")
with open("by_number") as file:
    os.fdopen(os.dup(file.fileno())).close()
with open("mapped", "rb") as file:
    mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ).close()
os.rename("renamed_from", "renamed_to")
shutil.copyfile("copied_from", "copied_to")
os.truncate("truncated", 0)
os.link("linked_from", "linked_to")
os.listdir("listed")
[entry.name for entry in os.scandir("scanned")]
list(os.walk("walked"))
list(pathlib.Path("globbed").glob("*"))
open(os.fsdecode(b"not_utf8_\xff")).read()
open("new\nline \"quoted\" \\ \u00e9").read()
sqlite3.connect("database").close()
sqlite3.connect(":memory:").close()
sqlite3.connect("new_database").close()
open("/proc/self/status").read()
open("/etc/hostname" if os.path.exists("/etc/hostname") else "/etc/passwd").read()
with open("/dev/null", "w") as file:
    file.write("x")
tempfile.TemporaryFile().close()
exec(open("executed").read())
exec(compile("1", "<string>", "exec"))
os.chdir("..")
open("open")  # another file of that name
import runpy
runpy.run_path("data/run_path.py")
child = subprocess.run([sys.executable, "child.py"], env=os.environ.copy(), check=True)
subprocess.run([sys.executable, "clean.py"], env={"PATH": "/bin"}, check=True)
subprocess.run("exit 0", shell=True, check=True)
os.system("exit 0")
if os.fork() == 0:
    open("data/in_fork").read()
    os._exit(0)
os.wait()

os.environ["BY_KEY"]
os.environ.get("BY_GET")
os.getenv("BY_GETENV")
"BY_IN" in os.environ
os.environ.setdefault("BY_SETDEFAULT", "new")
os.environ.pop("BY_POP", None)
os.environb.get(b"BY_BYTES")
os.environ["SET_FIRST"] = "own"
os.environ["SET_FIRST"]
os.environ["ONLY_SET"] = "1"
os.environ["ONLY_DELETED"] = "1"
del os.environ["ONLY_DELETED"]
dict(os.environ), os.environ.copy(), list(os.environ), list(os.environ.items()), list(os.environ.values())
{**os.environ}, repr(os.environ), len(os.environ), os.environ == {}, {}.update(os.environ)
for name in os.environ:
    os.environ[name]
for name, value in os.environ.items():
    pass
print([name for name in os.environ if name in ("ATO_OBSERVE", "ATO_LAUNCH", "PYTHONPATH")], sys.path[1:2], "sitecustomize" in sys.modules)

import random
random.seed(7)
random.seed(8)
import copy
import pickle
generator = random.Random(9)
copy.copy(generator), pickle.loads(pickle.dumps(generator)), random.SystemRandom(), random.Random(x=9)

import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--path", type=pathlib.Path, default="a/b")
commands = parser.add_subparsers(dest="command")
commands.add_parser("train").add_argument("--steps", type=int, default=3)
parser.parse_args(["--lr", "0.5", "train"])
