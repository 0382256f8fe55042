"""What a proof times: models whole, attention and index at a million tokens, kernels by themselves."""
import csv
import json
import os
import shutil
import signal
import subprocess
import sys

from runs import DEVICE, HERE, LADDER, NO_TIME, OUT, ROOT, SCRATCH, diagnose, fail, jgml, left, record, results, run, say

MISTRAL_KINDS = ("Q4_K_M", "Q8_0", "F16")
# Few layers, since a million tokens are put into the cache of each, block by block.
LAYERS = 2
LLAMA = ("llama3-8b", "Q4_0", "--layers", str(LAYERS))
# How what takes long is tried again.
LARGE_RUNGS = ("each launch after the one before", "launches one by one", "in F32")
making = None


def ceilings():
    """Copy bandwidth and bf16 peak of this card, through PyTorch."""
    done = run([sys.executable, HERE / "ceilings.py"], 45)
    try:
        found = json.loads(done.out)
    except json.JSONDecodeError:
        found = {"error": done.reason()}
    say(" ", found)
    return found


def rate(bench, task):
    """Tokens/s of a task of `bench --json`, whose key begins with its name."""
    for key, value in (bench or {}).items():
        if key.startswith(task) and isinstance(value, dict):
            for name in ("tokens_per_second", "tokensPerSecond", "median"):
                if name in value:
                    return value[name]
    return None


def bench(model, *arguments, options=(), limit=60, more={}):
    """What `bench --json` prints; or why not."""
    done = jgml("bench", "-m", model, "--device", DEVICE, "--json", "--warm-up", 1, *arguments, options=options,
                limit=limit, more=more)
    try:
        return json.loads(done.out), ""
    except json.JSONDecodeError:
        return None, done.reason()


def timed(what, task, model, *arguments, options=(), limit=60):
    """The figures of a bench; where there are none, it fails and is tried again in other ways."""
    facts, reason = bench(model, *arguments, options=options, limit=limit)
    if rate(facts, task) is None and reason != NO_TIME:
        fail(f"{what}: {reason}")

        def attempt(more_options, more, least):
            again, why = bench(model, *arguments, options=[*options, *more_options], limit=least, more=more)
            return rate(again, task) or why, rate(again, task) is not None
        rungs = [rung for rung in LADDER if rung[0] in LARGE_RUNGS]
        diagnose(what, attempt, 25, rungs, is_large=True)
    return facts


def file_of(shape, kind, *more):
    return SCRATCH / f"{shape}-{kind}{'-'.join(more)}.gguf"


def make_models():
    """Begins to write the models that are timed, beside whatever is done meanwhile."""
    global making
    work = [("mistral-7b", "Q4_K_M"), LLAMA, ("mistral-7b", "Q8_0"), ("mistral-7b", "F16")]
    lines = [f"{sys.executable} {HERE / 'make_bench_model.py'} {shape} {kind} {file_of(shape, kind, *more)}.part {' '.join(more)}"
             f" && mv {file_of(shape, kind, *more)}.part {file_of(shape, kind, *more)}"
             for shape, kind, *more in work if not file_of(shape, kind, *more).exists()]
    log = open(OUT / "models.log", "w")
    making = subprocess.Popen(["sh", "-c", "; ".join(lines) or "true"], stdout=log, stderr=log, start_new_session=True)


def await_models(limit=90):
    """Nothing is timed while models are written."""
    if making is None:
        make_models()
    try:
        making.wait(min(limit, max(left(), 1)))
    except subprocess.TimeoutExpired:
        say("  models are still being written")


