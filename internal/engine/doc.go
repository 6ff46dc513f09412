// Package engine runs rules to rest, merges their edits, proves what comes out
// and says what would be written. It writes nothing itself.
//
// A run works on texts in memory. Rules run one after the other, each until it
// has nothing more to do, and the whole suite again until nothing changes.
// After every step the effective configuration of each server must differ by
// exactly what the fixes declared. At the end the official parser must see the
// same values as this program, before and after, and the official server must
// raise no problem that it did not raise before. What fails is left out, and
// the rest is worked out again.
package engine
