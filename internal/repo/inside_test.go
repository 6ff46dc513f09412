package repo

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// A folder named .git with nothing of a repository in it is none to git, so the
// files beside it are those of the checkout around it.
func TestAnEmptyGitFolderHidesNoUncommittedWork(t *testing.T) {
	isolate(t)
	write(t, "r/in/changed.conf", "r/in/clean.conf")
	commit(t, "r")
	if err := os.Mkdir("r/in/.git", 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, "r/in/changed.conf", "new")
	wantDirty(t, []string{"r/in/changed.conf", "r/in/clean.conf"}, map[string]State{"r/in/changed.conf": Modified})
}

func TestADamagedRepositoryIsNotTakenForTheOneAroundIt(t *testing.T) {
	isolate(t)
	write(t, "r/a.conf", "r/in/a.conf")
	commit(t, "r")
	commit(t, "r/in")
	if err := os.Remove("r/in/.git/HEAD"); err != nil {
		t.Fatal(err)
	}
	put(t, "r/in/a.conf", "new")
	_, err := realGit().Dirty([]string{"r/in/a.conf"})
	if _, ok := errors.AsType[*GitError](err); !ok {
		t.Errorf("Dirty says %v; expected that git cannot say", err)
	}
}

// What core.worktree names is another folder than the one that holds .git.
func TestCoreWorktreeHidesNoUncommittedWork(t *testing.T) {
	top := isolate(t)
	write(t, "r/a.conf", "r/b.conf")
	commit(t, "r")
	write(t, "else/a.conf", "else/b.conf")
	put(t, "else/a.conf", "r/a.conf\n")
	put(t, "else/b.conf", "r/b.conf\n")
	git(t, "r", "config", "core.worktree", top+"/else")
	put(t, "r/a.conf", "new")
	wantDirty(t, []string{"r/a.conf", "r/b.conf"}, map[string]State{"r/a.conf": Modified})
	changed, err := realGit().ChangedSince("HEAD", []string{"r/a.conf", "r/b.conf"})
	if err != nil || len(changed) != 1 || changed[0] != "r/a.conf" {
		t.Errorf("ChangedSince says %q, %v; expected r/a.conf", changed, err)
	}
}

// That git cannot say anything is not the fault of the commit that was named.
func TestChangedSinceInABrokenCheckoutDoesNotBlameTheCommit(t *testing.T) {
	isolate(t)
	write(t, "r/a.conf")
	put(t, "r/.git", "gitdir: nowhere\n")
	_, err := realGit().ChangedSince("HEAD", []string{"r/a.conf"})
	if err == nil || strings.Contains(err.Error(), "no commit") || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("ChangedSince says %v", err)
	}
}
