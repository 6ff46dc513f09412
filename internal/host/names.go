package host

import (
	"path/filepath"
	"strings"
)

// Form says what kind of file a name promises.
type Form uint8

const (
	Other    Form = iota // nothing of interest
	Plain                // NATS configuration itself
	YAML                 // Kubernetes manifests, Helm values, Compose files
	Markdown             // documentation with fenced code
	HCL                  // Terraform and Nomad, with heredocs
	Unit                 // a systemd unit, with a command line
	Script               // a shell script or Dockerfile, with heredocs
)

// Language is the template language that a file is written in.
type Language uint8

const (
	NoTemplate  Language = iota
	AnyTemplate          // to be told by the text
	Jinja                // {{ }} {% %} {# #}
	GoTemplate           // {{ }}
	ERB                  // <% %>
	Shell                // ${NAME}, as envsubst replaces it
	Terraform            // ${ } %{ }
	Compose              // ${NAME} and $NAME; $$ is a dollar sign
	HereDoc              // what a shell replaces in a heredoc
	Autoconf             // @NAME@ and ${NAME}, as configure and CMake replace them
)

// suffixes are endings that name a template language, or say that a file is an
// example of one without them.
var suffixes = map[string]Language{
	".j2": Jinja, ".jinja": Jinja, ".jinja2": Jinja, ".erb": ERB, ".epp": ERB, ".gotmpl": GoTemplate, ".ctmpl": GoTemplate,
	".tmpl": AnyTemplate, ".tpl": AnyTemplate, ".template": AnyTemplate, ".in": Autoconf, ".tftpl": Terraform, ".envsubst": Shell,
	".example": NoTemplate, ".sample": NoTemplate, ".dist": NoTemplate, ".default": NoTemplate,
}

// endings are the ones of files that may hold NATS configuration. Those with
// false must speak of NATS in the rest of their name.
var endings = map[string]struct {
	form Form
	any  bool
}{
	".conf": {Plain, true}, ".yaml": {YAML, true}, ".yml": {YAML, true}, ".md": {Markdown, true}, ".markdown": {Markdown, true},
	".mdx": {Markdown, true}, ".tf": {HCL, true}, ".hcl": {HCL, true}, ".nomad": {HCL, true}, ".service": {Unit, true},
	".sh": {Script, true}, ".bash": {Script, true}, ".dockerfile": {Script, true},
	".cfg": {Plain, true}, ".config": {Plain, false}, ".json": {Plain, false}, "": {Plain, false},
}

// FormOf says what a file may hold, judged by its name.
func FormOf(name string) (Form, Language) {
	base := name
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		base = name[i+1:]
	}
	rest, ext := cutExt(base)
	lang, special := suffixes[ext]
	if special {
		base = rest
		_, ext = cutExt(base)
	}
	e, ok := endings[ext]
	switch {
	case base == "Dockerfile" || base == "Containerfile" || strings.HasPrefix(base, "Dockerfile."):
		return Script, lang
	case !ok && special && speaks(base): // nats-server.v2.j2
		return Plain, lang
	case !ok:
		return Other, NoTemplate
	case !e.any && !speaks(base) && (lang == NoTemplate || ext != ""):
		return Other, NoTemplate
	}
	if e.form == YAML && lang == NoTemplate {
		lang = AnyTemplate // Helm's templates and Ansible's files end like others
	}
	return e.form, lang
}

// cutExt splits a name at its last dot; a dot in front is none.
func cutExt(base string) (rest, ext string) {
	i := strings.LastIndexByte(base, '.')
	if i <= 0 {
		return base, ""
	}
	return base[:i], strings.ToLower(base[i:])
}

// nameSpeaks reports whether a file's name, or that of its directory, speaks of
// NATS.
func nameSpeaks(name string) bool {
	dir, base := filepath.Split(filepath.ToSlash(name))
	return speaks(base) || speaks(filepath.Base(dir))
}

func speaks(word string) bool {
	word = strings.ToLower(word)
	for _, w := range []string{"nats", "jetstream", "leafnode"} {
		if strings.Contains(word, w) {
			return true
		}
	}
	return false
}
