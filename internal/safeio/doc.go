// Package safeio reads and writes configuration files so that nothing is ever lost.
//
// [Read] takes in regular files only. Writing goes through a [Store], the
// user's state directory: [Open] locks it, [Store.Recover] settles what a run
// that was cut off left behind, [Store.Begin] starts a run, and [Run.Write]
// writes one group of files, all of them or none. [Store.Undo] takes a run
// back. A dry run asks a [Guard], which writes nothing anywhere.
//
// # How a group is written
//
//  1. Every file is checked: it still holds the bytes that were read, it lies
//     inside the caller's roots, and it can be replaced without losing its
//     owner, mode, extended attributes or another name (hard link).
//  2. The journal receives the group: paths, digests, names of the temporary
//     files, and the old content.
//  3. Every new content goes to a temporary file in the same directory
//     (0600, O_EXCL), which then gets the owner, attributes and mode of the
//     original. Temporary files and journal are synced to disk.
//  4. In the caller's order, each file is compared with the digest once more
//     and replaced by rename. The directories are synced.
//  5. The journal records that the group is done.
//
// Whatever goes wrong before step 5 is taken back from the old content in the
// journal, at once or, after SIGKILL or a power cut, by Recover.
//
// Files that cannot be replaced by rename (hard links, bind mounts, files of
// another owner, files in a read-only directory) are refused, unless the
// caller asks for in-place writing: then new bytes are laid over the old ones
// and the file is cut to length, with the old content in the journal first.
//
// # Limits
//
// Between the last digest check and the rename another program can still
// write: the window is some microseconds. Extended attributes are kept on
// Linux, access control lists on Linux and Windows; elsewhere only owner and
// mode. On Windows directories cannot be synced, so a power cut (not a killed
// process) may bring back the old names; Recover handles that as any other
// half-written group.
package safeio
