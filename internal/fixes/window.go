package fixes

import (
	"fmt"
	"strconv"
	"strings"
)

// Release is a nats-server release.
type Release struct{ Major, Minor, Patch int }

// ParseRelease reads a release such as 2.14, v2.14.5 or 2.15.0-RC.1, whose
// suffix is left out.
func ParseRelease(text string) (Release, error) {
	var r Release
	core, _, _ := strings.Cut(strings.TrimPrefix(text, "v"), "-")
	parts := strings.Split(core, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return r, fmt.Errorf("%q is no release: expected one such as 2.14 or 2.14.5", text)
	}
	for i, to := range []*int{&r.Major, &r.Minor, &r.Patch}[:len(parts)] {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return r, fmt.Errorf("%q is no release: expected one such as 2.14 or 2.14.5", text)
		}
		*to = n
	}
	return r, nil
}

// Less reports whether r came before o.
func (r Release) Less(o Release) bool {
	if r.Major != o.Major {
		return r.Major < o.Major
	}
	if r.Minor != o.Minor {
		return r.Minor < o.Minor
	}
	return r.Patch < o.Patch
}

func (r Release) String() string { return fmt.Sprintf("%d.%d.%d", r.Major, r.Minor, r.Patch) }

// Window is the span of server releases that files are for: the oldest still
// running, and the newest they are meant for. The zero Window is
// [DefaultWindow].
type Window struct{ From, To Release }

// DefaultWindow is the span of releases that upstream maintains: the linked
// minor release and the one before it.
var DefaultWindow = Window{Release{2, 14, 0}, Release{2, 15, 2}}

func (w Window) bounds() Window {
	if w == (Window{}) {
		return DefaultWindow
	}
	return w
}

// Before reports whether the window has a release older than the given one.
func (w Window) Before(major, minor, patch int) bool {
	return w.bounds().From.Less(Release{major, minor, patch})
}

// Reaches reports whether the window has the given release or a newer one.
func (w Window) Reaches(major, minor, patch int) bool {
	return !w.bounds().To.Less(Release{major, minor, patch})
}
