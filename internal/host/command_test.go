package host

import (
	"fmt"
	"strings"
	"testing"
)

func TestCommands(t *testing.T) {
	for what, c := range map[string]struct{ name, text, want string }{
		"a list":           {"compose.yaml", "services:\n  n:\n    image: nats:2\n    command: [\"-c\", \"/etc/n.conf\", \"-js\"]\n    volumes: [\"./n.conf:/etc/n.conf:ro\"]\n", "-c /etc/n.conf -js|/etc/n.conf|n.conf|"},
		"a text":           {"compose.yaml", "services:\n  n:\n    image: nats\n    command: nats-server --config=/etc/nats/n.conf --name 'a b'\n    volumes:\n    - {type: bind, source: ./conf, target: /etc/nats/}\n", "--config=/etc/nats/n.conf --name a b|/etc/nats/n.conf|conf/n.conf|"},
		"an entrypoint":    {"compose.yaml", "services:\n  n:\n    image: my/own\n    entrypoint: /usr/bin/nats-server\n    command: -c a.conf\n", "-c a.conf|a.conf||"},
		"the image's own":  {"compose.yaml", "services:\n  n:\n    image: docker.io/library/nats:2\n    command: -js\n    volumes: [\"./n.conf:/etc/nats/nats-server.conf\"]\n", "-js||n.conf|"},
		"a config":         {"compose.yaml", "services:\n  n:\n    image: nats\n    command: -c /n.conf\n    configs: [{source: a, target: /n.conf}]\nconfigs:\n  a: {file: ./b.conf}\n", "-c /n.conf|/n.conf|b.conf|"},
		"an inline config": {"compose.yaml", "services:\n  n:\n    image: nats\n    command: -c /a\n    configs: [a]\nconfigs:\n  a:\n    content: |\n      port: 4222\n", "-c /a|/a||configs/a"},
		"another program":  {"compose.yaml", "services:\n  n:\n    image: app\n    command: [\"wait-for\", \"nats-server\", \"-c\", \"x\"]\n", ""},
		"another image":    {"compose.yaml", "services:\n  n:\n    image: natsio/nats-box\n    command: -c x nats\n", ""},
		"a named volume":   {"compose.yaml", "services:\n  n:\n    image: nats\n    command: -c /data/n.conf\n    volumes: [\"data:/data\"]\n", "-c /data/n.conf|/data/n.conf||"},
		"a pod":            {"pod.yaml", "kind: Pod\nspec:\n  containers:\n  - image: nats\n    args: [-c, /etc/n/nats.conf]\n    volumeMounts: [{name: v, mountPath: /etc/n}]\n  volumes:\n  - name: v\n    configMap: {name: cm}\n", "-c /etc/n/nats.conf|/etc/n/nats.conf||cm/nats.conf"},
		"a unit":           {"n.service", "[Service]\nExecStart=-/bin/nats-server -c \\\n  \"/etc/n.conf\" -D\n", "-c /etc/n.conf -D|/etc/n.conf|n.conf|"},
		"another unit":     {"n.service", "[Service]\nExecStart=/bin/sh -c 'nats-server -c x'\n", ""},
		"a template":       {"templates/pod.yaml", "kind: Pod # nats\nspec:\n  containers:\n  - image: nats:{{ .Values.tag }}\n    command: [nats-server, -c, /etc/n/nats.conf, --name, {{ .x }}]\n    volumeMounts: [{name: v, mountPath: /etc/n}]\n  volumes:\n  - name: v\n    configMap: {name: {{ include \"name\" . }}-cm}\n", "-c /etc/n/nats.conf --name $(...)|/etc/n/nats.conf||{}-cm/nats.conf"},
	} {
		var got []string
		for _, c := range Find(c.name, []byte(c.text)).Commands {
			got = append(got, fmt.Sprintf("%s|%s|%s|%s", strings.Join(c.Flags, " "), c.Config, c.File, c.Document))
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", what, s, c.want)
		}
	}
}
