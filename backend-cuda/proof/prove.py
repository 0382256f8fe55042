#!/usr/bin/env python3
"""Proves the CUDA backend on a machine with an NVIDIA GPU, and measures it. See docs/cuda.md.

usage: prove.py [PART...]      parts: see BUDGETS
Results go to $OUT (default: the current folder): prove.json and prove.txt, written again after every
command, prove.log, and check.txt. Parts come in the order of their worth, each has so many seconds, and what is
not begun after PROVE_SECONDS (465) is left out and named. What fails is tried again in other ways (`diagnosis`).
The exit code is 0 if nothing failed; a figure below its goal is printed, it is no failure.
"""
import json
import os
import re
import shutil
import signal
import struct
import sys
import time

import timings
from runs import (CACHE, DEVICE, HERE, LIMIT_SECONDS, NO_TIME, OUT, ROOT, SCRATCH, allow, begin, current, diagnose, elapsed,
                  fail, failed, jgml, record, results, run, save, say, started, together)
from timings import ceilings, context, decode, host, kernel_groups, kernels, profile

# Seconds of each part, in the order in which they run. Together they are more than there are: the last
# ones get what is left.
BUDGETS = {"devices": 40, "programs": 60, "exact": 70, "check": 100, "ceilings": 45, "decode": 170, "context": 125,
           "host": 25, "kernels": 90, "tensor": 40, "mma": 25, "sanitizer": 70, "profile": 60, "peers": 30, "nvrtc": 60}
EXACT = ("-Djgml.cuda.products=exact",)
F32_CACHE = ("-ctk", "F32", "-ctv", "F32")


def devices():
    run(["nvidia-smi"], 20)
    done = jgml("devices", limit=30)
    if DEVICE not in done.out:
        fail(f"no {DEVICE}: {done.reason()}")
        save()
        finish()
        sys.exit(1)
    say(done.out)
    return {"devices": done.out}


def programs():
    """Whether the driver takes the PTX of every program. Its machine code is in the driver's cache afterwards."""
    done = run([sys.executable, HERE / "programs.py", next(iter(sorted((ROOT / "jars").glob("backend-cuda*.jar"))))], 55)
    try:
        found = json.loads(done.out)
    except json.JSONDecodeError:
        fail(done.reason())
        return {"error": done.reason()}
    refused = {name: text for name, text in found["programs"].items() if text != "loaded"}
    say(f"  {len(found['programs']) - len(refused)} of {len(found['programs'])} programs loaded in {found['seconds']:.1f} s")
    for name, text in refused.items():
        fail(f"{name}: {text}")
    return {"loaded": len(found["programs"]) - len(refused), "refused": refused, "seconds": found["seconds"]}


def squared_error(model, options, more_arguments=(), devices=DEVICE + ",cpu", limit=40, more={}):
    """Largest normalised squared error of logits over the prompts of a model, and what was wrong if there is none."""
    facts = json.loads((HERE / f"{model}.json").read_text())
    reference = [x for (x,) in struct.iter_unpack("<f", (HERE / f"{model}.ref64.bin").read_bytes())]
    count = 4 * facts["n_vocab"]
    worst = 0
    for number, prompt in enumerate(facts["prompts"]):
        target = SCRATCH / f"logits-{os.getpid()}-{model}-{number}-{abs(hash((tuple(options), tuple(more))))}.bin"
        done = jgml("logits", "-m", HERE / f"{model}.gguf", "--device", devices, *more_arguments,
                    "--tokens", ",".join(map(str, prompt["tokens"])),
                    "--positions", ",".join(map(str, prompt["positions"])), "-o", target,
                    options=options, limit=limit, more=more)
        if not done.is_well:
            return None, done.reason()
        ours = [x for (x,) in struct.iter_unpack("<f", target.read_bytes())]
        target.unlink()
        exact = reference[number * count:(number + 1) * count]
        error = sum((a - b) ** 2 for a, b in zip(ours, exact)) / sum(b * b for b in exact)
        worst = error if error != error else max(worst, error)
    return worst, ""


def goldens(options, asked, names, more_arguments=(), made={}):
    """The errors of models. What is above what is asked is no failure if the emulation `made` as much: it is rounding."""
    found = record()
    wrong = []

    def bound_of(model):
        return max(asked, 1.5 * made.get(model, 0))

    def one(model):
        error, reason = squared_error(model, options, more_arguments)
        bound = bound_of(model)
        found[model] = reason if error is None else error
        say(f"  {model:16} NMSE {error} (asked {asked:g}, at most {bound:g}) {reason[:160]}")
        if reason == NO_TIME:
            return
        if error is None:
            fail(f"{model}: no logits: {reason}")
        elif not error <= bound:
            fail(f"{model}: NMSE {error}, at most {bound}")
        if error is None or not error <= bound:
            wrong.append(model)

    together(one, names)
    for model in wrong[:1]:
        def attempt(more_options, more, limit):
            error, reason = squared_error(model, [*options, *more_options], more_arguments, limit=limit, more=more)
            return reason if error is None else error, error is not None and error <= bound_of(model)
        diagnose(model, attempt)
        found[f"{model}, first node that differs"] = first_difference(model, options)
    return found


