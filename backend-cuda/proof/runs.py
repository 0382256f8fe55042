"""Runs commands of a proof: each in a process group of its own, with a limit, and with all that it said kept.

Whatever happens to one, the next can run. A virtual machine that takes too long is asked for its stacks before
it is ended, so that a deadlock shows who waits for whom.
"""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUT = pathlib.Path(os.environ.get("OUT", "."))
SCRATCH = pathlib.Path(os.environ.get("TMPDIR", "/tmp"))
DEVICE = "cuda:0"
LIMIT_SECONDS = float(os.environ.get("PROVE_SECONDS", 465))
# Programs that may run at the same time where nothing is timed.
TOGETHER = max(1, min(6, (os.cpu_count() or 2) // 2))
# How a failure is tried again, from what differs least: where it goes away is what it comes from.
LADDER = [
    ("as before", [], {}),
    ("each launch after the one before", ["-Djgml.cuda.dependent=false"], {}),
    ("launches one by one", ["-Djgml.cuda.graphs=false"], {"CUDA_LAUNCH_BLOCKING": "1"}),
    ("matrix instruction of a warp", ["-Djgml.cuda.products=mma"], {}),
    ("in F32", ["-Djgml.cuda.products=exact"], {}),
    ("in F32, one by one", ["-Djgml.cuda.products=exact", "-Djgml.cuda.graphs=false"], {"CUDA_LAUNCH_BLOCKING": "1"}),
]
started = time.monotonic()
deadline = started + LIMIT_SECONDS
results = {}
failed = []
current = ["beginning"]
lock = threading.RLock()
# The driver keeps the machine code that it makes of PTX: all processes of a proof share it.
CACHE = {"CUDA_CACHE_PATH": str(SCRATCH / "jgml-machine-code"), "CUDA_CACHE_MAXSIZE": str(4 << 30)}


def elapsed():
    return time.monotonic() - started


def left():
    """Seconds until the part, or the whole, has to be done."""
    return deadline - time.monotonic()


def begin(part, seconds):
    global deadline
    current[0] = part
    deadline = min(started + LIMIT_SECONDS, time.monotonic() + seconds)


def allow(seconds):
    """Lets the part go on for so long at least, to look into a failure."""
    global deadline
    deadline = min(started + LIMIT_SECONDS, max(deadline, time.monotonic() + seconds))


def record():
    """What a part has found so far; it is written whenever a command has ended."""
    return results.setdefault(current[0], {})


def save():
    with lock:
        for _ in range(20):
            try:
                whole = json.dumps({"failed": failed, **results}, indent=1, default=str)
                lines = [f"{part}: {json.dumps(value, default=str)[:900]}" for part, value in list(results.items())]
                break
            except RuntimeError:  # another thread has found something meanwhile
                time.sleep(0.01)
        else:
            return
        (OUT / "prove.json").write_text(whole)
        text = "\n".join(lines + ["FAILED " + each for each in failed] + [f"{elapsed():.0f} s"]) + "\n"
        (OUT / "prove.txt").write_text(text)


def say(*words):
    with lock:
        print(*words, flush=True)


def fail(text):
    with lock:
        failed.append(f"{current[0]}: {text}")
    say("  FAILED", text)
    save()


NO_TIME = "no time left"


class Done:
    """What became of a command. `code` is 124 if it took too long, 127 if it could not begin, -1 if there was no time."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    @property
    def is_well(self):
        return self.code == 0

    def reason(self):
        """The lines that tell what went wrong, short."""
        if self.code == -1:
            return NO_TIME
        if self.code == 124:
            return f"took more than {self.seconds:.0f} s; main thread at: " + self.stack_of_main()
        told = [line for text in (self.err, self.out) for line in text.splitlines()
                if line.strip() and not line.startswith("WARNING: ")]
        return f"exit code {self.code} after {self.seconds:.0f} s: " + " | ".join(told[-6:])[-900:]

    def stack_of_main(self):
        lines = self.out.splitlines()
        first = next((i for i, line in enumerate(lines) if line.startswith('"main"')), len(lines))
        return " ".join(line.strip() for line in lines[first + 2:first + 9])


def run(line, limit, more={}):
    limit = min(limit, left())
    if limit <= 1:
        return Done(-1, "", "", 0)
    began = time.monotonic()
    environment = {**os.environ, **CACHE, **more}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(list(map(str, line)), stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                                       env=environment, start_new_session=True)
        except OSError as e:
            return Done(127, "", str(e), 0)
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = 124
            if "java" in " ".join(map(str, line)):
                os.killpg(process.pid, signal.SIGQUIT)
                time.sleep(1.5)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    done = Done(code, *texts, time.monotonic() - began)
    with lock, open(OUT / "prove.log", "a") as log:
        settings = " ".join(f"{key}={value}" for key, value in more.items())
        log.write(f"$ {settings} {' '.join(map(str, line[-16:]))}\n{done.out[:6000]}"
                  f"{' ... ' + done.out[-14000:] if len(done.out) > 6000 else ''}\n"
                  f"{done.err[-8000:]}\nexit code {code} after {done.seconds:.1f} s\n\n")
    save()
    return done


def jgml(*arguments, options=(), limit=60, prefix=(), more={}):
    """Runs a command of jgml."""
    path = ":".join(str(p) for p in sorted((ROOT / "jars").glob("*.jar")))
    line = [*prefix, ROOT / "runtime/bin/java", "-XX:+UseSerialGC", "-Xms64m", "-Xmx4g",
            "--enable-native-access=org.jgml.models,org.jgml.cuda,jcuda",
            f"-Djava.library.path={ROOT / 'jars/natives'}",
            "-p", path, "--add-modules", "org.jgml.cpu,org.jgml.cuda,jdk.incubator.vector",
            *options, "-m", "org.jgml.models/org.jgml.models.cli.Jgml", *arguments]
    return run(line, limit, more)


def together(function, items):
    """Of each item what a function makes of it, some at the same time; the order is kept."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(function, items))


def diagnose(what, attempt, limit=25, rungs=LADDER, is_large=False):
    """Tries a failure again in other ways, all at a time unless it is large.

    `attempt(options, environment, limit)` tells the result, and whether it is right.
    """
    found = {}
    allow(limit * (len(rungs) if is_large else 1) + 5)

    def step(rung):
        name, options, more = rung
        try:
            text, is_right = attempt(options, more, limit)
        except Exception as e:
            text, is_right = f"{type(e).__name__}: {e}", False
        found[name] = text if text == NO_TIME else ("right: " if is_right else "WRONG: ") + str(text)[:700]

    if is_large:
        list(map(step, rungs))
    else:
        together(step, rungs)
    with lock:
        results.setdefault("diagnosis", {})[f"{current[0]}: {what}"] = {name: found[name] for name, *_ in rungs}
    for name, *_ in rungs:
        say(f"    {name:30} {str(found[name])[:160]}")
    save()
