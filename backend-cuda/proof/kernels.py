#!/usr/bin/env python3
"""Runs kernels that use tensor cores by themselves: is the result right, and how fast?

usage: kernels.py CLASSES      CLASSES: the jar of backend-cuda, or its target/classes
Needs PyTorch and a driver, no Java. Prints JSON. NMSE is against PyTorch in F32 on the same halves.
"""
import ctypes
import gzip
import json
import pathlib
import struct
import sys
import zipfile

import torch

driver = ctypes.CDLL("libcuda.so.1")
TILE_TOKENS, TILE_ROWS, THREADS = 128, 256, 256
# Shared memory of a block: `sharedBytes` of TensorProducts.java, `tensorBytes` of AttentionPlan.java.
SHARED = {"matmul_mma": 4 * 32 * 384 * 2, "matmul_wgmma": 4 * 64 * 384 * 2 + 1024,
          "attention_many": (128 + 128) * 128 * 2, "attention_few": (16 + 128) * 128 * 2}
# Rows and length of the weights of a layer of Mistral 7B, and one that fits no tile.
SHAPES = [(2048, 4096, 4096), (2048, 1024, 4096), (2048, 14336, 4096), (2048, 4096, 14336), (333, 1000, 4064)]


def call(name, *arguments):
    code = getattr(driver, name)(*arguments)
    if code != 0:
        raise RuntimeError(f"{name}: error {code}")


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
    call("cuFuncSetAttribute", function, 8, SHARED.get(name, 0))
    return function


def tensor(data, rows, row_bytes):
    """A tensor_t of common.cuh: address, rank, extents, strides."""
    return struct.pack("<Qq8q8q", data.data_ptr(), 1, rows, *[0] * 7, row_bytes, *[0] * 7)


def launch(function, grid, arguments, shared=0, threads=THREADS):
    structure = ctypes.create_string_buffer(arguments, len(arguments))
    pointers = (ctypes.c_void_p * 1)(ctypes.cast(structure, ctypes.c_void_p))
    stream = ctypes.c_void_p(torch.cuda.current_stream().cuda_stream)
    call("cuLaunchKernel", function, *grid, threads, 1, 1, shared, stream, pointers, None)


