#!/usr/bin/env bash
# An installed weir works wherever its tree is moved to, and says what it looks for if its data is not there. Arguments:
# weir as built, the build folder.
. "$(dirname "$0")/common.sh"
build=$2
unset DESTDIR

cmake --install "$build" --prefix "$folder/first place" >"$folder/install.log" || { cat "$folder/install.log"; exit 1; }
mkdir "$folder/then" "$folder/work"
mv "$folder/first place" "$folder/then/moved"
prefix=$folder/then/moved
weir=$prefix/bin/weir
cd "$folder/work" || exit 1

expect 0 "first: 3 policies, 1 seed" compare first --seeds 1 --set duration=20s
[ -e results/first/report.html ] || fail "no report"
expect 0 "policy ds2, seed 1" run city --policy ds2 --set duration=2min --set warmup=0s
expect 0 "first: one job" list scenarios
expect 0 "$prefix/share/weir/workloads/scenarios/city.json: ok" check city
expect 0 "./city.json" copy city
expect 0 "./city.json: ok" check ./city.json
while IFS=: read -r name _; do
    [ -e "$prefix/share/weir/workloads/scenarios/$name.json" ] || [ -e "$prefix/share/weir/workloads/$name.json" ] ||
        fail "$name is listed but not installed"
done < <("$weir" list scenarios)
grep -rlF "$folder/first place" "$prefix" && fail "the place of before is in an installed file"

# The headers, the pkg-config file and the example of a policy.
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name weir.pc)")
[ "$(pkg-config --variable=prefix weir | xargs readlink -f)" = "$prefix" ] || fail "weir.pc: the prefix is $(pkg-config --variable=prefix weir)"
cp -r "$(pkg-config --variable=datadir weir)/policies/examples" example
make -C example CFLAGS="-O2 -Wall -Wextra -Werror" >"$folder/make.log" 2>&1 || { cat "$folder/make.log"; exit 1; }
expect 0 "policy threshold, seed 1" run first --policy example/threshold.so --set duration=20s

# The Python module finds the program of its own tree, and the scenario that it brings along.
if command -v python3 >/dev/null; then
    cat >"$folder/learn.py" <<'END'
import weir_env
with weir_env.Environment("autoscale-surge", sets=["duration=75s", "warmup=0s"]) as world:
    over, steps = False, 0
    world.reset(seed=1)
    while not over:
        _, _, terminated, over, info = world.step([1, 2, 1])
        steps += 1
    print(weir_env.find_weir(), steps, world.result()["metrics"]["instances"] > 3)
END
    told=$(PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$prefix/lib/python3/dist-packages python3 "$folder/learn.py")
    [ "$told" = "$prefix/bin/weir 5 True" ] || fail "weir_env of an installed tree: $told"
fi

# Called by a link from elsewhere, and from the path.
ln -s "$weir" "$folder/link"
weir=$folder/link
expect 0 "$prefix/share/weir/workloads/scenarios/first.json: ok" check first
PATH=$prefix/bin:$PATH
weir=weir
expect 0 "$prefix/share/weir/workloads/scenarios/first.json: ok" check first

# Without data, names are of no use, and all else is.
mkdir -p "$folder/alone/bin"
cp "$prefix/bin/weir" "$folder/alone/bin"
weir=$folder/alone/bin/weir
# Without the module that knows SimGrid, all that needs no run is.
expect 0 "weir " --version
expect 0 "ds2" list policies
expect 5 "the engine cannot be loaded: weir-simgrid.so: cannot open shared object file" run ./city.json
expect 5 "the engine cannot be loaded: weir-simgrid.so: cannot open shared object file" compare ./city.json
module=$(cd "$prefix" && find lib* -name weir-simgrid.so)
[ -f "$prefix/$module" ] || fail "there is no module of the engine, or there are several: $module"
mkdir -p "$folder/alone/$(dirname "$module")"
cp "$prefix/$module" "$folder/alone/$module"
expect 3 "\"first\": no such file: the scenarios that weir brings along are not there: neither $folder/alone/share/weir/workloads/scenarios nor $folder/alone/bin/share/weir/workloads/scenarios is a folder; install weir with its data, or give the path of a scenario" run first
expect 3 "are not there" list scenarios
expect 3 "are not there" list studies --json
empty out
expect 3 "are not there" copy first
expect 3 "are not there" sweep distance
expect 3 "are not there" demo first
expect 3 "no-such.json: no such file; check the path" run no-such.json
expect 0 "./city.json: ok" check ./city.json
expect 0 "10 s simulated" demo backpressure --no-tty --until 10s
# Data that somebody put into the wrong place is not taken for the right one.
mkdir -p "$folder/alone/share/weir/platforms"
expect 3 "are not there" check first
finish
