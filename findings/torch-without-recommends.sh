#!/usr/bin/env bash
# PyTorch 1.13 of Debian 12, installed without recommended packages, multiplies matrices by the reference BLAS.
#
# Upstream's wheels bring a fast BLAS along. Debian's libtorch1.13 depends on any BLAS, which the reference implementation (libblas3) satisfies,
# and only recommends a fast one; images of containers and build machines are installed with --no-install-recommends. Nothing is said. Products of
# square matrices of 768 on one thread take less than a third of the time once libopenblas0-pthread is installed.
#
# Seen on 2026-11-29 with python3-torch 1.13.1+dfsg-4, libblas3 3.11.0-2 and libopenblas0-pthread 0.3.21+ds-4: libblas.so.3 is the
# reference's; 6.35 billion operations a second, then 34.62.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"
tree_with bookworm python3-torch=1.13.1+dfsg-4 libtorch1.13=1.13.1+dfsg-4 libblas3=3.11.0-2

cat >"$tree/tmp/product.py" <<'PYTHON'
import time
import torch

torch.set_num_threads(1)
a = torch.rand(768, 768)
best = float("inf")
for _ in range(7):
    begun = time.process_time()
    (a @ a).sum().item()
    best = min(best, time.process_time() - begun)
print(f"{2 * 768**3 / best / 1e9:.2f}")
PYTHON
blas()
{
    chroot "$tree" sh -c 'basename "$(dirname "$(readlink -f /usr/lib/x86_64-linux-gnu/libblas.so.3)")"'
}
pace()
{
    # shellcheck disable=SC2016 # for the inner shell
    timeout 300 unshare --mount sh -c 'mount -t proc proc "$1/proc" && exec chroot "$1" python3 /tmp/product.py' sh "$tree"
}
wants "BLAS without recommended packages" "$(blas)" blas
before=$(pace)
timeout 900 chroot "$tree" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -y --no-install-recommends install \
    libopenblas0-pthread=0.3.21+ds-4 >/dev/null 2>&1
wants "BLAS with libopenblas0-pthread" "$(blas)" openblas-pthread
after=$(pace)
echo "products of 768 x 768, one thread: $before, then $after billion operations a second"
wants "more than three times as quick" "$(awk -v a="$before" -v b="$after" 'BEGIN { print (b > 3 * a) ? "yes" : "no" }')" yes