def seconds(work, count=20):
    """The median of runs one after another."""
    times = []
    for _ in range(count + 3):
        begin, end = torch.cuda.Event(True), torch.cuda.Event(True)
        begin.record()
        work()
        end.record()
        torch.cuda.synchronize()
        times.append(begin.elapsed_time(end) / 1e3)
    return sorted(times[3:])[count // 2]


def product(function, name, m, n, k):
    x = torch.randn(m, k, device="cuda").half()
    w = torch.randn(n, k, device="cuda").half()
    y = torch.full((m, n), float("nan"), device="cuda")
    scales = torch.ones(m, device="cuda")
    arguments = struct.pack("<QQQQ", x.data_ptr(), scales.data_ptr(), w.data_ptr(), 0)
    arguments += tensor(y, m, 4 * n) + struct.pack("<qqqq", m, n, 0, k)
    grid = (-(-m // TILE_TOKENS), -(-n // TILE_ROWS), 1)

    def work():
        launch(function, grid, arguments, SHARED[name])

    work()
    exact = x.float() @ w.float().t()
    error = ((y - exact).double().square().sum() / exact.double().square().sum()).item()
    time = seconds(work)
    cublas = seconds(lambda: x @ w.t())
    flops = 2 * m * n * k
    return {"nmse": error, "tflops": flops / time / 1e12, "cublas_tflops": flops / cublas / 1e12}


def rounding(function, kind, block, block_bytes, rows=14336, k=4096):
    """Weights made halves: bytes read and written a second. Their values do not matter."""
    weights = torch.zeros(rows * k // block * block_bytes, dtype=torch.uint8, device="cuda")
    halves = torch.empty(rows * k, dtype=torch.float16, device="cuda")
    scales = torch.empty(rows, device="cuda")
    arguments = tensor(weights, rows, k // block * block_bytes)
    arguments += struct.pack("<QQqqqq", halves.data_ptr(), scales.data_ptr(), rows, 0, rows, k)
    time = seconds(lambda: launch(function, (rows, 1, 1), arguments))
    return {"bytes_per_s": (weights.numel() + 2 * halves.numel()) / time}


def attention_arguments(q, k, v, y, positions, parts, splits):
    """An attention_t of attention.cuh, causal, with a cache of halves."""
    (tokens, heads, size), (keys, key_heads, _) = q.shape, k.shape
    arguments = tensor(q, tokens * heads, 4 * size)
    arguments += tensor(k, keys * key_heads, 2 * size) + tensor(v, keys * key_heads, 2 * size)
    arguments += bytes(144) + tensor(y, tokens * heads, 4 * size)
    arguments += struct.pack("<QQQQQQ", positions.data_ptr(), 0, 0, 0, 0, parts.data_ptr())
    arguments += struct.pack("<7q", tokens, heads, key_heads, keys, keys, 0, 0)
    causal, f32, f16 = 1, 0, 1
    return arguments + struct.pack("<8iff", size, size, splits, causal, f32, f16, f16, 0, size ** -0.5, 0)


def attention(function, name, tokens, keys, splits, heads=32, key_heads=8, size=128):
    q = torch.randn(tokens, heads, size, device="cuda")
    k = torch.randn(keys, key_heads, size, device="cuda").half()
    v = torch.randn(keys, key_heads, size, device="cuda").half()
    y = torch.full_like(q, float("nan"))
    positions = torch.arange(keys - tokens, keys, dtype=torch.int32, device="cuda")
    parts = torch.full((tokens, heads, splits, size + 2), float("nan"), device="cuda")
    arguments = attention_arguments(q, k, v, y, positions, parts, splits)
    group = heads // key_heads
    grid = (-(-tokens * group // (128 if name == "attention_many" else 16)), key_heads, splits)

    def work():
        launch(function, grid, arguments, SHARED[name], 128)

    work()
    if splits > 1:
        tops, sums = parts[..., size], parts[..., size + 1]
        factors = (tops - tops.amax(-1, keepdim=True)).exp()
        y = (parts[..., :size] * factors.unsqueeze(-1)).sum(2) / (sums * factors).sum(-1, keepdim=True)
    wide_k = k.float().repeat_interleave(group, 1).transpose(0, 1)
    wide_v = v.float().repeat_interleave(group, 1).transpose(0, 1)
    logits = (q.transpose(0, 1) @ wide_k.transpose(1, 2)) * size ** -0.5
    hidden = torch.arange(keys, device="cuda") > positions.unsqueeze(1)
    exact = (logits.masked_fill(hidden, float("-inf")).softmax(-1) @ wide_v).transpose(0, 1)
    error = ((y - exact).double().square().sum() / exact.double().square().sum()).item()
    time = seconds(work)
    pairs = sum(range(keys - tokens + 1, keys + 1))
    return {"nmse": error, "us": time * 1e6, "tflops": 4 * pairs * heads * size / time / 1e12,
            "bytes_per_s": 4 * keys * key_heads * size / time}


# The kernel, tokens, keys and splits: prefill, decode, and a few tokens after a long text.
ATTENTIONS = [("attention_many", 2048, 2048, 1), ("attention_many", 333, 1000, 1), ("attention_many", 32, 8192, 16),
              ("attention_few", 1, 8192, 49), ("attention_few", 1, 131072, 49), ("attention_few", 3, 333, 2)]


def main(classes):
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.zeros(1, device="cuda")
    found = {}
    names = ["matmul_wgmma", "matmul_mma"]
    if torch.cuda.get_device_capability() != (9, 0):
        names.remove("matmul_wgmma")
    for name in names:
        for shape in SHAPES:
            key = f"{name} {'x'.join(map(str, shape))}"
            try:
                found[key] = product(kernel(classes, name, name), name, *shape)
            except RuntimeError as e:
                found[key] = {"error": str(e)}
    for name, *sizes in ATTENTIONS:
        key = f"{name} {'x'.join(map(str, sizes))}"
        try:
            found[key] = attention(kernel(classes, "attention_tensor.128", name), name, *sizes)
        except RuntimeError as e:
            found[key] = {"error": str(e)}
    for kind, block, size in (("q4_k", 256, 144), ("q6_k", 256, 210), ("q8_0", 32, 34), ("f32", 1, 4)):
        found["to_halves " + kind] = rounding(kernel(classes, "to_halves." + kind, "to_halves"), kind, block, size)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
