//go:build !race

package e2e

// raceDetector says that the race detector watches.
const raceDetector = false
