package host

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Object names a ConfigMap or a Secret. What a template fills in is part of a
// name as it is written.
type Object struct{ Kind, Namespace, Name string }

// Is reports whether both name the same object. A manifest without a namespace
// goes to the one that it is applied to.
func (o Object) Is(other Object) bool {
	return o.Kind == other.Kind && o.Name == other.Name &&
		(o.Namespace == other.Namespace || o.Namespace == "" || other.Namespace == "")
}

// object returns what the metadata of an object of Kubernetes says; the zero
// value for other kinds.
func (y *yamlFile) object(n *yaml.Node) Object {
	kind, meta := scalar(field(n, "kind")), field(n, "metadata")
	if kind != "ConfigMap" && kind != "Secret" || scalar(field(meta, "name")) == "" {
		return Object{}
	}
	return Object{Kind: kind, Namespace: y.written(field(meta, "namespace")), Name: y.written(field(meta, "name"))}
}

// written returns a scalar with what a template fills in as it is written.
func (y *yamlFile) written(n *yaml.Node) string {
	value := scalar(n)
	if y.flow == nil || value == "" || n.Line < 1 || n.Line > len(y.lines) {
		return value
	}
	at := y.offset(n).Start
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		at++
	}
	if end := at + len(value); end <= len(y.text) && string(y.text[at:end]) == value {
		value = string(y.Src[at:end])
	}
	return strings.Join(strings.Fields(trims.Replace(value)), " ")
}

// trims takes the white space control out of templates, which decides nothing
// inside a name.
var trims = strings.NewReplacer("{{-", "{{ ", "-}}", " }}", "{{", "{{ ", "}}", " }}")

// pods looks for the containers of objects of Kubernetes. namespace is that of
// the object around, "" if it has none.
func (y *yamlFile) pods(n *yaml.Node, namespace string) {
	if ns := y.written(field(field(n, "metadata"), "namespace")); ns != "" {
		namespace = ns
	}
	if containers := field(n, "containers"); containers != nil && containers.Kind == yaml.SequenceNode {
		for _, c := range containers.Content {
			y.container(c, field(n, "volumes"), namespace)
		}
	}
	for _, c := range n.Content {
		if c.Kind == yaml.MappingNode || c.Kind == yaml.SequenceNode {
			y.pods(c, namespace)
		}
	}
}

// container adds the command of a container of a pod.
func (y *yamlFile) container(n, volumes *yaml.Node, namespace string) {
	all := y.open(append(wordsOf(field(n, "command")), wordsOf(field(n, "args"))...))
	flags, ok := serverFlags(all, isServerImage(scalar(field(n, "image"))))
	if !ok {
		return
	}
	var mounts []mount
	for _, vm := range items(field(n, "volumeMounts")) {
		for _, v := range items(volumes) {
			if scalar(field(v, "name")) != scalar(field(vm, "name")) {
				continue
			}
			at, sub := scalar(field(vm, "mountPath")), scalar(field(vm, "subPath"))
			mounts = append(mounts, y.source("ConfigMap", field(v, "configMap"), "name", namespace, at, sub)...)
			mounts = append(mounts, y.source("Secret", field(v, "secret"), "secretName", namespace, at, sub)...)
			for _, s := range items(field(field(v, "projected"), "sources")) {
				mounts = append(mounts, y.source("ConfigMap", field(s, "configMap"), "name", namespace, at, sub)...)
				mounts = append(mounts, y.source("Secret", field(s, "secret"), "name", namespace, at, sub)...)
			}
		}
	}
	y.command(flags, mounts)
}

// open makes what a template fills in unknown, like a variable of the container.
func (y *yamlFile) open(words []string) []string {
	if y.flow != nil {
		for i := range words {
			words[i] = filled.ReplaceAllString(words[i], "$(...)")
		}
	}
	return words
}

// source returns what a volume made of an object shows to a container.
func (y *yamlFile) source(kind string, n *yaml.Node, key, namespace, at, sub string) []mount {
	name := scalar(field(n, key))
	if name == "" {
		return nil
	}
	m := mount{target: at, dir: name, base: sub, object: Object{Kind: kind, Namespace: namespace, Name: y.written(field(n, key))}}
	if y.flow != nil {
		m.dir = filled.ReplaceAllString(name, "{}")
	}
	list := items(field(n, "items"))
	if list == nil {
		return []mount{m}
	}
	var out []mount // of the keys that are named, each at a path of its own
	for _, item := range list {
		one := m
		one.base = scalar(field(item, "key"))
		switch file := scalar(field(item, "path")); {
		case sub == "":
			one.target = path.Join(at, file)
		case sub != file:
			continue
		}
		out = append(out, one)
	}
	return out
}
