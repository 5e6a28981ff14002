# SPDX-License-Identifier: BSD-2-Clause
"""What the benches share: finding the build, making the programs, running variants interleaved,
printing the table.

Not here: what is measured (the scripts beside this file) and the programs that do the work
(programs/).

Environment: CPA_BUILDDIR (build tree, default build/), CPA_LIB (the library), CPA_JEMALLOC_PIC (the
static jemalloc it was made from), CPA_BENCH_RUNS (runs of each variant, default 15), CC.
"""
import atexit
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE_DIR = os.path.dirname(HERE)
BUILD_DIR = os.environ.get("CPA_BUILDDIR", os.path.join(SOURCE_DIR, "build"))
LIBRARY = os.environ.get("CPA_LIB", os.path.join(BUILD_DIR, ".libs", "libcprofalloc.so"))
RUNS = int(os.environ.get("CPA_BENCH_RUNS", "15"))
CC = os.environ.get("CC", "gcc")
FLAGS = ["-std=gnu11", "-D_GNU_SOURCE", "-O2", "-g", "-pthread", "-Wall", "-Wextra"]

# What the library's own files are compiled with, as far as it matters for speed.
LIBRARY_FLAGS = ["-fPIC", "-fvisibility=hidden", "-ftls-model=initial-exec", "-fno-semantic-interposition",
                 "-fno-builtin-malloc", "-fasynchronous-unwind-tables", "-I" + SOURCE_DIR,
                 "-I" + os.path.join(SOURCE_DIR, "include")]

_scratch = None
_bars_missed = 0


def fail(text):
    print(f"{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr)
    sys.exit(2)


def scratch():
    """A directory of this run's own, removed at its end."""
    global _scratch
    if _scratch is None:
        _scratch = tempfile.mkdtemp(prefix="cprofalloc-bench.")
        atexit.register(shutil.rmtree, _scratch, True)
    return _scratch


def run_quiet(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def library():
    if not os.path.exists(LIBRARY):
        fail(f"no {LIBRARY}: build first (./bootstrap), or set CPA_LIB")
    return LIBRARY


def compile_program(name, extra=()):
    """programs/NAME.c as its user would build it; the path of the program."""
    output = os.path.join(scratch(), name)
    run_quiet([CC, *FLAGS, "-I" + os.path.join(SOURCE_DIR, "include"), "-o", output,
               os.path.join(HERE, "programs", name + ".c"), *extra])
    return output


def jemalloc_archive():
    """The static jemalloc that the library was made from."""
    if "CPA_JEMALLOC_PIC" in os.environ:
        return os.environ["CPA_JEMALLOC_PIC"]
    try:
        with open(os.path.join(BUILD_DIR, "Makefile")) as makefile:
            for line in makefile:
                if line.startswith("JEMALLOC_PIC_A = "):
                    return line.split(" = ", 1)[1].strip()
    except OSError:
        pass
    libdir = run_quiet(["pkg-config", "--variable=libdir", "jemalloc"]).strip()
    return os.path.join(libdir, "libjemalloc_pic.a")


def plain_jemalloc():
    """The very jemalloc inside the library, as a preload library of its own: the baseline of every comparison."""
    output = os.path.join(scratch(), "libplain.so")
    if not os.path.exists(output):
        run_quiet([CC, "-shared", "-o", output, "-Wl,--whole-archive", jemalloc_archive(),
                   "-Wl,--no-whole-archive", "-Wl,-z,now", "-lstdc++", "-lm", "-pthread"])
    return output


def private_jemalloc():
    """The same archive with its names renamed, for programs that link parts of the library."""
    output = os.path.join(scratch(), "libprivate.a")
    if not os.path.exists(output):
        shutil.copyfile(jemalloc_archive(), output)
        for member in run_quiet(["ar", "t", output]).split():
            if member.startswith("jemalloc_cpp"):
                run_quiet(["ar", "d", output, member])
        run_quiet(["objcopy", "--redefine-syms=" + os.path.join(SOURCE_DIR, "alloc", "jemalloc.syms"), output])
    return output


def debian_jemalloc():
    """The system's libjemalloc.so.2, with its profiler; None where it is not installed."""
    for line in run_quiet(["/sbin/ldconfig", "-p"]).splitlines():
        if "libjemalloc.so.2 " in line:
            return line.rsplit(" => ", 1)[1]
    return None


class Variant:
    """One way to run a program: a library to preload, settings, a name for the table."""

    def __init__(self, name, preload=None, **settings):
        self.name = name
        self.preload = preload
        self.settings = settings

    def environment(self):
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("CPROFALLOC", "MALLOC_CONF", "LD_PRELOAD")}
        environment.update(self.settings)
        if self.preload:
            environment["LD_PRELOAD"] = self.preload
        return environment

    def run(self, command):
        """The program's standard output."""
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True)
        if done.returncode != 0:
            fail(f"{self.name}: {' '.join(command)}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def values(self, command):
        """The program's output of lines "name number", as a dictionary."""
        pairs = (line.split() for line in self.run(command).splitlines())
        return {name: float(value) for name, value in pairs}


def ours(name, settings):
    return Variant(name, library(), CPROFALLOC=settings)


def error_output(variant, command):
    """A program's standard error."""
    return subprocess.run(command, env=variant.environment(), capture_output=True, text=True).stderr


def interleaved(variants, command, runs=None):
    """Each variant in turn, again and again, beginning with another one each time: a list of dictionaries per variant."""
    results = {variant.name: [] for variant in variants}
    for run in range(runs or RUNS):
        shift = run % len(variants)
        for variant in variants[shift:] + variants[:shift]:
            results[variant.name].append(variant.values(command))
    return results


def column(results, key):
    return [result[key] for result in results]


def ratio(results, base, key):
    """Median over the rounds of result / base in the same round."""
    return statistics.median(a[key] / b[key] for a, b in zip(results, base))


def difference(results, base, key):
    """Median over the rounds of result - base in the same round."""
    return statistics.median(a[key] - b[key] for a, b in zip(results, base))


def begin():
    """The head of the table: where and what."""
    try:
        commit = subprocess.run(["git", "-C", SOURCE_DIR, "rev-parse", "--short", "HEAD"],
                                capture_output=True, text=True).stdout.strip() or "unknown"
    except FileNotFoundError:  # no git here, or a release tarball
        commit = "unknown"
    model = "unknown processor"
    with open("/proc/cpuinfo") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    print(f"# {model}, {os.cpu_count()} cpus, Linux {platform.release()}, commit {commit}")
    print("name,threads,size_bytes,variant,unit,min,median,runs", flush=True)


def number(value):
    return f"{value:.4g}" if abs(value) < 100 else f"{value:.1f}".removesuffix(".0")


def row(name, threads, size_bytes, variant, unit, values):
    print(f"{name},{threads},{size_bytes},{variant},{unit},{number(min(values))},"
          f"{number(statistics.median(values))},{len(values)}", flush=True)


def note(text):
    print(f"# {text}", flush=True)


def bar(text, value, limit, unit):
    """One line for a bar; remembers a miss for `end`."""
    global _bars_missed
    met = value <= limit
    _bars_missed += not met
    print(f"# bar: {text}: {number(value)} {unit}, at most {number(limit)}: {'met' if met else 'NOT MET'}",
          flush=True)


def end():
    """Exit status 1 when a bar was missed."""
    sys.exit(1 if _bars_missed else 0)
