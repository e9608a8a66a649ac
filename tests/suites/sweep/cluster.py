#!/usr/bin/env python3
"""cluster.py NSIM CONTRIB CASE: sweeps past one machine, by the scripts of contrib/. Each case is a function below.
Exit code 77 and a reason: it cannot be tried here."""
import getpass
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

NSIM, CONTRIB, HERE = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2]), os.path.dirname(
    os.path.realpath(__file__))
SPEC = ["quick.yaml", "--vary", "node.threadpool=1..4", "-n", "2"]


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def run(*arguments, code=0, **environment):
    done = subprocess.run(arguments, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=120,
                          env={**os.environ, "NSIM": NSIM, **environment})
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def dump(path):
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return "\n".join(db.iterdump())


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            skip(f"{program} is not installed")


# -- GNU parallel -----------------------------------------------------------------------------------


def parallel():
    """Three shards on this host; the same command again does only what is missing; one that fails is told."""
    need("parallel")
    script = os.path.join(CONTRIB, "parallel-sweep")
    run(NSIM, "sweep", *SPEC, "-q", "-o", "whole.db")
    run(script, ":", "3", "all.db", *SPEC)
    assert dump("all.db") == dump("whole.db")
    assert sorted(os.listdir("all.db.parts")) == ["1.db", "2.db", "3.db"]
    before = {k: os.stat(f"all.db.parts/{k}.db").st_mtime_ns for k in (1, 3)}
    os.unlink("all.db.parts/2.db")
    os.unlink("all.db")
    run(script, ":", "3", "all.db", *SPEC)
    assert dump("all.db") == dump("whole.db")
    assert before == {k: os.stat(f"all.db.parts/{k}.db").st_mtime_ns for k in (1, 3)}
    # Words with spaces and braces arrive as they are.
    odd = [*SPEC, "--set", "arrivals.fail={rate: 100, count: 5}", "--set", "env={A: 'b  c'}"]
    run(NSIM, "sweep", *odd, "-q", "-o", "odd-whole.db")
    run(script, ":", "2", "odd.db", *odd)
    assert dump("odd.db") == dump("odd-whole.db")
    os.unlink("all.db.parts/3.db")
    with open("all.db.parts/3.db", "w", encoding="ascii") as file:
        file.write("a letter, no database")
    done = run(script, ":", "3", "all.db", *SPEC, code=2)
    assert "all.db.parts/3.db" in done.stderr, done.stderr


FAKE_SSH = """#!/bin/sh
# ssh as GNU parallel calls it, to hosts that are all this one; "dead" is down.
while [ "${1#-}" != "$1" ]; do
    case $1 in -[bcDEeFIiJLlmOopQRSWw]) shift ;; esac
    shift
done
host=$1
shift
[ "$1" != -- ] || shift
[ "$host" != dead ] || exit 255
echo "$host" >> "$FAKE_SSH_LOG"
cd /
exec env -i HOME="$HOME" PATH="$PATH" USER=somebody SHELL=/bin/sh sh -c "$*"
"""


def ssh():
    """Hosts over ssh, one of them down: the shards go to the others, with their words and folder as they are."""
    need("parallel")
    script, log = os.path.join(CONTRIB, "parallel-sweep"), os.path.abspath("hosts.log")
    with open("ssh", "w", encoding="ascii") as file:
        file.write(FAKE_SSH)
    os.chmod("ssh", 0o755)
    over = {"PARALLEL_SSH": os.path.abspath("ssh"), "FAKE_SSH_LOG": log}
    odd = [*SPEC, "--set", "env={A: 'b  c'}"]
    run(NSIM, "sweep", *odd, "-q", "-o", "whole.db")
    run(script, "one,two", "4", "all.db", *odd, **over)
    assert dump("all.db") == dump("whole.db")
    with open(log, encoding="ascii") as file:
        assert set(file.read().split()) == {"one", "two"}
    os.unlink(log)
    run(script, "dead,one", "3", "again.db", *odd, **over)
    assert dump("again.db") == dump("whole.db")
    with open(log, encoding="ascii") as file:
        assert set(file.read().split()) == {"one"}


# -- Slurm ------------------------------------------------------------------------------------------

