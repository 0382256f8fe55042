#!/usr/bin/env python3
"""Runs kernels that use tensor cores by themselves: is the result right, and how fast?

usage: kernels.py CLASSES [GROUP...] [--small]     CLASSES: the jar of backend-cuda, or its target/classes
Needs numpy and a driver, no Java; with PyTorch, cuBLAS is timed, too. Prints JSON, a group of kernels by
a process of its own. NMSE is against numpy in F32 on the same halves. Where it is wrong, the entry says which
elements are, and of a product which element of a row stood where another had to. --small is for emulation.
"""
import ctypes
import gzip
import json
import pathlib
import struct
import subprocess
import sys
import zipfile

import numpy as np

TILE_TOKENS, TILE_ROWS, THREADS = 128, 256, 256
# Shared memory of a block: `sharedBytes` of TensorProducts.java, `tensorBytes` and `wideBytes` of AttentionPlan.java.
SHARED = {"matmul_mma": 4 * 32 * 384 * 2, "matmul_wgmma": 4 * 64 * 384 * 2 + 1024,
          "attention_many": (2 * 128 + 128) * 128 * 2, "attention_few": (2 * 16 + 128) * 128 * 2,
          "attention_wide_many": (64 * 576 + 64 * 1088 + 64 * 64) * 2, "attention_wide_few": (16 * 576 + 64 * 1088 + 16 * 64) * 2}
# Rows and length of the weights of a layer of Mistral 7B, and one that fits no tile.
PRODUCTS = [(333, 1000, 4064), (2048, 4096, 4096), (2048, 1024, 4096), (2048, 14336, 4096), (2048, 4096, 14336)]
# Tokens, keys and splits: prefill, and a few tokens after a long text.
MANY = [(333, 1000, 1), (2048, 2048, 1), (32, 8192, 16)]
FEW = [(3, 333, 2), (1, 8192, 49), (1, 131072, 49)]
# The same, and heads that share one key head.
WIDE_MANY = [(3, 333, 2, 40), (1, 8192, 64, 128), (256, 2048, 1, 128)]
WIDE_FEW = [(1, 333, 2, 12), (1, 8192, 64, 16), (1, 65536, 128, 16)]
HALVES = [("q4_k", 256, 144), ("q6_k", 256, 210), ("q8_0", 32, 34), ("f32", 1, 4)]
CHECKED_ROWS = 96
LIMITS = {"attention": 1e-6, "matmul": 1e-9}
driver = ctypes.CDLL("libcuda.so.1")
is_small = "--small" in sys.argv


def call(name, *arguments):
    code = getattr(driver, name)(*arguments)
    if code != 0:
        text = ctypes.c_char_p()
        driver.cuGetErrorName(code, ctypes.byref(text))
        raise RuntimeError(f"{name} returned {code} {(text.value or b'').decode()}")


def start():
    """The primary context of the first device, which PyTorch uses, too."""
    device, context = ctypes.c_int(), ctypes.c_void_p()
    call("cuInit", 0)
    call("cuDeviceGet", ctypes.byref(device), 0)
    call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
    call("cuCtxSetCurrent", context)
    parts = []
    for attribute in (75, 76):
        value = ctypes.c_int()
        call("cuDeviceGetAttribute", ctypes.byref(value), attribute, device)
        parts.append(value.value)
    return tuple(parts)


def memory(count):
    at = ctypes.c_uint64()
    call("cuMemAlloc_v2", ctypes.byref(at), ctypes.c_size_t(count))
    return at.value


def upload(array):
    array = np.ascontiguousarray(array)
    at = memory(array.nbytes)
    call("cuMemcpyHtoD_v2", ctypes.c_uint64(at), array.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(array.nbytes))
    return at


def download(at, shape):
    array = np.empty(shape, np.float32)
    call("cuCtxSynchronize")
    call("cuMemcpyDtoH_v2", array.ctypes.data_as(ctypes.c_void_p), ctypes.c_uint64(at), ctypes.c_size_t(array.nbytes))
    return array


