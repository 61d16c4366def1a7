# SPDX-License-Identifier: Apache-2.0
# What tests of seeded lives share: the seed's numbers, the program run, and falsities told. Sourced
# behind helper.bash by who has such a life.

# seeded N: from here on pick() gives the numbers of this seed.
seeded() {
	SEED=$1 SEED_STATE=$(($1 * 7919 + 17)) SEED_SAYS=
}

# pick N: a seeded number below it, in PICKED.
# shellcheck disable=SC2034 # for who calls it
pick() {
	SEED_STATE=$(((SEED_STATE * 1103515245 + 12345) & 0x7fffffff))
	PICKED=$(((SEED_STATE >> 8) % $1))
}

# lie SENTENCE FILE: a set that should be empty is not.
lie() {
	[ -s "$2" ] || return 0
	echo "seed $SEED$SEED_SAYS: $1:"
	sed 's/^/  /' "$2"
	return 1
}

# writ_as WANTED ARGUMENT...: its status is one of the wanted ones; sets STATUS. What it says goes
# to "out" and "err".
writ_as() {
	local wanted=" $1 "
	shift
	STATUS=0
	"$WRIT" "$@" >out 2>err || STATUS=$?
	[[ $wanted != *" $STATUS "* ]] || return 0
	echo "seed $SEED$SEED_SAYS: writ $* ended with $STATUS:"
	sed 's/^/  /' out err
	return 1
}
