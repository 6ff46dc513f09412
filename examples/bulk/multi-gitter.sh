#!/bin/sh
# For multi-gitter run: corrects the clone in the current directory.
# multi-gitter commits what has changed, and opens a pull request if something has.
# Flags go through: multi-gitter run "./multi-gitter.sh --only gateway-cluster-name" ...
exec natsfix --write --quiet --no-config "$@" . > /dev/null
