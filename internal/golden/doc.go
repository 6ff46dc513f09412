// Package golden runs golden cases: configuration files with the findings and
// the rewritten files that rules must give for them.
//
// A case is one txtar file. The comment on top says what the case shows; below
// it stand directives, one a line:
//
//	rule: NAME               a rule to run (default: the name of the case's folder)
//	set: RULE.PARAM=VALUE    a parameter, as with --set
//	env: NAME=VALUE          the value of a variable, as with --env
//	args: --cluster_name X   flags that every server is started with, as with --server-args
//	unsafe                   apply unsafe fixes too, as with --unsafe
//	window: FROM TO          the releases that the files are for, as with --from and --target
//	today: YYYY-MM-DD        the day by which comments with until= expire
//	hosts: NAME=FILE         the root file that answers under a host name
//	target: FILE...          the files to report on and to change; the others are context (default: all files)
//	crlf: FILE...            these files have CRLF line ends,
//	no-final-newline: FILE...   no line end behind the last line,
//	bom: FILE...             or a byte order mark, before and after
//	lost: COMMENT            a comment that the fix may take away
//	edit: COMMAND            a command of natsfix edit, to be run instead of rules
//	where: CONDITION         the servers that the commands are for, as with --where
//	repeats                  the commands do more each time they run, as replace may
//
// The sections are the files, in/PATH, and what must come of them: findings,
// out/PATH for each file that changes, changes (the effective ones), server
// (what the official server says before and after), notes, refused, and diff
// (all changes as one patch, beside out/PATH or in its place). What is empty is
// left out. docs/golden-files.md tells users the same.
//
// A [Runner] runs cases with the rules that it is given, whether natsfix brings
// them along or somebody wrote them; [Find] finds cases, and [Pending] keeps
// what came of one beside it until somebody decides.
package golden
