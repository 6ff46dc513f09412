// Package bulk corrects many repositories, each on a branch of its own.
//
// A repository is looked at as its last commit has it: files that are to be
// looked into are copied to a private directory, the others are read from git
// when they are needed, and what somebody is working on in a checkout has no
// part in it. The corrections become commits and the branch by git's own means,
// without touching work tree or index.
//
// # How a run survives being cut off
//
// The state file is a list of lines, each written at once: what was decided
// about a repository, before and after the one step that counts, which is that
// git makes the branch. A branch is there with all of its commits or not at
// all. What a run finds is compared with the state: a branch at the commit that
// the state names is its own, and so is one with further commits on top; any
// other is somebody else's and left alone.
package bulk
