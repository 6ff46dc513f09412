package config

import (
	"errors"
	"path"
	"regexp"
	"strings"
)

// Glob is a pattern for paths below one folder, with the meaning that patterns
// have in a .gitignore file:
//
//   - A pattern without a slash, or with one at its end only, matches at any
//     depth; any other one starts at the folder.
//   - ** stands for any number of directories, at the end of a pattern for
//     everything inside; *, ? and [a-z] stand for characters other than the
//     slash; \ takes the meaning from the character that follows.
//   - A pattern that matches a directory matches everything in it. One that
//     ends in a slash matches directories only.
//
// There is no negation.
type Glob struct {
	text   string
	chunks [][]string // segments between the **; the first chunk starts at the folder
	inside bool       // something must be left of the path: the pattern ended in / or **
	marked bool       // the pattern ended in /, so a directory itself matches
}

// class is a named class of characters inside brackets.
var class = regexp.MustCompile(`(^|[^\\])\[[^\]]*\[:[a-z]+:\]`)

// ParseGlob reads a pattern.
func ParseGlob(pattern string) (Glob, error) {
	g := Glob{text: pattern}
	p := strings.TrimPrefix(pattern, "./")
	anchored := len(p) < len(pattern)
	if strings.HasPrefix(p, "!") {
		return g, errors.New(`a pattern cannot take back another one; for a name that starts with ! write \! there`)
	}
	if t := strings.TrimRight(p, "/"); t != p {
		g.inside, g.marked = true, true
		p = t
	}
	anchored = anchored || strings.Contains(p, "/")
	p = strings.TrimLeft(p, "/")
	if p == "" {
		return g, errors.New("the pattern is empty; write ** for everything")
	}
	chunk := []string{}
	if !anchored {
		g.chunks, chunk = append(g.chunks, chunk), nil
	}
	segments := strings.Split(p, "/")
	for i, s := range segments {
		switch s {
		case "**":
			g.chunks, chunk = append(g.chunks, chunk), nil
			if i == len(segments)-1 {
				g.inside = true
			}
			continue
		case "", ".", "..":
			return g, errors.New("a pattern has no empty, . or .. parts; it starts at the folder of its file")
		}
		if class.MatchString(s) {
			return g, errors.New("the pattern has a class such as [:alpha:], which is not known here; write the characters, as in [a-z]")
		}
		s = strings.ReplaceAll(s, "[!", "[^")
		if _, err := path.Match(s, ""); err != nil {
			return g, errors.New(`the pattern has an unfinished [ or \; write \[ for a bracket`)
		}
		chunk = append(chunk, s)
	}
	g.chunks = append(g.chunks, chunk)
	return g, nil
}

// String returns the pattern as it was written.
func (g Glob) String() string { return g.text }

// Match reports whether the pattern matches the slash-separated path, which is
// relative to the pattern's folder, or a directory on the way to it.
func (g Glob) Match(rel string, isDir bool) bool {
	return g.match(strings.Split(rel, "/"), isDir)
}

// match looks for each chunk at the first place after the one before. That is
// always the best place, because a match may end anywhere: a pattern that is
// used up has matched a directory on the way.
func (g Glob) match(segments []string, isDir bool) bool {
	for i, chunk := range g.chunks {
		for !startsWith(segments, chunk) {
			if i == 0 || len(segments) == 0 {
				return false
			}
			segments = segments[1:]
		}
		segments = segments[len(chunk):]
	}
	return len(segments) > 0 || !g.inside || g.marked && isDir
}

func startsWith(segments, chunk []string) bool {
	if len(segments) < len(chunk) {
		return false
	}
	for i, c := range chunk {
		if ok, _ := path.Match(c, segments[i]); !ok {
			return false
		}
	}
	return true
}
