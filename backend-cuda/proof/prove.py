#!/usr/bin/env python3
"""Proves the CUDA backend on a machine with an NVIDIA GPU, and measures it. See docs/cuda.md.

usage: prove.py [PART...]      parts: devices exact ceilings decode context host kernels tensor check peers mma sanitizer nvrtc
Results go to $OUT (default: the current folder): prove.json and prove.txt, written again after every
command, and prove.log. Parts come in the order of their worth, each has so many seconds, and what is
not begun after LIMIT_SECONDS is left out and named. The exit code is 0 if nothing failed; a figure
below its goal is printed, it is no failure.
"""
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = pathlib.Path(os.environ.get("OUT", "."))
SCRATCH = pathlib.Path(os.environ.get("TMPDIR", "/tmp"))
LIMIT_SECONDS = 465
DEVICE = "cuda:0"
# Seconds of each part, in the order in which they run. Together they are more than there are: the last
# ones get what is left.
BUDGETS = {"devices": 40, "exact": 60, "ceilings": 45, "decode": 150, "context": 75, "host": 25, "kernels": 40,
           "tensor": 40, "check": 110, "peers": 30, "mma": 20, "sanitizer": 40, "nvrtc": 60}
started = time.monotonic()
deadline = started + LIMIT_SECONDS
results = {}
failed = []


def record():
    """What a part has found so far; it is written whenever a command has ended."""
    return results.setdefault(current, {})


def save():
    seconds = f"{time.monotonic() - started:.0f} s"
    (OUT / "prove.json").write_text(json.dumps({"failed": failed, **results}, indent=1, default=str))
    lines = [f"{part}: {json.dumps(value, default=str)[:600]}" for part, value in results.items()]
    (OUT / "prove.txt").write_text("\n".join(lines + ["FAILED " + text for text in failed] + [seconds]) + "\n")


def jgml(*arguments, options=(), limit=60, prefix=()):
    """Runs a command of jgml; its standard output, or None if it failed or took too long."""
    path = ":".join(str(p) for p in sorted((ROOT / "jars").glob("*.jar")))
    line = list(prefix) + [str(ROOT / "runtime/bin/java"), "-XX:+UseSerialGC", "-Xms64m",
            "--enable-native-access=org.jgml.models,org.jgml.cuda,jcuda",
            f"-Djava.library.path={ROOT / 'jars/natives'}",
            "-p", path, "--add-modules", "org.jgml.cpu,org.jgml.cuda,jdk.incubator.vector",
            *options, "-m", "org.jgml.models/org.jgml.models.cli.Jgml", *map(str, arguments)]
    return run(line, limit)


def run(line, limit):
    limit = min(limit, deadline - time.monotonic())
    if limit <= 2:
        print("  no time left for", " ".join(line[-6:]))
        return None
    began = time.monotonic()
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=limit)
        out, err, code = done.stdout, done.stderr, done.returncode
    except subprocess.TimeoutExpired as e:
        out, err, code = (e.stdout or b"").decode(), f"took more than {limit:.0f} s", 124
    except FileNotFoundError as e:
        out, err, code = "", f"{e.filename} is not there", 127
    with open(OUT / "prove.log", "a") as log:
        log.write(f"$ {' '.join(line[-14:])}\n{out[-20000:]}\n{err[-8000:]}\n"
                  f"exit code {code} after {time.monotonic() - began:.1f} s\n\n")
    save()
    if code != 0:
        print("  exit code", code, (err or out).strip()[-400:])
        return None if code == 124 or not out else out + "\n!failed"
    return out


def fail(part, text):
    failed.append(f"{part}: {text}")
    print("  FAILED", text)


def devices():
    run(["nvidia-smi"], 20)
    out = jgml("devices", limit=30)
    if not out or DEVICE not in out:
        fail("devices", "no " + DEVICE)
        print(out)
        sys.exit(finish())
    print(out)
    return {"devices": out}


def check():
    """The conformance suite, on tensor cores where they are used."""
    out = jgml("check", "--device", DEVICE, "-j", "8", limit=170)
    last = (out or "").strip().replace("!failed", "").strip().splitlines()
    print(" ", last[-1] if last else "no result")
    if not out or "!failed" in out:
        fail("check", last[-1] if last else "no result")
    return {"summary": last[-1] if last else None}


