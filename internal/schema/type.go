package schema

import "strings"

// A Type is a set of flags. The first six say which tokens the server accepts as the value; a field that takes a bool, a word or
// a block has all three. The others say what the accepted text or number means.
type Type uint32

// Kinds of values.
const (
	String Type = 1 << iota
	Int         // an integer; a suffix such as KB multiplies
	Float
	Bool
	List // Field.Elem tells of what
	Map  // Field.Block tells which
)

// Meanings of a String or an Int.
const (
	Size          Type = 1 << (iota + 6) // bytes: an Int; with String also "<int>K", M, G or T in powers of two
	Duration                             // the String is a time.ParseDuration text
	Seconds                              // a bare number counts seconds
	DeprecatedInt                        // the Int is taken with a warning ("should be converted to a duration")
	Port                                 // the Int is a port
	HostPort                             // the String is host:port
	URL
	Path // of a file or directory
	Subject
	Percent  // 1 to 100: an Int, or a String with or without %
	Enum     // the String is one of Field.Values, if no other meaning of the field fits it
	Account  // names an account
	Cluster  // names a cluster
	NKey     // public nkey
	Seed     // private nkey
	JWT      // inline
	Ignored  // the server reads nothing from the value
	Unusable // no value is accepted: a bug of the server
	Silent   // values of other kinds are taken without a word and not read
)

// Has reports whether all flags of want are set.
func (t Type) Has(want Type) bool { return t&want == want }

// String lists the flags, as in "String|Duration|Int".
func (t Type) String() string {
	var sb strings.Builder
	for i, name := range typeNames {
		if t&(1<<i) == 0 {
			continue
		}
		if sb.Len() > 0 {
			sb.WriteByte('|')
		}
		sb.WriteString(name)
	}
	if sb.Len() == 0 {
		return "0"
	}
	return sb.String()
}

var typeNames = [...]string{
	"String", "Int", "Float", "Bool", "List", "Map",
	"Size", "Duration", "Seconds", "DeprecatedInt", "Port", "HostPort", "URL", "Path", "Subject", "Percent", "Enum",
	"Account", "Cluster", "NKey", "Seed", "JWT", "Ignored", "Unusable", "Silent",
}

// Effect is what a change of a field asks of a running server. Greater means more.
type Effect uint8

// The effects. A field has the strongest that an ordinary change of its value needs; [Field.EffectSource] names exceptions.
const (
	None               Effect = iota // nothing changes
	Reload                           // `nats-server --signal reload` applies it
	Restart                          // a reload is refused
	CoordinatedRestart               // as Restart, for every server that shares the setting
)

// String returns the name used in reports.
func (e Effect) String() string {
	switch e {
	case None:
		return "none"
	case Reload:
		return "reload"
	case Restart:
		return "restart"
	default:
		return "coordinated-restart"
	}
}
