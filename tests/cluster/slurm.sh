#!/usr/bin/env bash
# A real Slurm on this one machine (munged, slurmctld, slurmd of Debian's slurm-wlm and munge), and a study run by it: the
# same tables as by -j 2, also when a task of the array is killed and the array is submitted again.
# Needs root, because slurmd does. Everything it writes is in a folder of its own; the daemons end with the script.
#   slurm.sh WEIR IS_JSON          77 as exit code: not possible here, with the reason
. "$(dirname "$0")/../cli/common.sh"
study=$PWD/tests/input/studies/grid.json # 12 configurations x 2 policies x 2 seeds

skip()
{
    echo "skipped: $1"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "slurmd wants root"
for program in munged mungekey slurmctld slurmd sbatch squeue scontrol; do
    PATH=$PATH:/usr/sbin command -v $program >/dev/null || skip "there is no $program; apt-get install slurm-wlm munge"
done
PATH=$PATH:/usr/sbin
weir=$(readlink -f "$weir")
chmod 755 "$folder"

daemons=()
stop()
{
    for pid in "${daemons[@]}"; do
        kill "$pid" 2>/dev/null
    done
    for pid in "${daemons[@]}"; do
        wait "$pid" 2>/dev/null
    done
    rm -rf "$folder"
}
trap stop EXIT

# --- munge, with a socket and a key of its own ---
mkdir -m 700 "$folder/munge"
mkdir -m 755 "$folder/socket"
mungekey --create --keyfile="$folder/munge/key" || skip "mungekey makes no key"
munged --foreground --force --socket="$folder/socket/munge" --key-file="$folder/munge/key" \
    --log-file="$folder/munge/log" --pid-file="$folder/munge/pid" --seed-file="$folder/munge/seed" \
    >"$folder/munge.out" 2>&1 &
daemons+=($!)

# --- slurm ---
host=$(hostname -s)
mkdir "$folder/state" "$folder/spool"
ports=$((20000 + RANDOM % 20000))
cat >"$folder/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$ports
SlurmdPort=$((ports + 1))
AuthType=auth/munge
AuthInfo=socket=$folder/socket/munge
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,defer
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
MaxArraySize=1001
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
END
export SLURM_CONF=$folder/slurm.conf
slurmctld -D -f "$SLURM_CONF" >"$folder/slurmctld.out" 2>&1 &
daemons+=($!)
slurmd -D -f "$SLURM_CONF" -N "$host" >"$folder/slurmd.out" 2>&1 &
daemons+=($!)
for _ in $(seq 600); do
    state=$(sinfo -h -o %T 2>"$folder/sinfo.err")
    [ "$state" = idle ] && break
    sleep 0.2
done
if [ "$state" != idle ]; then
    tail -n 5 "$folder"/slurm*.log "$folder"/*.out "$folder/sinfo.err" "$folder/munge/log" 2>/dev/null
    skip "slurm does not come up here (node state \"$state\"), see above"
fi
sinfo --version

# Waits until the queue is empty.
drain()
{
    for _ in $(seq 6000); do
        [ -z "$(squeue -h 2>&1)" ] && return
        sleep 0.1
    done
    fail "the queue does not become empty: $(squeue)"
    scontrol show job | head -40
}
same_tables()
{
    for table in summary.csv aggregate.csv pairs.csv; do
        same "$folder/local/$table" "$folder/$1/$table"
    done
}

expect 0 "48 runs" sweep "$study" -o "$folder/local" -j 2

expect 0 "in 10 of 10 parts of up to 5" sweep "$study" -o "$folder/array" --executor slurm --batch 5
grep -q '^[0-9]*$' "$folder/out" || fail "sbatch gave no number: $(cat "$folder/out")"
drain
expect 0 "finished, 0 failed, 0 missing" sweep "$study" -o "$folder/array" --collect
same_tables array
[ "$(find "$folder/array/packs" -type f | wc -l)" -le 10 ] || fail "more packs than tasks"
expect 0 "nothing is left to do" sweep "$study" -o "$folder/array" --executor slurm --batch 5

# Cut off in the middle: some tasks killed, the rest cancelled; then submitted again.
expect 0 "" sweep "$study" -o "$folder/cut" --executor slurm --batch 4 --sbatch "--job-name=cut"
for _ in $(seq 6000); do
    [ -n "$(find "$folder/cut/packs" -name '*.pack' -size +0 2>/dev/null)" ] && break
    sleep 0.05
done
for task in $(squeue -h -t RUNNING -o %A); do
    scancel --signal=KILL --full "$task"
done
scancel --name=cut
drain
"$weir" sweep "$study" -o "$folder/cut" --collect >/dev/null 2>"$folder/err"
cat "$folder/err"
expect 0 "" sweep "$study" -o "$folder/cut" --executor slurm --batch 4
drain
expect 0 "finished, 0 failed, 0 missing" sweep "$study" -o "$folder/cut" --collect
same_tables cut

expect 4 "sbatch refused" sweep "$study" -o "$folder/bad" --executor slurm --sbatch --partition=nowhere
finish
