package types

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	plainNumber  = regexp.MustCompile(`^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)
	durationPart = regexp.MustCompile(`([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([a-zA-Zµμ]+)`)
	durationText = regexp.MustCompile(`^-?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[a-zA-Zµμ]+)+$`)
)

// unitWords are the units that people write, in lower case, as those that
// time.ParseDuration knows, or as a number of hours.
var unitWords = map[string]struct {
	unit  string
	hours float64
}{
	"ns": {"ns", 0}, "us": {"us", 0}, "µs": {"us", 0}, "μs": {"us", 0},
	"ms": {"ms", 0}, "msec": {"ms", 0}, "msecs": {"ms", 0}, "millis": {"ms", 0}, "millisecond": {"ms", 0}, "milliseconds": {"ms", 0},
	"s": {"s", 0}, "sec": {"s", 0}, "secs": {"s", 0}, "second": {"s", 0}, "seconds": {"s", 0},
	"m": {"m", 0}, "min": {"m", 0}, "mins": {"m", 0}, "minute": {"m", 0}, "minutes": {"m", 0},
	"h": {"h", 1}, "hr": {"h", 1}, "hrs": {"h", 1}, "hour": {"h", 1}, "hours": {"h", 1},
	"d": {"h", 24}, "day": {"h", 24}, "days": {"h", 24},
	"w": {"h", 168}, "week": {"h", 168}, "weeks": {"h", 168},
}

// durationOf returns a duration that people wrote as time.ParseDuration reads
// it: days and weeks in hours, words as letters; "" if it is none, or if its
// unit can be read in two ways (M).
func durationOf(text string) string {
	text = strings.Join(strings.Fields(text), "")
	if !durationText.MatchString(text) {
		return ""
	}
	var b strings.Builder
	if text[0] == '-' {
		b.WriteByte('-')
	}
	hours := 0.0
	flush := func() {
		if hours != 0 {
			b.WriteString(strconv.FormatFloat(hours, 'f', -1, 64) + "h")
			hours = 0
		}
	}
	for _, part := range durationPart.FindAllStringSubmatch(text, -1) {
		u, ok := unitWords[strings.ToLower(part[2])]
		if !ok || part[2] == "M" {
			return ""
		}
		if u.hours == 0 {
			flush()
			b.WriteString(part[1] + u.unit)
			continue
		}
		n, err := strconv.ParseFloat(part[1], 64)
		if err != nil {
			return ""
		}
		hours += n * u.hours
	}
	flush()
	if _, err := time.ParseDuration(b.String()); err != nil {
		return ""
	}
	return b.String()
}
