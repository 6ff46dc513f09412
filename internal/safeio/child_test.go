package safeio

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// childEnv makes the test binary act as a natsfix process of its own.
const childEnv = "SAFEIO_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "write", "check", "aside":
		os.Exit(childWrite(os.Args[1:]))
	case "loop":
		os.Exit(childLoop(os.Args[1:]))
	}
	os.Exit(99)
}

// childWrite STATE ROOT FILE IN-PLACE CONTENT writes one file, or checks it only, or writes it as
// one of natsfix's own. Its exit code is the kind of the error.
func childWrite(args []string) int {
	ctx := context.Background()
	opts := Options{Roots: []string{args[1]}, InPlace: args[3] == "true"}
	err := func() error {
		if os.Getenv(childEnv) == "aside" {
			return WriteAside(args[2], []byte(args[4]), 0o600)
		}
		f, err := Read(args[2], Limits{})
		if err != nil {
			return err
		}
		if os.Getenv(childEnv) == "check" {
			g, err := NewGuard(opts)
			if err != nil {
				return err
			}
			return g.Check([]Change{{Path: args[2], Before: f.Digest(), New: []byte(args[4])}})
		}
		s, err := Open(ctx, args[0], 0)
		if err != nil {
			return err
		}
		defer s.Close()
		if _, err := s.Recover(ctx); err != nil {
			return err
		}
		r, err := s.Begin(opts)
		if err != nil {
			return err
		}
		defer r.Close()
		return r.Write(ctx, []Change{{Path: args[2], Before: f.Digest(), New: []byte(args[4])}})
	}()
	if err == nil {
		return 0
	}
	fmt.Println(err)
	if e, ok := err.(*Error); ok {
		return int(e.Kind)
	}
	return 98
}

// childLoop STATE ROOT VERSION writes the group of nine again and again, each
// time with the next version, until it is killed.
func childLoop(args []string) int {
	ctx := context.Background()
	s, err := Open(ctx, args[0], time.Minute)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if _, err := s.Recover(ctx); err != nil {
		fmt.Println(err)
		return 1
	}
	version, _ := strconv.Atoi(args[2])
	r, err := s.Begin(Options{Roots: []string{args[1]}, InPlace: true})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("go")
	for ; ; version++ {
		var group []Change
		for i := range 9 {
			path := fmt.Sprintf("%s/%d.conf", args[1], i)
			group = append(group, Change{Path: path, Before: Sum([]byte(versionText(version, i))), New: []byte(versionText(version+1, i))})
		}
		if err := r.Write(ctx, group); err != nil {
			fmt.Println(err)
			return 1
		}
	}
}

// versionText is the whole content of file i at a version; its length differs
// from version to version.
func versionText(version, i int) string {
	return fmt.Sprintf("%d %d\n", version, i) + strings.Repeat(fmt.Sprintf("subject: \"v%d.%d\"\n", version, i), (version*97+i*31)%500)
}
