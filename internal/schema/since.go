package schema

import (
	"strconv"
	"strings"
)

// Since returns the first releases that know the field under name (its Name or an alias, in any case): one for most, and one per
// release line where it was brought to older lines too, as in [v2.11.11 v2.12.2]. It is nil for a name that the field does not
// have and where keys are data. Releases before v2.0.0 are not told apart.
func (f *Field) Since(name string) []string {
	if len(f.since) == 0 {
		return nil
	}
	if strings.EqualFold(name, f.Name) {
		return strings.Fields(f.since[0])
	}
	for i, alias := range f.Aliases {
		if !strings.EqualFold(name, alias) {
			continue
		}
		if len(f.since) == 1 {
			return strings.Fields(f.since[0])
		}
		return strings.Fields(f.since[i+1])
	}
	return nil
}

// KnownIn reports whether the nats-server release ("v2.12.0" or "2.12.0") knows the field under name. A release that is not of
// that form knows nothing.
func (f *Field) KnownIn(name, release string) bool {
	v, ok := parseRelease(release)
	if !ok {
		return false
	}
	since := f.Since(name)
	for i, s := range since {
		first, _ := parseRelease(s)
		newest := i == len(since)-1
		sameLine := v[0] == first[0] && v[1] == first[1]
		if (newest || sameLine) && !older(v, first) {
			return true
		}
	}
	return false
}

// parseRelease reads major, minor and patch; a suffix such as -RC.1 is left out of account.
func parseRelease(s string) (v [3]int, ok bool) {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "v"), "-")
	parts := strings.Split(s, ".")
	if len(parts) != len(v) {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return v, false
		}
		v[i] = n
	}
	return v, true
}

func older(a, b [3]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
