# SPDX-License-Identifier: MIT
"""A throw-away Slurm on loopback: munge, a controller and some nodes, all children of this process.

Needs root and the programs of slurm-wlm and munge, no systemd and no configuration of the host.
Everything lives in one folder and on free ports. Whatever is started, also what detaches itself
(slurmstepd, the tasks), stays a descendant of the process that made the cluster and is ended with it.
"""
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PROGRAMS = ["munged", "slurmctld", "slurmd", "slurmstepd", "sbatch", "scancel", "scontrol", "sinfo",
            "squeue"]
PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG = 36, 1
PATIENCE_S = 30

HOSTS = "MMSIM_TEST_HOSTS"
CONFIG = """\
ClusterName=mmsim
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
SlurmctldLogFile={folder}/log/slurmctld
SlurmdLogFile={folder}/log/slurmd.%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=60
InactiveLimit=0
KillWait=2
MinJobAge=300
MaxArraySize={max_array_size}
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
PartitionName=sim Nodes={nodes} Default=YES MaxTime=INFINITE State=UP
"""


def missing():
    """Why there can be no cluster here, or None."""
    absent = [name for name in PROGRAMS if not find(name)]
    if absent:
        return "not installed: " + ", ".join(absent) + " (packages slurm-wlm and munge)"
    if os.geteuid() != 0:
        return "Slurm's daemons need root"
    return None if resolves(socket.gethostname()) else "the host's own name leads to no address"


def resolves(host):
    """Whether the name leads to an address."""
    try:
        return bool(socket.getaddrinfo(host, None))
    except socket.gaierror:
        return False


def name_this_host():
    """Slurm must find the host by its name. Where it cannot, this program starts once more, with a
    /etc/hosts that nobody else sees."""
    host = socket.gethostname()
    if os.geteuid() != 0 or resolves(host) or HOSTS in os.environ or not os.path.exists("/etc/hosts"):
        return
    with tempfile.NamedTemporaryFile("w", suffix=".hosts", delete=False, encoding="utf-8") as file:
        file.write(f"127.0.0.1 localhost {host}\n")
    os.environ[HOSTS] = file.name
    os.execvp("unshare", ["unshare", "--mount", "sh", "-c",
                          'mount --bind "$0" /etc/hosts && rm -f -- "$0"; exec "$@"', file.name,
                          sys.executable, *sys.argv])


def find(program):
    """The program's path; daemons live where a plain user's PATH does not lead."""
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin:/usr/local/sbin")


def free_ports(count):
    """Ports of loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def stat_of(pid):
    """State and parent of a process, or None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def descendants(root):
    """The living descendants of a process."""
    children = {}
    for name in os.listdir("/proc"):
        stat = stat_of(name) if name.isdigit() else None
        if stat and stat[0] != "Z":
            children.setdefault(stat[1], []).append(int(name))
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def name_of(pid):
    """The short name of a process, or None when it is gone."""
    try:
        with open(f"/proc/{pid}/comm", encoding="latin-1") as file:
            return file.read().strip()
    except OSError:
        return None


