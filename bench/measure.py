"""Times one whole command fairly: wall, CPU and peak memory by the kernel's own accounting.

CPU and peak memory are those of the command and the children it waited for (peak: the largest single process).
`foreign` is the share of the machine's processors, in percent, that OTHER processes used during the run: a run with a
high one is noisy.
"""

import os
import signal
import statistics
import subprocess
import time

HZ = os.sysconf("SC_CLK_TCK")
CPUS = os.cpu_count()
QUIET = 25  # percent of the machine
QUIET_WAIT = 20  # seconds


def busy():
    with open("/proc/stat") as f:
        v = list(map(int, f.readline().split()[1:9]))
    return (v[0] + v[1] + v[2] + v[5] + v[6] + v[7]) / HZ  # user nice system irq softirq steal


def wait_quiet():
    """Waits, at most a while, until the rest of the machine is quiet."""
    end = time.monotonic() + QUIET_WAIT
    while time.monotonic() < end:
        before, began = busy(), time.monotonic()
        time.sleep(0.5)
        if (busy() - before) / ((time.monotonic() - began) * CPUS) * 100 < QUIET:
            return


def prefer():
    """With BENCH_FIRST=1 (root only) the measured command runs before others of a shared machine."""
    if os.environ.get("BENCH_FIRST") == "1":
        os.setpriority(os.PRIO_PROCESS, 0, -15)
        with open("/proc/self/autogroup", "w") as f:
            f.write("-15")


def once(command, folder, env, log, timeout=1800):
    """Runs a command once; what it prints goes to the file `log`."""
    with open(log, "ab") as out:
        before, began = busy(), time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=prefer,
        )
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(timeout)
        _, status, usage = os.wait4(process.pid, 0)
        signal.alarm(0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        with open(log, errors="replace") as f:
            tail = "".join(f.readlines()[-25:])
        raise RuntimeError("`%s` ended with %d:\n%s" % (" ".join(map(str, command)), process.returncode, tail))
    cpu = usage.ru_utime + usage.ru_stime
    foreign = max(0.0, (busy() - before - cpu) / (wall * CPUS) * 100)
    return dict(wall=wall, cpu=cpu, peak=usage.ru_maxrss / 1024, foreign=foreign)


def median(runs, key):
    return statistics.median(run[key] for run in runs)
