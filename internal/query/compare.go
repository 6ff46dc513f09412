package query

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/natsfix/natsfix/internal/ast"
	"github.com/natsfix/natsfix/internal/fleet"
)

// Op is a test of values.
type Op uint8

const (
	Exists Op = iota
	Absent
	Equal
	NotEqual
	Less
	AtMost
	More
	AtLeast
	Contains
	Matches
	NotMatches
	Is // of a kind
)

var opTexts = [...]string{"exists", "absent", "==", "!=", "<", "<=", ">", ">=", "contains", "=~", "!~", "is"}

func (o Op) String() string { return opTexts[o] }

// operand is what values are compared with.
type operand struct {
	text string
	re   *regexp.Regexp
	// literal is the value that the text is in NATS syntax, nil if it is none,
	// or was written in quotes.
	literal *fleet.Value
}

// test reports whether one of the values passes; a negated test whether none
// fails it.
func test(found []*Match, op Op, to operand) bool {
	switch op {
	case Exists:
		return len(found) > 0
	case Absent:
		return len(found) == 0
	case NotEqual:
		return !test(found, Equal, to)
	case NotMatches:
		return !test(found, Matches, to)
	}
	for _, m := range found {
		if m.passes(op, to) {
			return true
		}
	}
	return false
}

func (m *Match) passes(op Op, to operand) bool {
	switch op {
	case Is:
		return isKind(m, to.text)
	case Contains:
		return m.contains(to)
	}
	if m.Value == nil || m.Value.IsMap() || m.Value.IsList() {
		return false
	}
	switch op {
	case Matches:
		return to.re.MatchString(m.Value.Text())
	case Equal:
		return to.equals(m.Value)
	}
	order, ok := to.order(m.Value)
	if !ok {
		return false
	}
	switch op {
	case Less:
		return order < 0
	case AtMost:
		return order <= 0
	case More:
		return order > 0
	}
	return order >= 0
}

// contains reports whether a text has another one in it, a list an item, a
// block a key.
func (m *Match) contains(to operand) bool {
	switch {
	case m.Map() != nil:
		return len(m.entries(to.text)) > 0
	case m.Value.IsList():
		for _, v := range m.Value.List {
			if to.equals(v) {
				return true
			}
		}
		return false
	}
	return strings.Contains(m.Value.Text(), to.text)
}

// equals compares a value as the server reads it, and as it is written.
func (o operand) equals(v *fleet.Value) bool {
	if v.IsMap() || v.IsList() {
		return false
	}
	if v.Text() == o.text {
		return true
	}
	if o.literal == nil || v.Unknown() {
		return false
	}
	switch a, b := v.Node, o.literal.Node; {
	case a.Kind() == ast.KindBool && b.Kind() == ast.KindBool:
		return a.BoolValue() == b.BoolValue()
	case a.Kind() == ast.KindString && b.Kind() == ast.KindString:
		return a.Text() == b.Text()
	}
	x, okX := number(v)
	y, okY := number(o.literal)
	return okX && okY && x == y
}

// order compares numbers, sizes and durations.
func (o operand) order(v *fleet.Value) (int, bool) {
	if o.literal == nil {
		return 0, false
	}
	x, okX := number(v)
	y, okY := number(o.literal)
	return cmp.Compare(x, y), okX && okY
}

// number returns the number that a value stands for: an int with its size
// suffix, a float, or the seconds of a duration such as 2m.
func number(v *fleet.Value) (float64, bool) {
	switch v.Kind() {
	case ast.KindInt:
		return float64(v.Node.IntValue()), true
	case ast.KindFloat:
		return v.Node.FloatValue(), true
	case ast.KindString:
		if d, err := time.ParseDuration(v.Text()); err == nil {
			return d.Seconds(), true
		}
		f, err := strconv.ParseFloat(v.Text(), 64)
		return f, err == nil
	}
	return 0, false
}

// kinds are the words behind "is".
var kinds = []string{"block", "list", "string", "number", "bool", "unknown"}

func isKind(m *Match, kind string) bool {
	if m.Map() != nil {
		return kind == "block"
	}
	switch m.Value.Kind() {
	case ast.KindArray:
		return kind == "list"
	case ast.KindString:
		return kind == "string"
	case ast.KindInt, ast.KindFloat:
		return kind == "number"
	case ast.KindBool:
		return kind == "bool"
	case ast.KindVariable:
		return kind == "unknown"
	}
	return false
}
