"""Prints the records of a log as JSON, read with wandb's own protobuf classes, and its own log reader if it has one."""
import json
import struct
import sys
import zlib

from google.protobuf.json_format import MessageToDict
from wandb.proto import wandb_internal_pb2 as pb


def own_reader(path):
    """wandb 0.31 has no reader in Python; the one of its core is in the tests of `wandb sync`."""
    data = open(path, "rb").read()
    assert data[:4] == b":W&B" and struct.unpack("<HB", data[4:7]) == (0xBEE1, 0)
    at, record = 7, b""
    while at + 7 <= len(data):
        if 32768 - at % 32768 < 7:
            at += 32768 - at % 32768
            continue
        crc, length, kind = struct.unpack("<IHB", data[at : at + 7])
        part = data[at + 7 : at + 7 + length]
        assert len(part) == length and at % 32768 + 7 + length <= 32768
        assert zlib.crc32(bytes([kind]) + part) & 0xFFFFFFFF == crc
        assert kind in ((1, 2) if record == b"" else (3, 4)), kind
        record += part
        at += 7 + length
        if kind in (1, 4):
            yield record
            record = b""
    assert at == len(data) and record == b""


def wandb_reader(path):
    from wandb.sdk.internal import datastore

    store = datastore.DataStore()
    store.open_for_scan(path)
    while True:
        data = store.scan_data()
        if data is None:
            return
        yield data


try:
    import wandb.sdk.internal.datastore

    read = wandb_reader
except ImportError:
    read = own_reader

for data in read(sys.argv[1]):
    record = pb.Record()
    record.ParseFromString(data)
    print(json.dumps({"type": record.WhichOneof("record_type"), "unknown": len(pb.Record.FromString(data).SerializeToString()) - len(data), "content": MessageToDict(record, preserving_proto_field_name=True)}))
