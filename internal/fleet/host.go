package fleet

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// NeverHost reports whether a text is neither an address nor a name that any
// machine may know, so that the server can neither listen there nor connect: which
// names there are differs from machine to machine, and is not asked for. What is
// no name the resolver refuses by itself (package net, isDomainName). Numbers that
// some systems read as an address are left out.
func NeverHost(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil || text == "" {
		return false
	}
	if quad.MatchString(text) {
		parts := strings.Split(text, ".")
		// Zeros in front make an octal number, which some systems take.
		return len(parts) > 4 || slices.ContainsFunc(parts, func(part string) bool {
			n, err := strconv.Atoi(part)
			return part[0] != '0' && (err != nil || n > 255)
		})
	}
	return strings.ContainsFunc(text, func(r rune) bool {
		return r < 0x80 && r != '-' && r != '.' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// quad matches what is read as an IPv4 address, or as nothing.
var quad = regexp.MustCompile(`^[0-9]+(\.[0-9]+){3,}$`)