def end(pids, number):
    """Sends a signal to processes that may have gone."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def wait_until(condition, what, patience_s=PATIENCE_S):
    """The first true value of the condition."""
    patience_end = time.monotonic() + patience_s
    while time.monotonic() < patience_end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise TimeoutError(f"waited {patience_s} s in vain: {what}")


class Cluster:
    """with Cluster(folder) as cluster: four nodes are idle inside, nothing is left behind it."""

    def __init__(self, folder, nodes=4, cpus=1, max_array_size=1001):
        self.folder = os.path.abspath(folder)
        self.nodes = [f"n{number}" for number in range(1, nodes + 1)]
        self.cpus = cpus
        self.max_array_size = max_array_size
        self.daemons = {}
        self.environment = {**os.environ, "SLURM_CONF": os.path.join(self.folder, "slurm.conf"),
                            "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}

    def __enter__(self):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
        try:
            self.write_files()
            self.start_munge()
            self.start_controller()
            for node in self.nodes:
                self.start_node(node)
            self.wait_all_idle()
        except BaseException:
            print(f"no cluster; its last words:\n{self.last_words()}", file=sys.stderr)
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def path(self, *names):
        """A path in the cluster's folder."""
        return os.path.join(self.folder, *names)

    def write_files(self):
        """The folders, munge's key and slurm.conf."""
        for name in ["state", "spool", "log", "run", "munge"]:
            os.makedirs(self.path(name), mode=0o755)
        os.chmod(self.folder, 0o755)
        with open(os.open(self.path("munge", "key"), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as key:
            key.write(os.urandom(128))
        # A container may have no /sys/fs/cgroup: these nodes need none, and v1 does not look for it.
        with open(self.path("cgroup.conf"), "w", encoding="utf-8") as file:
            file.write("CgroupPlugin=cgroup/v1\n")
        host = socket.gethostname().split(".")[0]
        ports = free_ports(1 + len(self.nodes))
        with open(self.path("slurm.conf"), "w", encoding="utf-8") as file:
            for node, port in zip(self.nodes, ports[1:]):
                file.write(f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} "
                           f"CPUs={self.cpus} RealMemory=1000 State=UNKNOWN\n")
            file.write(CONFIG.format(host=host, folder=self.folder, controller_port=ports[0],
                                     nodes=",".join(self.nodes),
                                     max_array_size=self.max_array_size))

    def start(self, name, *command):
        """A daemon in the foreground; it dies with this process even when that is killed."""
        log = open(self.path("log", name + ".out"), "ab")
        prctl = ctypes.CDLL(None).prctl
        with log:
            self.daemons[name] = subprocess.Popen(
                [find(command[0]), *command[1:]], env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
                preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL))

    def start_munge(self):
        """A munged with a key and socket of its own."""
        where = self.path("munge")
        self.start("munged", "munged", "--foreground", "--force", f"--key-file={where}/key",
                   f"--socket={where}/socket", f"--pid-file={where}/pid", f"--log-file={where}/log",
                   f"--seed-file={where}/seed", "--num-threads=2")
        wait_until(lambda: os.path.exists(f"{where}/socket") or self.died("munged"), "for munged")

    def died(self, name):
        """Raises with the daemon's last words when it has ended."""
        if self.daemons[name].poll() is None:
            return False
        raise RuntimeError(f"{name} ended by itself")

    def last_words(self):
        """The ends of all logs."""
        words = ""
        for path in sorted(os.listdir(self.path("log"))):
            with open(self.path("log", path), errors="replace", encoding="utf-8") as file:
                words += f"-- {path}\n{file.read()[-2000:]}\n"
        return words

    def start_controller(self):
        """slurmctld, with the state that an earlier one left."""
        self.start("slurmctld", "slurmctld", "-D", "-f", self.environment["SLURM_CONF"])
        wait_until(lambda: self.died("slurmctld") or self.ask("scontrol", "ping").find(" UP") >= 0,
                   "for slurmctld to answer")

    def start_node(self, node, *options):
        """The slurmd of one node."""
        self.start("slurmd." + node, "slurmd", "-D", "-N", node, "-f",
                   self.environment["SLURM_CONF"], *options)

    def kill(self, name):
        """kill -9 of one daemon alone; what it had started lives on."""
        daemon = self.daemons.pop(name)
        daemon.kill()
        daemon.wait()

    def finish(self, name):
        """The orderly end of one daemon: it writes down what it knows."""
        daemon = self.daemons.pop(name)
        daemon.terminate()
        daemon.wait(PATIENCE_S)

    def ask(self, *command):
        """The output of a client, whatever its exit code."""
        ran = subprocess.run([find(command[0]), *command[1:]], env=self.environment, check=False,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return ran.stdout

    def node_states(self):
        """The state of each node."""
        return self.ask("sinfo", "-h", "-N", "-o", "%T").split()

    def queue(self):
        """The jobs that wait or run: (name, array task or N/A, state, node), array tasks apart."""
        lines = self.ask("squeue", "-h", "-r", "-o", "%j|%K|%T|%N").splitlines()
        return [tuple(line.split("|")) for line in lines]

    def wait_idle(self, patience_s=PATIENCE_S):
        """Until no job waits or runs."""
        # An unreachable controller has no queue either: ask whether it is there.
        wait_until(lambda: not self.queue() and " UP" in self.ask("scontrol", "ping"),
                   "for the queue to be empty", patience_s)

    def wait_all_idle(self):
        """Until each node can take a job."""
        wait_until(lambda: self.node_states().count("idle") == len(self.nodes),
                   "for all nodes to be idle")

    def tasks(self):
        """The processes that watch over a task of a job each: slurmd's slurmstepd."""
        return [pid for pid in descendants(os.getpid()) if name_of(pid) == "slurmstepd"]

    def clean(self):
        """Throws away all jobs, known or forgotten, and opens nodes that were closed for them."""
        self.ask("scancel", "--user=root")
        for watcher in self.tasks():
            end(descendants(watcher), signal.SIGKILL)
        wait_until(lambda: not self.tasks(), "for the tasks to end")
        self.wait_idle()
        for node in self.nodes:
            # A controller that forgot a job uses its number again, which a node that remembers
            # would refuse.
            if "slurmd." + node in self.daemons:
                self.kill("slurmd." + node)
            self.start_node(node, "-c")
            self.ask("scontrol", "update", "nodename=" + node, "state=resume")
        self.wait_all_idle()

    def stop(self):
        """Ends every descendant of this process, twice over, until none is left."""
        for wanted in [signal.SIGTERM, signal.SIGKILL]:
            patience_end = time.monotonic() + 3
            sent = set()
            while time.monotonic() < patience_end or wanted == signal.SIGKILL:
                left = descendants(os.getpid())
                if not left:
                    break
                end(set(left) - sent if wanted == signal.SIGTERM else left, wanted)
                sent.update(left)
                self.reap()
                time.sleep(0.02)
        self.reap()
        self.daemons.clear()

    def reap(self):
        """Collects what has ended, adopted processes included."""
        for daemon in self.daemons.values():
            daemon.poll()
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