def nothing(*shape):
    """Room for a result, which is no number until it is written."""
    return upload(np.full(shape, np.nan, np.float32))


def ptx(classes, program):
    name = f"org/jgml/cuda/ptx/{program}.ptx.gz"
    if classes.is_dir():
        return gzip.decompress((classes / name).read_bytes())
    with zipfile.ZipFile(classes) as jar:
        return gzip.decompress(jar.read(name))


def kernel(classes, program, name):
    module, function = ctypes.c_void_p(), ctypes.c_void_p()
    call("cuModuleLoadData", ctypes.byref(module), ptx(classes, program) + b"\0")
    call("cuModuleGetFunction", ctypes.byref(function), module, name.encode())
    if name in SHARED:
        call("cuFuncSetAttribute", function, 8, SHARED[name])
    return function


def tensor(address, rows, row_bytes):
    """A tensor_t of common.cuh whose rows are one axis."""
    return struct.pack("<Q8q8I8I8Bq", address, row_bytes, *[0] * 7, rows, *[0] * 7, *[0] * 8, *[0] * 8, 1)


NO_TENSOR = bytes(len(tensor(0, 0, 0)))


def launch(function, grid, arguments, shared=0, threads=THREADS):
    structure = ctypes.create_string_buffer(arguments, len(arguments))
    pointers = (ctypes.c_void_p * 1)(ctypes.cast(structure, ctypes.c_void_p))
    call("cuLaunchKernel", function, *grid, threads, 1, 1, shared, None, pointers, None)