def nmse(model, options, limit=40, devices=DEVICE + ",cpu", more=()):
    """Largest normalised squared error of logits over the prompts of a model."""
    facts = json.loads((HERE / f"{model}.json").read_text())
    reference = struct.iter_unpack("<f", (HERE / f"{model}.ref64.bin").read_bytes())
    reference = [x for (x,) in reference]
    vocabulary = facts["n_vocab"]
    worst = 0
    # The cache is halves unless asked for, which alone is an error of 4e-7.
    if any("exact" in option for option in options):
        more = ("-ctk", "F32", "-ctv", "F32", *more)
    for number, prompt in enumerate(facts["prompts"]):
        target = SCRATCH / "logits.bin"
        out = jgml("logits", "-m", HERE / f"{model}.gguf", "--device", devices, *more,
                   "--tokens", ",".join(map(str, prompt["tokens"])),
                   "--positions", ",".join(map(str, prompt["positions"])), "-o", target,
                   options=options, limit=limit)
        if out is None or "!failed" in out:
            return None
        ours = [x for (x,) in struct.iter_unpack("<f", target.read_bytes())]
        exact = reference[number * 4 * vocabulary:(number + 1) * 4 * vocabulary]
        error = sum((a - b) ** 2 for a, b in zip(ours, exact))
        worst = max(worst, error / sum(b * b for b in exact))
    return worst


def goldens(part, options, bound, count=7):
    found = record()
    names = sorted(p.stem for p in HERE.glob("*.gguf"))
    for model in names if part == "exact" else [n for n in names if "F32" not in n][:count]:
        found[model] = nmse(model, options)
        print(f"  {model:16} NMSE {found[model]}")
        if found[model] is None:
            fail(part, f"{model}: no logits, for want of time or as prove.log says")
        elif not found[model] <= bound:
            fail(part, f"{model}: NMSE {found[model]}, asked {bound}")
    return found


def exact():
    return goldens("exact", ["-Djgml.cuda.products=exact"], 1e-9)


def tensor():
    return goldens("tensor", [], 1e-6)


def mma():
    """The same with the matrix instruction of a warp, where there is that of a warpgroup."""
    return goldens("mma", ["-Djgml.cuda.products=mma"], 1e-6, 2)


def ceilings():
    """Copy bandwidth and bf16 peak of this card, through PyTorch."""
    code = """
import json, torch
def median(f, n=15):
    times = []
    for _ in range(n + 3):
        a, b = torch.cuda.Event(True), torch.cuda.Event(True)
        a.record(); f(); b.record(); torch.cuda.synchronize(); times.append(a.elapsed_time(b) / 1e3)
    return sorted(times[3:])[n // 2]
x = torch.empty(1 << 30, dtype=torch.float32, device='cuda').normal_()
y = torch.empty_like(x)
copy = 2 * x.numel() * 4 / median(lambda: y.copy_(x))
del x, y
a = torch.randn(8192, 8192, device='cuda').bfloat16()
b = torch.randn(8192, 8192, device='cuda').bfloat16()
print(json.dumps({'copy_bytes_per_s': copy, 'bf16_flops': 2 * 8192 ** 3 / median(lambda: a @ b)}))
"""
    out = run([sys.executable, "-c", code], 60)
    found = json.loads(out) if out and "!failed" not in out else None
    print(" ", found)
    return found


def rate(bench, task):
    """Tokens/s of a task of `bench --json`, whose key begins with its name."""
    for key, value in (bench or {}).items():
        if key.startswith(task) and isinstance(value, dict):
            for name in ("tokens_per_second", "tokensPerSecond", "median"):
                if name in value:
                    return value[name]
    return None


def bench(model, *arguments, options=(), limit=60):
    out = jgml("bench", "-m", model, "--device", DEVICE, "--json", *arguments, options=options, limit=limit)
    try:
        return json.loads(out.replace("!failed", ""))
    except (AttributeError, json.JSONDecodeError):
        return None


def model_file(shape, kind, *more):
    path = SCRATCH / f"{shape}-{kind}{'-'.join(more)}.gguf"
    if not path.exists():
        run([sys.executable, str(HERE / "make_bench_model.py"), shape, kind, str(path), *more], 90)
    return path