CONFIG = """ClusterName=nsim
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
"""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Slurm:
    """A cluster of this host alone, in a folder: its controller, its node and its munge."""

    def __init__(self, folder):
        self.folder, self.daemons = folder, []
        for name in ("munge", "state", "spool", "log"):
            os.mkdir(os.path.join(folder, name), 0o700)
        os.chmod(folder, 0o755)
        with open(f"{folder}/munge/key", "wb") as file:
            file.write(os.urandom(1024))
        os.chmod(f"{folder}/munge/key", 0o600)
        controller, node = free_ports(2)
        with open(f"{folder}/slurm.conf", "w", encoding="ascii") as file:
            file.write(CONFIG.format(folder=folder, host=socket.gethostname().split(".")[0], user=getpass.getuser(),
                                     cpus=os.cpu_count(), controller=controller, node=node))
        self.environment = {"SLURM_CONF": f"{folder}/slurm.conf"}

    def start(self, *arguments):
        with open(f"{self.folder}/log/{os.path.basename(arguments[0])}", "wb") as log:
            # pylint: disable-next=consider-using-with
            self.daemons.append(subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                 start_new_session=True, env={**os.environ, **self.environment}))

    def log(self):
        text = ""
        for name in os.listdir(f"{self.folder}/log"):
            with open(f"{self.folder}/log/{name}", encoding="utf-8", errors="replace") as file:
                text += f"{name}: " + "".join(file.readlines()[-3:])
        return text

    def __enter__(self):
        paths = os.environ["PATH"] + ":/usr/sbin:/sbin"
        munge = f"{self.folder}/munge"
        self.start(shutil.which("munged", path=paths), "--foreground", "--force", f"--key-file={munge}/key",
                   f"--socket={munge}/socket", f"--pid-file={munge}/pid", f"--log-file={munge}/log",
                   f"--seed-file={munge}/seed")
        deadline = time.time() + 60
        while not os.path.exists(f"{munge}/socket") and time.time() < deadline:
            time.sleep(0.05)
        self.start(shutil.which("slurmctld", path=paths), "-D")
        self.start(shutil.which("slurmd", path=paths), "-D")
        while time.time() < deadline:
            state = subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True, text=True, check=False,
                                   env={**os.environ, **self.environment}).stdout.strip()
            if state == "idle":
                return self
            if any(daemon.poll() is not None for daemon in self.daemons):
                break
            time.sleep(0.2)
        reason = self.log()
        self.__exit__()
        return skip(f"Slurm does not start here: {reason}")

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGTERM)
                try:
                    daemon.wait(20)
                except subprocess.TimeoutExpired:
                    daemon.kill()
                    daemon.wait()


def slurm():
    """A job array of three shards and its merge; then a lost shard alone."""
    paths = os.environ["PATH"] + ":/usr/sbin:/sbin"
    for program in ("munged", "slurmctld", "slurmd", "sbatch"):
        if not shutil.which(program, path=paths):
            skip(f"{program} is not installed")
    script = os.path.join(CONTRIB, "slurm-sweep")
    run(NSIM, "sweep", *SPEC, "-q", "-o", "whole.db")
    with tempfile.TemporaryDirectory() as folder, Slurm(folder) as cluster:
        def submit(**more):
            job = run(script, "3", "all.db", *SPEC, **cluster.environment, **more).stdout.strip()
            assert job.isdigit(), job
            deadline = time.time() + 90
            while run("squeue", "-h", "-a", "-t", "PD,R,CG", **cluster.environment).stdout:
                assert time.time() < deadline, run("squeue", **cluster.environment).stdout + cluster.log()
                time.sleep(0.2)
            with open("all.db.parts/merge.log", encoding="utf-8") as log:
                return log.read()

        assert submit() == "all.db: 8 of 8 runs, from 3 databases\n"
        assert sorted(f for f in os.listdir("all.db.parts") if f.endswith(".db")) == ["1.db", "2.db", "3.db"]
        assert dump("all.db") == dump("whole.db")
        before = {k: os.stat(f"all.db.parts/{k}.db").st_mtime_ns for k in (1, 3)}
        os.unlink("all.db")
        os.unlink("all.db.parts/2.db")
        assert submit(ONLY="2") == "all.db: 8 of 8 runs, from 3 databases\n"
        assert dump("all.db") == dump("whole.db")
        assert before == {k: os.stat(f"all.db.parts/{k}.db").st_mtime_ns for k in (1, 3)}


def main():
    case = globals()[sys.argv[3]]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("quick.js", "quick.yaml", "slow-pbkdf2.json"):
            shutil.copy(os.path.join(HERE, name), folder)
        os.chdir(folder)
        case()
    print(f"{sys.argv[3]}: ok")


if __name__ == "__main__":
    main()
