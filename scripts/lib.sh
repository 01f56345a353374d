# What the scripts share. Sourced, not run; the caller has `set -euo pipefail` in force.

readonly repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The same rule as in CMakeLists.txt.
export LINGUA_CACHE=${LINGUA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lingua}
readonly cache=$LINGUA_CACHE

readonly torch_version=2.13.0
readonly torch_environment=$cache/torch-$torch_version

# What a build needs on every Debian. The compiler's dependencies bring make and objdump.
readonly build_packages=(
  g++ cmake ninja-build ccache git ca-certificates pkg-config python3-venv
  libsentencepiece-dev nlohmann-json3-dev libboost-program-options-dev libspdlog-dev
  libgtest-dev libbenchmark-dev libpcre2-dev libicu-dev libssl-dev zlib1g-dev
  libcurl4-openssl-dev
  libopenmpi-dev openmpi-bin)
# Debian 13 and later. Without OpenBLAS libtorch computes with the reference BLAS, a hundred times
# slower.
readonly torch_packages=(libtorch-dev libopenblas0-pthread)
# What the tests look at our pages with.
readonly check_packages=(chromium-headless-shell)

# say TEXT...: one line of progress, on stderr, where it disturbs no result.
say() { printf '[%s] %s\n' "${0##*/}" "$*" >&2; }

# die TEXT [HINT]: what went wrong and, where we know it, what to do.
die() {
  printf '[%s] error: %s\n' "${0##*/}" "$1" >&2
  if [[ $# -gt 1 ]]; then printf '[%s] hint: %s\n' "${0##*/}" "$2" >&2; fi
  exit 1
}

# usage FILE: the comment at the head of a script is its --help.
usage() { sed -n '2,/^[^#]/{ /^#/{ s/^# \{0,1\}//; p } }' "$1"; }

can_be_root() { [[ $EUID -eq 0 ]] || command -v sudo >/dev/null; }
as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

# The packages among the arguments that are not installed, one a line.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    if ! grep -qx "installed $package" <<<"$installed"; then echo "$package"; fi
  done
}

# try_apt COMMAND...: apt-get or dpkg without questions, its many lines in a log.
try_apt() { as_root env DEBIAN_FRONTEND=noninteractive "$@" </dev/null >>"$cache/apt.log" 2>&1; }

run_apt() {
  try_apt "$@" || {
    tail -n 20 "$cache/apt.log" >&2
    die "failed: $*" "check the network and the sources in /etc/apt, then run this again"
  }
}

# need_packages NAME...: installs those that are missing; touches no network if none is.
need_packages() {
  local missing
  command -v dpkg-query >/dev/null ||
    die "this is no Debian (no dpkg-query)" "install the libraries of README.md by hand"
  mapfile -t missing < <(missing_packages "$@")
  if [[ ${#missing[@]} -eq 0 ]]; then return; fi
  can_be_root ||
    die "missing Debian packages, and neither root nor sudo to install them: ${missing[*]}" \
      "as root: apt-get install ${missing[*]}"
  mkdir -p "$cache"
  : >"$cache/apt.log"
  say "installing ${#missing[@]} Debian packages and what they need (log: $cache/apt.log):" \
    "${missing[*]}"
  local install=(apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends)
  run_apt apt-get -q update
  # An installation that was cut off leaves packages half configured, and apt-get refuses to go on.
  # dpkg does not wait for another's lock as apt-get does, so it is called only then.
  if ! try_apt "${install[@]}" "${missing[@]}"; then
    run_apt dpkg --configure -a
    run_apt "${install[@]}" "${missing[@]}"
  fi
}

# given | debian | pypi: where this machine's libtorch comes from.
torch_source() {
  if [[ -n ${LINGUA_TORCH:-} ]]; then
    echo given
    return
  fi
  local ID='' VERSION_ID=''
  # shellcheck disable=SC1091
  . /etc/os-release
  # Debian's testing and unstable state no VERSION_ID; both are past 13.
  if [[ $ID == debian && ${VERSION_ID:-99} -ge 13 ]]; then echo debian; else echo pypi; fi
}

# jobs: how many compilers at once. One that includes libtorch takes up to 2 GiB.
jobs_for_memory() {
  local cores gibibytes
  cores=$(nproc)
  gibibytes=$(awk '/^MemAvailable/ { print int($2 / 1048576 / 2) }' /proc/meminfo)
  if ((gibibytes < 1)); then gibibytes=1; fi
  echo $((cores < gibibytes ? cores : gibibytes))
}