def kernels():
    """Kernels on tensor cores by themselves: products with either matrix instruction, attention."""
    jar = next(iter(sorted((ROOT / "jars").glob("backend-cuda*.jar"))))
    out = run([sys.executable, str(HERE / "kernels.py"), str(jar)], 60)
    found = json.loads(out) if out and "!failed" not in out else {}
    for name, figures in found.items():
        print(f"  {name:30}", {key: value if isinstance(value, str) else float(f"{value:.3g}") for key, value in figures.items()})
        if not figures.get("nmse", 0) <= (1e-6 if name.startswith("attention") else 1e-9):
            fail("kernels", f"{name}: NMSE {figures['nmse']}")
    if not found or any("error" in figures for figures in found.values()):
        fail("kernels", "no figure")
    return found


def decode():
    ceiling = results.get("ceilings") or {}
    found = record()
    for kind in ("Q4_K_M", "Q8_0", "F16"):
        path = model_file("mistral-7b", kind)
        # Embeddings are read a row a token.
        embeddings = {"Q4_K_M": 32000 * 4096 * 144 // 256, "Q8_0": 32000 * 4096 * 34 // 32, "F16": 32000 * 4096 * 2}[kind]
        weights = path.stat().st_size - embeddings
        facts = bench(path, "-p", 2048, "-b", 2048, "-n", 64, "-r", 3, "-c", 4096, limit=75)
        generated, read = rate(facts, "decode"), rate(facts, "prefill")
        entry = found[kind] = {"bench": facts, "weight_bytes": weights}
        if generated and ceiling.get("copy_bytes_per_s"):
            entry["share_of_copy_bandwidth"] = generated * weights / ceiling["copy_bytes_per_s"]
        if read and ceiling.get("bf16_flops"):
            flops = 2 * (7.24e9 - 32000 * 4096) + 2 * 2 * 32 * 4096 * 1024
            entry["share_of_bf16_peak"] = read * flops / ceiling["bf16_flops"]
        print(f"  {kind:7} decode {generated} tokens/s, {entry.get('share_of_copy_bandwidth')} of copy bandwidth"
              f" (goal 0.80, least 0.55); prefill {read} tokens/s, {entry.get('share_of_bf16_peak')} of bf16 peak"
              f" (goal {'0.6, least 0.3' if kind == 'F16' else '0.4, least 0.2'})")
        if kind != "Q8_0":
            slower = bench(path, "-p", 2048, "-b", 2048, "-n", 0, "-r", 3, "-c", 4096,
                           options=["-Djgml.cuda.products=mma"], limit=40)
            entry["prefill_with_mma"] = rate(slower, "prefill")
            print(f"          prefill with mma {entry['prefill_with_mma']} tokens/s")
        if generated is None:
            fail("decode", kind)
        path.unlink(missing_ok=True)
    return found


def context():
    """Attention and index at a million tokens: the time of a layer more than without them."""
    path = model_file("llama3-8b", "Q4_0", "--layers", "4")
    arguments = ("-p", 0, "-n", 32, "-r", 3, "--kv", "infllm", "--topk", 16)
    near = bench(path, *arguments, "-d", 0, limit=60)
    far = bench(path, *arguments, "-d", 1 << 20, limit=120)
    found = record()
    found.update({"near": near, "far": far})
    a, b = rate(near, "decode"), rate(far, "decode")
    if a and b:
        found["microseconds_per_layer"] = (1 / b - 1 / a) / 4 * 1e6
        found["cache_device_bytes_of_32_layers"] = far.get("cache_device_bytes", 0) * 8
        found["host_waits"] = [v["host_waits_per_token"] for v in far.values()
                               if isinstance(v, dict) and "host_waits_per_token" in v]
    print(" ", {k: v for k, v in found.items() if k not in ("near", "far")},
          "(goal 40 us and 1 GiB, least 150 us and 2 GiB)")
    if b is None:
        fail("context", "no figure")
    return found


def host():
    """A model so small that the GPU is done at once: what is left is the host's work of a token."""
    facts = bench(HERE / "llama-F16.gguf", "-p", 0, "-n", 128, "-r", 5, limit=40)
    generated = rate(facts, "decode")
    found = {"microseconds_per_token": 1e6 / generated if generated else None, "bench": facts}
    print(" ", found["microseconds_per_token"], "us (goal 50, least 300; with the launches of 2 layers)")
    return found


def nvrtc():
    """The same logits from machine code that NVRTC of a toolkit 12, if there is one, makes here."""
    places = [pathlib.Path("/usr/local"), *(pathlib.Path(p) / "nvidia/cuda_nvrtc" for p in sys.path if p)]
    files = [f for place in places for pattern in ("libnvrtc.so.12", "cuda*/lib64/libnvrtc.so.12", "lib/libnvrtc.so.12")
             for f in place.glob(pattern)]
    if not files:
        print("  no libnvrtc.so.12: not tried")
        return {"skipped": "no libnvrtc.so.12"}
    options = ["-Djgml.cuda.products=exact", "-Djgml.cuda.compiler=nvrtc", f"-Djgml.cuda.nvrtc={files[0]}",
               f"-Djgml.cuda.cache={SCRATCH / 'jgml-programs'}"]
    error = nmse("llama-Q8_0", options, limit=90)
    print(f"  {files[0]}: NMSE {error}")
    if error is None or not error <= 1e-9:
        fail("nvrtc", f"NMSE {error}, asked 1e-9")
    return {"library": str(files[0]), "nmse": error}


def sanitizer():
    tool = "/usr/local/cuda/bin/compute-sanitizer"
    if not os.path.exists(tool):
        return {"skipped": "no compute-sanitizer"}
    found = record()
    for op in ("matmul", "attention", "rms_norm"):
        out = jgml("check", "--device", DEVICE, "-j", "1", "--op", op, options=["-Djgml.cuda.products=exact"],
                   limit=25, prefix=(tool, "--tool", "memcheck", "--error-exitcode", "9"))
        errors = re.findall(r"ERROR SUMMARY: (\d+)", out or "")
        found[op] = errors[-1] if errors else "took too long, or no summary"
        print(f"  {op}: {found[op]}")
        if errors and errors[-1] != "0":
            fail("sanitizer", f"{op}: {errors[-1]} errors")
    return found


def peers():
    """The logits of a model whose layers lie on two GPUs, values crossing from one to the other."""
    second = DEVICE[:-1] + "1"
    if second not in str(results.get("devices") or jgml("devices", limit=20)):
        print("  one GPU: not tried")
        return {"skipped": "one GPU"}
    found = record()
    for model in ("llama-Q8_0", "llama-F16"):
        found[model] = nmse(model, ["-Djgml.cuda.products=exact"], devices=f"{DEVICE},{second},cpu",
                            more=("-ot", rf"blk\.[1-9].*={second}"))
        print(f"  {model:16} NMSE {found[model]}")
        if found[model] is None or not found[model] <= 1e-9:
            fail("peers", f"{model}: NMSE {found[model]}, asked 1e-9")
    return found


def finish(*_):
    save()
    print("\n".join(["FAILED " + text for text in failed] or ["nothing failed"]), flush=True)
    return 1 if failed else 0


def ended(*_):
    """Whoever ends this early gets what is there."""
    failed.append(f"{current}: ended from outside")
    finish()
    os._exit(1)


PARTS = {name: globals()[name] for name in BUDGETS}
chosen = sys.argv[1:] or list(PARTS)
unknown = [name for name in chosen if name not in PARTS]
if unknown:
    sys.exit(f"prove.py: no part {', '.join(unknown)}; there are {' '.join(PARTS)}")
OUT.mkdir(parents=True, exist_ok=True)
signal.signal(signal.SIGTERM, ended)
for current, part in PARTS.items():
    left = started + LIMIT_SECONDS - time.monotonic()
    if current not in chosen:
        continue
    if left < 10:
        results[current] = {"skipped": "no time left"}
        continue
    print(f"{current} ({time.monotonic() - started:.0f} s)", flush=True)
    deadline = time.monotonic() + min(left, BUDGETS[current])
    try:
        results[current] = part()
    except Exception as e:  # one part must not cost the results of the others
        fail(current, f"{type(e).__name__}: {e}")
    save()
sys.exit(finish())
