package host

import (
	"fmt"
	"strings"
	"testing"
)

func TestHeredocsOfScripts(t *testing.T) {
	const conf = "port: 4222\nmax_payload: 1MB\n"
	for _, c := range []struct{ what, name, text, want string }{
		{"quoted", "a.sh", "cat >/etc/n.conf 2>/dev/null <<'EOF'\n" + conf + "a: $B\nEOF\n", "n.conf: port: 4222|max_payload: 1MB|a: $B|"},
		{"escaped", "a.sh", "cat <<\\EOF | tee -i n.conf\n" + conf + "a: $B\nEOF\n", "n.conf: port: 4222|max_payload: 1MB|a: $B|"},
		{"replaced", "a.bash", "cat > $DIR/n.conf << EOF\n" + conf + "http: \"$B:1\"\nhttps: $(c $(d))\nuser: \\$e\npid_file: `f`\nEOF\n",
			"n.conf: port: 4222|max_payload: 1MB|http: $P0_|https: $P1_|user: $P2|pid_file: $P3|"},
		{"tabs", "a.sh", "\tcat <<-EOF\n\t\tport: 4222\n\tmax_payload: 1MB\n\t\tEOF\n", "heredoc.conf: \tport: 4222|max_payload: 1MB|"},
		{"two of a line", "a.sh", "x <<A <<'B' > n.conf\nfoo\nA\n" + conf + "B\n", "n.conf: port: 4222|max_payload: 1MB|"},
		{"a script of its own", "a.sh", "sh <<EOF\ncat > n.conf <<'X'\n" + conf + "a: $B\nX\nEOF\n", "n.conf: port: 4222|max_payload: 1MB|a: $P|"},
		{"tabs that show what is inside", "a.sh", "cat <<-EOF\n\t\tport: 4222\n\t\tjetstream {\n\t\t\tmax_mem: 1G\n\n\t\t}\n\tEOF\n", "heredoc.conf: port: 4222|jetstream {|\tmax_mem: 1G||}|"},
		{"tabs in a text over several lines", "a.sh", "cat <<-EOF\n\tport: 4222\n\tserver_name: (\n\t\ta\n\t)\n\tEOF\n", "heredoc.conf: port: 4222|server_name: (|a|)|"},
		{"a Dockerfile", "Dockerfile.dev", "COPY --chown=a <<-EOT /etc/n.conf\n" + conf + "EOT\n", "n.conf: port: 4222|max_payload: 1MB|"},
		{"no name", "entry", "#!/bin/bash\ncat <<'EOF'\n" + conf + "EOF\n", "heredoc.conf: port: 4222|max_payload: 1MB|"},
		{"a template", "a.sh.j2", "cat <<'EOF'\n" + conf + "http: {{ x }}\nhttps: $y\nEOF\n", "heredoc.conf: port: 4222|max_payload: 1MB|http: $P0_|https: $y|"},
		{"in a block scalar", "a.yml", "a:\n- run: |\n    cat <<EOF | tee n.conf\n    " + strings.ReplaceAll(conf, "\n", "\n    ") + "EOF\n    x\n", "n.conf: port: 4222|max_payload: 1MB|"},
		{"in a fence", "a.md", "1. Run\n\n   ```console\n   $ cat > n.conf <<EOF\n   port: 4222\n   max_payload: 1MB\n   EOF\n   ```\n", "n.conf: port: 4222|max_payload: 1MB|"},
		{"several parts", "a.sh", "cat > n.conf <<EOF\n" + conf + "EOF\necho x >> n.conf\n", ""},
		{"an added part", "a.sh", "cat <<EOF | tee -a n.conf\n" + conf + "EOF\n", ""},
		{"joined lines", "a.sh", "cat <<EOF\n" + conf + "a: \\\n  1\nEOF\n", ""},
		{"no end", "a.sh", "cat <<EOF\n" + conf, ""},
		{"a comment", "a.sh", "# cat <<EOF\n" + conf + "EOF\n", ""},
		{"a here-string", "a.sh", "cat <<<EOF\n" + conf + "EOF\n", ""},
		{"other text", "a.sh", "cat <<EOF\nUsage: a [-b]\nEOF\n", ""},
	} {
		var got []string
		for _, d := range Find(c.name, []byte(c.text)).Documents {
			got = append(got, d.Base+": "+squeeze(strings.ReplaceAll(string(d.Text), "\n", "|")))
		}
		if s := strings.Join(got, "\n"); s != squeeze(c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.what, s, squeeze(c.want))
		}
	}
}

func TestAScriptStartsWhatItWrites(t *testing.T) {
	text := "#!/bin/sh\ncat > /tmp/n.conf <<EOF\nport: 4222\nmax_payload: 1MB\nEOF\n# nats-server -c /tmp/n.conf --name no\n" +
		"exec nats-server \\\n  -c /tmp/n.conf --name n1 &\nnats-server -c /tmp/other.conf\n"
	f := Find("run.sh", []byte(text))
	flags, ok := f.Started(0)
	if got := fmt.Sprint(flags); !ok || len(f.Commands) != 1 || got != "[-c /tmp/n.conf --name n1]" {
		t.Errorf("%v %v", f.Commands, ok)
	}
}
