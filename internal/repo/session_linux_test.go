package repo

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A program that git starts cannot ask on the terminal, and Ctrl-C does not reach
// it.
func TestGitRunsInASessionOfItsOwn(t *testing.T) {
	top := isolate(t)
	put(t, "ssh.sh", "cat /proc/$$/stat > "+top+"/stat\nexit 1\n")
	t.Setenv("GIT_SSH_COMMAND", "sh "+top+"/ssh.sh")
	if err := Clone(Exec(context.Background()), "ssh://example.com/r", top+"/clone"); err == nil {
		t.Fatal("there is nothing to clone")
	}
	stat, err := os.ReadFile("stat")
	if err != nil {
		t.Fatal(err)
	}
	// PID (NAME) STATE PPID PGRP SESSION ...
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	own, err := unix.Getsid(0)
	if err != nil || len(fields) < 4 {
		t.Fatal(err, string(stat))
	}
	if fields[3] == strconv.Itoa(own) {
		t.Errorf("git runs in the session %d of the test", own)
	}
}

// A server that takes a call and never answers does not hold the run up.
func TestACloneFromAServerThatDoesNotAnswerEnds(t *testing.T) {
	top := isolate(t)
	t.Setenv("GIT_HTTP_LOW_SPEED_TIME", "1")
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err = Clone(Exec(ctx), "http://"+server.Addr().String()+"/r.git", top+"/clone")
	if err == nil || ctx.Err() != nil || !strings.Contains(err.Error(), "git clone") {
		t.Errorf("%v (%v)", err, ctx.Err())
	}
}

// What git has started ends with it when the run is interrupted.
func TestAnInterruptedCloneLeavesNoProgramBehind(t *testing.T) {
	top := isolate(t)
	put(t, "ssh.sh", "echo $$ > "+top+"/started\nexec sleep 600\n")
	t.Setenv("GIT_SSH_COMMAND", "sh "+top+"/ssh.sh")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- Clone(Exec(ctx), "ssh://example.com/r", top+"/clone") }()
	for {
		if text, err := os.ReadFile("started"); err == nil && strings.HasSuffix(string(text), "\n") {
			break
		}
		select {
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-ended; err == nil {
		t.Fatal("the clone went on")
	}
	text, err := os.ReadFile("started")
	if err != nil {
		t.Fatal(err)
	}
	// The kernel ends a killed program in its own time.
	for giveUp := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		state, err := os.ReadFile("/proc/" + strings.TrimSpace(string(text)) + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") { // nobody may have waited for it yet
			return
		}
		if time.Now().After(giveUp) {
			t.Fatalf("it is still there: %s", state)
		}
	}
}
