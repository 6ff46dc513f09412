package verify

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/natsfix/natsfix/internal/oracle"
)

// conversion is what the server says of a value of the wrong type: the Go
// types that it has and wants.
var conversion = regexp.MustCompile(`interface conversion: interface \{\} is (.+), not (.+)$`)

// goTypes are the types of values in words.
var goTypes = map[string]string{
	"string": "a text", "int64": "a number", "float64": "a number with a fraction", "bool": "true or false",
	"[]interface {}": "a list", "map[string]interface {}": "a block", "time.Time": "a date", "[]string": "a list of texts", "nil": "nothing",
}

// inWords says in words what the server says where no rule knows it.
func (p problem) inWords() string {
	switch {
	case p.ofFile:
		return p.Message
	case p.words != "":
		return p.words
	}
	message := plainMessage(p.Message)
	if p.other != "" {
		return fmt.Sprintf("nats-server %s refuses this, %s does not: %s", p.other, oracle.Release(), message)
	}
	switch {
	case p.Warning:
		return "the server warns: " + message
	case undefined.MatchString(message):
		return fmt.Sprintf("nothing gives $%s a value: the server refuses to start unless its environment does; give one with --env or --env-file", undefined.FindStringSubmatch(message)[1])
	case strings.HasPrefix(message, "config is invalid"):
		return "the file ends, or a block does, where a value is missing: the server refuses it"
	case p.Stage == oracle.StageParse:
		return "the server cannot parse this: " + message
	}
	if m := conversion.FindStringSubmatch(message); m != nil && goTypes[m[1]] != "" && goTypes[m[2]] != "" {
		return fmt.Sprintf("the server wants %s here, not %s", goTypes[m[2]], goTypes[m[1]])
	}
	if strings.HasPrefix(message, "runtime error: ") || strings.HasPrefix(message, "encountered panic") {
		return "the server gives up on this block, for something in it that it says as well, or cannot take"
	}
	switch p.Stage {
	case oracle.StageConfig:
		return "the server refuses this: " + message
	case oracle.StageStart:
		return "nats-server -t calls this valid, but the server refuses to start: " + message
	}
	return "the server ends at the start: " + message
}