def seconds(work):
    """The median of runs one after another."""
    times = []
    for _ in range(2 if is_small else 23):
        begin, end, spent = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_float()
        call("cuEventCreate", ctypes.byref(begin), 0)
        call("cuEventCreate", ctypes.byref(end), 0)
        call("cuEventRecord", begin, None)
        work()
        call("cuEventRecord", end, None)
        call("cuEventSynchronize", end)
        call("cuEventElapsedTime", ctypes.byref(spent), begin, end)
        times.append(spent.value / 1e3)
    return max(sorted(times)[len(times) // 2], 1e-9)


def compared(found, wanted):
    """NMSE, and the first elements that are wrong."""
    difference = np.abs(found.astype(np.float64) - wanted)
    entry = {"nmse": float((difference ** 2).sum() / (wanted.astype(np.float64) ** 2).sum())}
    scale = float(np.sqrt((wanted.astype(np.float64) ** 2).mean()))
    wrong = np.argwhere(~(difference <= 1e-2 * scale))
    if len(wrong):
        entry["wrong"] = f"{len(wrong)} of {found.size}"
        entry["first_wrong"] = [f"{tuple(map(int, i))}: {found[tuple(i)]:g}, not {wanted[tuple(i)]:g}" for i in wrong[:12]]
    return entry


def cublas_seconds(m, n, k):
    try:
        import torch
        x = torch.randn(m, k, device="cuda").half()
        w = torch.randn(n, k, device="cuda").half()
    except Exception:
        return None
    return seconds(lambda: x @ w.t())


def multiplied(function, name, x, w):
    (m, k), n = x.shape, len(w)
    y = nothing(m, n)
    arguments = struct.pack("<4Q", upload(x), upload(np.ones(m, np.float32)), upload(w), 0)
    arguments += tensor(y, m, 4 * n) + NO_TENSOR + struct.pack("<7q", m, n, 0, k, 1, 0, 0)
    grid = (-(-m // TILE_TOKENS), -(-n // TILE_ROWS), 1)

    def work():
        launch(function, grid, arguments, SHARED[name])

    work()
    return download(y, (m, n)), work


def displaced(function, name):
    """Which element of a row of each factor the product takes for another, if it does."""
    random = np.random.default_rng(3)
    found = {}
    for side in ("weights", "tokens"):
        k, rows = 128, 256 if side == "weights" else 128
        values = random.permutation(np.arange(1, 1 + rows * k) % 2039 + 1).reshape(rows, k).astype(np.float16)
        moved = []
        for j in range(k):
            one = np.zeros((128 if side == "weights" else 256, k), np.float16)
            one[:, j] = 1
            y, _ = multiplied(function, name, *((one, values) if side == "weights" else (values, one)))
            got = y[0] if side == "weights" else y[:, 0]
            agreement = (values.astype(np.float32) == got[:, None]).sum(0)
            if agreement.argmax() != j or agreement.max() < rows:
                moved.append(f"{j}: {int(agreement.argmax())} in {int(agreement.max())} of {rows} rows")
        found[side] = moved[:70] or "each in its place"
    return found


def product(classes, name, m, n, k):
    function = kernel(classes, name, name)
    random = np.random.default_rng(1)
    x = random.standard_normal((m, k), np.float32).astype(np.float16)
    w = random.standard_normal((n, k), np.float32).astype(np.float16)
    y, work = multiplied(function, name, x, w)
    step = max(1, m // CHECKED_ROWS)
    entry = compared(y[::step], x[::step].astype(np.float32) @ w.astype(np.float32).T)
    if not entry["nmse"] <= LIMITS["matmul"]:
        entry["displaced"] = displaced(function, name)
    entry["tflops"] = 2 * m * n * k / seconds(work) / 1e12
    cublas = None if is_small else cublas_seconds(m, n, k)
    entry["cublas_tflops"] = 2 * m * n * k / cublas / 1e12 if cublas else None
    return entry


def rounding(classes, kind, block, block_bytes):
    """Weights made halves: bytes read and written a second. Their values do not matter."""
    function = kernel(classes, "to_halves." + kind, "to_halves")
    rows, k = (64, 512) if is_small else (14336, 4096)
    weights = rows * k // block * block_bytes
    arguments = tensor(upload(np.zeros(weights, np.uint8)), rows, k // block * block_bytes)
    arguments += struct.pack("<2Q5q", memory(rows * k * 2), memory(rows * 4), rows, 0, rows, k, 0)
    return {"bytes_per_s": (weights + 2 * rows * k) / seconds(lambda: launch(function, (rows, 1, 1), arguments))}


def attention_arguments(q, k, v, y, positions, found, shape, splits, query_halves):
    """An attention_t of attention.cuh with one part, causal, and a cache of halves."""
    tokens, keys, heads, key_heads, size, value_size = shape
    part = tensor(q, tokens * heads, 4 * size)
    part += tensor(k, keys * key_heads, 2 * size) + tensor(v, keys * key_heads, 2 * value_size)
    f32, f16, causal = 0, 1, 1
    part += struct.pack("<3Q3qQ3i4x", positions, 0, 0, keys, keys, 0, found, splits, f16, f16)
    arguments = part + bytes(2 * len(part)) + NO_TENSOR + tensor(y, tokens * heads, 4 * value_size)
    arguments += struct.pack("<2Q4q", 0, 0, tokens, heads, key_heads, 0)
    return arguments + struct.pack("<6iff", size, value_size, causal, f32, 0, query_halves, size ** -0.5, 0)


def exact_attention(q, k, v, positions, rows):
    """What some rows of the result have to be."""
    heads, key_heads = q.shape[1], k.shape[1]
    wide_k = k.astype(np.float32).repeat(heads // key_heads, 1).transpose(1, 2, 0)
    wide_v = v.astype(np.float32).repeat(heads // key_heads, 1).transpose(1, 0, 2)
    logits = q[rows].transpose(1, 0, 2) @ wide_k * np.float32(q.shape[2] ** -0.5)
    logits[:, np.arange(len(k)) > positions[rows, None]] = -np.inf
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return ((weights / weights.sum(-1, keepdims=True)) @ wide_v).transpose(1, 0, 2)


def attention(classes, name, tokens, keys, splits, heads=32, key_heads=8, size=128, value_size=128):
    is_wide = "wide" in name
    function = kernel(classes, "attention_wide" if is_wide else "attention_tensor.128", name)
    random = np.random.default_rng(2)
    q = random.standard_normal((tokens, heads, size), np.float32)
    k = random.standard_normal((keys, key_heads, size), np.float32).astype(np.float16)
    v = random.standard_normal((keys, key_heads, value_size), np.float32).astype(np.float16)
    positions = np.arange(keys - tokens, keys, dtype=np.int32)
    y = nothing(tokens, heads, value_size)
    found = nothing(tokens, heads, splits, value_size + 2) if splits > 1 else 0
    # `queryHalves` of AttentionPlan.java.
    query_halves = 2 if name == "attention_few" or name == "attention_many" and tokens <= 256 else 1
    arguments = attention_arguments(upload(q), upload(k), upload(v), y, upload(positions), found,
                                    (tokens, keys, heads, key_heads, size, value_size), splits, query_halves)
    group = heads // key_heads
    rows_of_block = {"attention_many": 128, "attention_wide_many": 64}.get(name, 16)
    grid = (-(-tokens * group // rows_of_block), key_heads, splits)

    def work():
        launch(function, grid, arguments, SHARED[name], 256 if is_wide else 128)

    work()
    result = download(y, (tokens, heads, value_size))
    if splits > 1:
        shares = download(found, (tokens, heads, splits, value_size + 2))
        tops, sums = shares[..., value_size], shares[..., value_size + 1]
        factors = np.exp(tops - tops.max(-1, keepdims=True))
        values = (np.where(factors[..., None] > 0, shares[..., :value_size], 0) * factors[..., None]).sum(2)
        result = values / (sums * factors).sum(-1, keepdims=True)
    rows = np.arange(0, tokens, max(1, tokens // (CHECKED_ROWS // 2)))
    entry = compared(result[rows], exact_attention(q, k, v, positions, rows))
    time = seconds(work)
    pairs = sum(range(keys - tokens + 1, keys + 1))
    entry.update({"us": time * 1e6, "tflops": 2 * pairs * heads * (size + value_size) / time / 1e12,
                  "bytes_per_s": 2 * keys * key_heads * (size + value_size) / time})
    return entry


def group(classes, name):
    """The entries of a group, as far as they come."""
    capability = start()
    if name == "matmul_wgmma" and capability != (9, 0):
        return {name: {"skipped": f"capability {capability[0]}.{capability[1]}"}}
    if name.startswith("matmul"):
        work = [(name, product, (name, *sizes)) for sizes in ([(130, 300, 208)] if is_small else PRODUCTS)]
    elif name.startswith("attention_wide"):
        all_sizes = WIDE_MANY if name == "attention_wide_many" else WIDE_FEW
        work = [(name, attention, (name, *sizes, 1, 576, 512)) for sizes in all_sizes[:1 if is_small else None]]
    elif name.startswith("attention"):
        small, all_sizes = (((70, 100, 1), MANY) if name == "attention_many" else ((3, 133, 2), FEW))
        work = [(name, attention, (name, *sizes)) for sizes in ([(*small, 4, 2)] if is_small else all_sizes)]
    else:
        work = [(name, rounding, sizes) for sizes in HALVES]
    found = {}
    for title, function, arguments in work:
        key = " ".join([title, "x".join(str(a) for a in arguments if a != title)])
        try:
            found[key] = function(classes, *arguments)
        except RuntimeError as e:
            found[key] = {"error": str(e)}
            break
    return found


GROUPS = ["matmul_wgmma", "matmul_mma", "attention_many", "attention_few", "to_halves", "attention_wide_many",
          "attention_wide_few"]


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("--")]
    classes, chosen = pathlib.Path(names[0]), names[1:]
    if len(chosen) == 1:
        print(json.dumps(group(classes, chosen[0]), indent=1))
        return
    found = {}
    for name in chosen or GROUPS:
        line = [sys.executable, __file__, str(classes), name] + ["--small"] * is_small
        try:
            done = subprocess.run(line, capture_output=True, text=True, timeout=40)
            found.update(json.loads(done.stdout) if done.returncode == 0 else {name: {"error": done.stderr[-600:]}})
        except subprocess.TimeoutExpired:
            found[name] = {"error": "took more than 40 s"}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