def decode():
    await_models()
    ceiling = results.get("ceilings") or {}
    found = record()
    for kind in MISTRAL_KINDS:
        path = file_of("mistral-7b", kind)
        if not path.exists():
            fail(f"{kind}: no model: {(OUT / 'models.log').read_text()[-300:]}")
            continue
        # Embeddings are read a row a token.
        embeddings = {"Q4_K_M": 32000 * 4096 * 144 // 256, "Q8_0": 32000 * 4096 * 34 // 32, "F16": 32000 * 4096 * 2}[kind]
        weights = path.stat().st_size - embeddings
        facts = timed(kind, "decode", path, "-p", 2048, "-b", 2048, "-n", 64, "-r", 3, "-c", 4096, limit=60)
        generated, read = rate(facts, "decode"), rate(facts, "prefill")
        entry = found[kind] = {"bench": facts, "weight_bytes": weights}
        if generated and ceiling.get("copy_bytes_per_s"):
            entry["share_of_copy_bandwidth"] = generated * weights / ceiling["copy_bytes_per_s"]
        flops = 2 * (7.24e9 - 32000 * 4096) + 2 * 2 * 32 * 4096 * 1024
        if read and ceiling.get("bf16_flops"):
            entry["share_of_bf16_peak"] = read * flops / ceiling["bf16_flops"]
        say(f"  {kind:7} decode {generated} tokens/s, {entry.get('share_of_copy_bandwidth')} of copy bandwidth"
            f" (goal 0.80, least 0.55); prefill {read} tokens/s, {entry.get('share_of_bf16_peak')} of bf16 peak"
            f" (goal {'0.6, least 0.3' if kind == 'F16' else '0.4, least 0.2'})")
        if kind != "F16":
            # What it gains that launches begin before the one before has ended.
            ordered, _ = bench(path, "-p", 0, "-n", 64, "-r", 3, "-c", 4096, options=["-Djgml.cuda.dependent=false"], limit=25)
            entry["decode_in_order"] = rate(ordered, "decode")
            say(f"          decode with each launch after the one before: {entry['decode_in_order']} tokens/s")
        if kind != "Q8_0":
            slower, _ = bench(path, "-p", 2048, "-b", 2048, "-n", 0, "-r", 3, "-c", 4096,
                              options=["-Djgml.cuda.products=mma"], limit=30)
            entry["prefill_with_mma"] = rate(slower, "prefill")
            say(f"          prefill with mma {entry['prefill_with_mma']} tokens/s")
        if kind != "Q4_K_M":
            path.unlink(missing_ok=True)
    return found


def profile():
    """Which kernels take the time of a decoded token, and of a prompt: by Nsight Compute, launch by launch."""
    program = shutil.which("ncu") or next((p for p in ("/usr/local/cuda/bin/ncu",) if os.path.exists(p)), None)
    path = file_of("mistral-7b", "Q4_K_M")
    if program is None or not path.exists():
        say("  no ncu, or no model: not tried")
        return {"skipped": "no ncu, or no model"}
    found = record()
    # A token is some 290 launches, a prompt some 900; the first are made before anything is warm.
    for what, tokens, skip, count in (("decode", ("-p", 0, "-n", 8), 600, 600), ("prefill", ("-p", 2048, "-b", 2048, "-n", 0), 900, 900)):
        done = jgml("bench", "-m", path, "--device", DEVICE, "-r", 1, "--warm-up", 0, "-c", 4096, *tokens,
                    options=["-Djgml.cuda.graphs=false"], limit=50,
                    prefix=(program, "--csv", "--page", "raw", "--clock-control", "none", "--target-processes", "all",
                            "--metrics", ",".join(METRICS), "--launch-skip", str(skip), "--launch-count", str(count)))
        found[what] = by_kernel(done.out) or done.reason()
        say(f"  {what}:", found[what] if isinstance(found[what], str) else "")
        for name, figures in found[what].items() if isinstance(found[what], dict) else ():
            say(f"    {name:28}", figures)
    return found


# Nanoseconds, and bytes of device memory.
METRICS = ("gpu__time_duration.sum", "dram__bytes.sum")


def number(text):
    return float(text.replace(",", ""))


def by_kernel(text):
    """Of each kernel in the table of ncu: launches, time, and bytes a second, those that take longest first."""
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith('"ID"')), None)
    if first is None:
        return None
    rows = list(csv.DictReader(lines[first:]))
    units = {"nsecond": 1e-9, "ns": 1e-9, "usecond": 1e-6, "us": 1e-6, "msecond": 1e-3, "ms": 1e-3, "second": 1, "s": 1,
             "byte": 1, "Kbyte": 1e3, "Mbyte": 1e6, "Gbyte": 1e9}
    seconds_of, bytes_of = (units.get(rows[0].get(metric), 1) for metric in METRICS)
    found = {}
    for row in rows[1:]:
        time, moved = (number(row.get(metric) or "0") for metric in METRICS)
        entry = found.setdefault(row.get("Kernel Name", "?"), [0, 0, 0])
        for i, value in enumerate((1, time * seconds_of, moved * bytes_of)):
            entry[i] += value
    longest = sorted(found.items(), key=lambda item: -item[1][1])
    return {name: {"launches": n, "us": round(t * 1e6, 1), "bytes_per_s": round(b / t) if t else 0} for name, (n, t, b) in longest}


def context():
    """Attention and index at a million tokens: the time of a layer more than without them."""
    await_models()
    path = file_of(*LLAMA)
    arguments = ("-p", 0, "-n", 64, "-r", 5, "--kv", "infllm", "--topk", 16)
    found = record()
    near = found["near"] = timed("near", "decode", path, *arguments, "-d", 0, limit=30)
    far = found["far"] = timed("far", "decode", path, *arguments, "-d", 1 << 20, limit=100)
    a, b = rate(near, "decode"), rate(far, "decode")
    if a and b:
        found["microseconds_per_layer"] = (1 / b - 1 / a) / LAYERS * 1e6
        found["cache_device_bytes_of_32_layers"] = far.get("cache_device_bytes", 0) * 32 // LAYERS
        found["host_waits"] = [v["host_waits_per_token"] for v in far.values()
                               if isinstance(v, dict) and "host_waits_per_token" in v]
    say(" ", {k: v for k, v in found.items() if k not in ("near", "far")},
        "(goal 40 us and 1 GiB, least 150 us and 2 GiB)")
    return found


def host():
    """A model so small that the GPU is done at once: what is left is the host's work of a token."""
    facts = timed("llama-F16", "decode", HERE / "llama-F16.gguf", "-p", 0, "-n", 128, "-r", 5, limit=25)
    generated = rate(facts, "decode")
    found = {"microseconds_per_token": 1e6 / generated if generated else None, "bench": facts}
    say(" ", found["microseconds_per_token"], "us (goal 50, least 300; with the launches of 2 layers)")
    return found


def kernel_groups():
    from kernels import GROUPS
    return GROUPS


def kernels():
    """Kernels on tensor cores by themselves: products with either matrix instruction, attention."""
    jar = next(iter(sorted((ROOT / "jars").glob("backend-cuda*.jar"))))
    done = run([sys.executable, HERE / "kernels.py", jar], 90)
    try:
        found = json.loads(done.out)
    except json.JSONDecodeError:
        fail(done.reason())
        return {"error": done.reason()}
    for name, figures in found.items():
        say(f"  {name:30}", {key: float(f"{value:.3g}") if isinstance(value, float) else value for key, value in figures.items()})
        if "error" in figures:
            fail(f"{name}: {figures['error']}")
        elif not figures.get("nmse", 0) <= (1e-6 if name.startswith("attention") else 1e-9):
            fail(f"{name}: NMSE {figures['nmse']}")
    return found


def stop_making():
    """Ends the writing of models, if it goes on."""
    if making is not None and making.poll() is None:
        os.killpg(making.pid, signal.SIGKILL)