def first_difference(model, options):
    """The first node of a model that CUDA makes otherwise than the CPU, from the same operands."""
    allow(30)
    tokens = json.loads((HERE / f"{model}.json").read_text())["prompts"][-1]["tokens"][:64]
    done = jgml("compare", "-m", HERE / f"{model}.gguf", "--devices", f"{DEVICE},cpu", "--tokens", ",".join(map(str, tokens)),
                options=options, limit=30)
    told = done.out.strip() if done.code in (0, 1) and done.out.strip() else done.reason()
    say("    first node that differs:", told[:600])
    return told[:3000]


def models():
    return sorted(p.stem for p in HERE.glob("*.gguf"))


def exact():
    """Reference logits in F32. A cache of halves alone would be an error of 4e-7."""
    return goldens(EXACT, 1e-9, models(), F32_CACHE)


# Errors above 1e-6 on tensor cores with a cache of halves, on the emulation: rounding of the cache, and of weights of attention.
ROUNDED = {"gemma2-Q5_K_M": 2.28e-6, "moe-Q5_K_M": 1.06e-6}


def tensor():
    return goldens((), 1e-6, models(), made=ROUNDED)


def mma():
    """The same with the matrix instruction of a warp, where there is that of a warpgroup."""
    return goldens(("-Djgml.cuda.products=mma",), 1e-6, ["llama-F16", "llama-Q4_K_M", "gemma2-Q5_K_M"], made=ROUNDED)


def check():
    """The conformance suite, on tensor cores where they are used."""
    done = jgml("check", "--device", DEVICE, "-j", "8", limit=95)
    (OUT / "check.txt").write_text(done.out[:4000000] + "\n" + done.err[-20000:])
    lines = done.out.strip().splitlines()
    summary = lines[-1] if lines and "passed" in lines[-1] else done.reason()
    found = record()
    found["summary"] = summary
    say(" ", summary)
    if done.is_well:
        return found
    fail(summary)
    problems = [line for line in lines if line.startswith("failed ")]
    own = [line for line in problems if "is lost since" not in line]
    found["first"] = [line[:500] for line in own[:20]]
    ops = sorted({line.split()[1] for line in problems})
    found["failures_by_op"] = {op: sum(line.split()[1] == op for line in own) for op in ops}
    say("   ", found["failures_by_op"])
    for line in own[:6]:
        say("   ", line[:300])
    # A device that is lost takes all other cases of its process along: each op by itself.
    if len(own) < len(problems) or done.code == 124:
        allow(40)
        found["each_op"] = dict(together(op_alone, ops or all_ops()))
    for op in [op for op in ops if found["failures_by_op"].get(op)][:3]:
        def attempt(options, more, limit):
            again = jgml("check", "--device", DEVICE, "-j", "2", "--op", op, options=options, limit=limit, more=more)
            told = [line for line in again.out.splitlines() if line.startswith("failed ") and "is lost since" not in line]
            last = again.out.strip().splitlines()[-1:] or [again.reason()]
            return " | ".join([*last, *told[:2]]), again.is_well
        diagnose(op, attempt)
    return found


def all_ops():
    done = jgml("check", "--device", DEVICE, "--mode", "support", limit=20)
    return sorted(set(re.findall(r"^\| `(\w+)`", done.out, re.MULTILINE)))


def op_alone(op):
    done = jgml("check", "--device", DEVICE, "-j", "1", "--op", op, limit=30)
    told = [line for line in done.out.splitlines() if line.startswith("failed ") and "is lost since" not in line]
    last = done.out.strip().splitlines()[-1:] or [done.reason()]
    if not done.is_well:
        say(f"    {op}: {last[0][:100]} {told[0][:200] if told else ''}")
    return op, " | ".join([*last, *told[:2]])[:800]


def tool(name):
    places = [shutil.which(name), f"/usr/local/cuda/bin/{name}", f"/usr/local/cuda/compute-sanitizer/{name}"]
    return next((place for place in places if place and os.path.exists(place)), None)


SUMMARY = re.compile(r"(?:ERROR|RACECHECK) SUMMARY: (\d+)")
# Every buffer an allocation of its own: a checker sees who leaves it.
UNPOOLED = "-Djgml.cuda.pool=false"


