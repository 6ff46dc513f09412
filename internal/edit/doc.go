// Package edit holds the commands of natsfix edit: set, add, remove, rename
// and others, in the manner of buildozer.
//
// A script of commands is a rule that edits a file once: it goes through the
// engine like any other, with all proofs. The commands run one after the other
// on scratch texts. Each says twice what it does: as byte edits where the
// values are written, and as a change of plain values. After each command the
// servers must be what the plain values say; what is declared to the engine in
// the end follows from the values alone. Files that servers share are one unit:
// either every command is carried out there, or none.
package edit
