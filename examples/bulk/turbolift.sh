#!/bin/sh
# For turbolift foreach, and for multi-gitter run --manual-commit: corrects the
# clone in the current directory, with a commit per rule on the branch that the
# tool has checked out.
exec natsfix --write --commit --quiet --no-config "$@" . > /dev/null
