#!/usr/bin/env python3
"""Loads the PTX of every program of the backend, some at a time, each batch in a process of its own.

usage: programs.py CLASSES      the jar of backend-cuda, or its target/classes
Prints JSON: of each program "loaded", or what the driver and its compiler have against it.
"""
import ctypes
import json
import os
import pathlib
import subprocess
import sys
import time

from kernels import call, driver, ptx, start

FOLDER = "org/jgml/cuda/ptx"
LOG_BYTES = 8192
# CU_JIT_ERROR_LOG_BUFFER and CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES.
ERROR_LOG, ERROR_BYTES = 5, 6


def names_in(classes):
    if classes.is_dir():
        files = [file.name for file in (classes / FOLDER).iterdir()]
    else:
        import zipfile
        with zipfile.ZipFile(classes) as jar:
            files = [name.rsplit("/", 1)[1] for name in jar.namelist() if name.startswith(FOLDER + "/")]
    return sorted(name[:-len(".ptx.gz")] for name in files if name.endswith(".ptx.gz"))


def is_for(text, capability):
    """Whether PTX can run on the device at all; sm_90a runs on 9.0 only."""
    target = next(line.split()[1].rstrip(",") for line in text.decode().splitlines() if line.startswith(".target"))
    number = 10 * capability[0] + capability[1]
    return number == int(target[3:-1]) if target.endswith("a") else number >= int(target[3:])


def explained(image):
    """What the compiler of the driver says to it."""
    module, log = ctypes.c_void_p(), ctypes.create_string_buffer(LOG_BYTES)
    options = (ctypes.c_int * 2)(ERROR_LOG, ERROR_BYTES)
    values = (ctypes.c_void_p * 2)(ctypes.cast(log, ctypes.c_void_p), LOG_BYTES)
    driver.cuModuleLoadDataEx(ctypes.byref(module), image, 2, options, values)
    return log.value.decode(errors="replace")[:600]


def load(classes, names):
    capability = start()
    found = {}
    for name in names:
        image = ptx(classes, name) + b"\0"
        if not is_for(image[:-1], capability):
            continue
        module = ctypes.c_void_p()
        try:
            call("cuModuleLoadData", ctypes.byref(module), image)
            found[name] = "loaded"
        except RuntimeError as e:
            found[name] = f"{e}: {explained(image)}"
    return found


def main():
    classes = pathlib.Path(sys.argv[1])
    if len(sys.argv) > 2:
        print(json.dumps(load(classes, sys.argv[2:])))
        return
    began = time.monotonic()
    names = names_in(classes)
    count = max(1, min(8, (os.cpu_count() or 2) // 2))
    processes = [(names[i::count], subprocess.Popen([sys.executable, __file__, str(classes), *names[i::count]],
                                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
                 for i in range(count)]
    found = {}
    for batch, process in processes:
        try:
            out, err = process.communicate(timeout=max(1, 50 - (time.monotonic() - began)))
            found.update(json.loads(out) if process.returncode == 0 else {batch[0]: f"and others of its process: {err[-500:]}"})
        except subprocess.TimeoutExpired:
            process.kill()
            found[batch[0]] = "and others of its process: took more than 50 s"
    print(json.dumps({"programs": found, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