def sanitizer():
    """What compute-sanitizer has against kernels by themselves, two models, and a share of the suite."""
    program = tool("compute-sanitizer")
    if program is None:
        say("  no compute-sanitizer: not tried")
        return {"skipped": "no compute-sanitizer"}
    found = record()
    jar = next(iter(sorted((ROOT / "jars").glob("backend-cuda*.jar"))))

    def command(which):
        return [program, "--tool", which, "--target-processes", "all", "--error-exitcode", "9"]

    def of_kernels(which, group):
        return run([*command(which), sys.executable, HERE / "kernels.py", jar, group, "--small"], 50)

    def of_model(which, name):
        tokens = json.loads((HERE / f"{name}.json").read_text())["prompts"][-1]["tokens"][:64]
        return jgml("logits", "-m", HERE / f"{name}.gguf", "--device", f"{DEVICE},cpu",
                    "--tokens", ",".join(map(str, tokens)), "--positions", str(len(tokens) - 1),
                    "-o", SCRATCH / f"checked-{which}-{name}.bin", options=[UNPOOLED], limit=55, prefix=command(which))

    def of_suite(which, share):
        return jgml("check", "--device", DEVICE, "-j", "1", "--share", share, options=[UNPOOLED], limit=55,
                    prefix=command(which))

    def one(work):
        which, function, what = work
        done = function(which, what)
        told = SUMMARY.findall(done.out + done.err)
        name = f"{which} {function.__name__} {what}"
        found[name] = f"{told[-1]} errors" if told else done.reason()
        say(f"  {name}: {found[name][-300:]}")
        is_refused = "not supported" in done.out + done.err
        if told and told[-1] != "0" and not is_refused:
            wrong = [line for line in (done.out + done.err).splitlines() if line.startswith("=========")]
            found[name + ", first"] = " | ".join(line[10:].strip() for line in wrong[1:14])[:1500]
            say("   ", found[name + ", first"][:600])
            fail(f"{name}: {told[-1]} errors")

    tools = ("memcheck", "initcheck", "racecheck")
    together(one, [*((which, of_kernels, group) for which in tools for group in kernel_groups()),
                   *((which, of_model, name) for name in ("llama-Q4_K_M", "llama-F16") for which in tools[:2]),
                   ("memcheck", of_suite, 150), ("initcheck", of_suite, 300), ("racecheck", of_suite, 600)])
    return found


def peers():
    """The logits of a model whose layers lie on two GPUs, values crossing from one to the other."""
    second = DEVICE[:-1] + "1"
    if second not in str(results.get("devices") or jgml("devices", limit=20).out):
        say("  one GPU: not tried")
        return {"skipped": "one GPU"}
    found = record()
    for model in ("llama-Q8_0", "llama-F16"):
        error, reason = squared_error(model, EXACT, (*F32_CACHE, "-ot", rf"blk\.[1-9].*={second}"),
                                      devices=f"{DEVICE},{second},cpu")
        found[model] = reason if error is None else error
        say(f"  {model:16} NMSE {found[model]}")
        if reason != NO_TIME and (error is None or not error <= 1e-9):
            fail(f"{model}: NMSE {found[model]}, asked 1e-9")
    return found


def nvrtc():
    """The same logits from machine code that NVRTC of a toolkit 12, if there is one, makes here."""
    places = ["/usr/local", *(f"{p}/nvidia/cuda_nvrtc" for p in sys.path if p)]
    files = [f"{place}/{name}" for place in places for name in ("libnvrtc.so.12", "cuda/lib64/libnvrtc.so.12", "lib/libnvrtc.so.12")]
    files = [file for file in files if os.path.exists(file)]
    if not files:
        say("  no libnvrtc.so.12: not tried")
        return {"skipped": "no libnvrtc.so.12"}
    options = [*EXACT, "-Djgml.cuda.compiler=nvrtc", f"-Djgml.cuda.nvrtc={files[0]}",
               f"-Djgml.cuda.cache={SCRATCH / 'jgml-programs'}"]
    error, reason = squared_error("llama-Q8_0", options, F32_CACHE, limit=55)
    say(f"  {files[0]}: NMSE {error} {reason}")
    if reason != NO_TIME and (error is None or not error <= 1e-9):
        fail(f"NMSE {error}, asked 1e-9: {reason}")
    return {"library": files[0], "nmse": error}


def finish(*_):
    save()
    say("\n".join(["FAILED " + text for text in failed] or ["nothing failed"]))
    timings.stop_making()


def ended(*_):
    """Whoever ends this early gets what is there."""
    failed.append(f"{current[0]}: ended from outside")
    finish()
    os._exit(1)


PARTS = {name: globals()[name] for name in BUDGETS}


def main():
    chosen = sys.argv[1:] or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        sys.exit(f"prove.py: no part {', '.join(unknown)}; there are {' '.join(PARTS)}")
    OUT.mkdir(parents=True, exist_ok=True)
    os.environ.update(CACHE)
    os.makedirs(CACHE["CUDA_CACHE_PATH"], exist_ok=True)
    signal.signal(signal.SIGTERM, ended)
    if {"decode", "context"} & set(chosen):
        timings.make_models()
    for name in [name for name in PARTS if name in chosen]:
        if started + LIMIT_SECONDS - time.monotonic() < 8:
            results[name] = {"skipped": "no time left"}
            continue
        say(f"{name} ({elapsed():.0f} s)")
        begin(name, BUDGETS[name])
        try:
            results[name] = PARTS[name]()
        except Exception as e:  # one part must not cost the results of the others
            fail(f"{type(e).__name__}: {e}")
        save()
    finish()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
