package recipe

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/natsfix/natsfix/internal/fleet"
	"github.com/natsfix/natsfix/internal/yamlnode"
)

// Table gives parameters by server or by path. A recipe is carried out once for
// every row that names a server.
type Table struct {
	columns []yamlnode.Value
	rows    []map[string]string
}

// The columns that say which servers a row is for: by server_name, and by a
// glob for the last parts of the root file's path. A row without them is for
// all servers.
const (
	serverColumn = "server"
	pathColumn   = "path"
)

func (t *Table) has(column string) bool {
	return slices.ContainsFunc(t.columns, func(c yamlnode.Value) bool { return c.Text == column })
}

// rowsFor returns the rows for a server.
func (t *Table) rowsFor(s *fleet.Server) []map[string]string {
	var out []map[string]string
	for _, row := range t.rows {
		if name := row[serverColumn]; name != "" && name != s.ServerName.Text {
			continue
		}
		if glob := row[pathColumn]; glob != "" && !matchPath(glob, s.Root.Path) {
			continue
		}
		out = append(out, row)
	}
	return out
}

// matchPath matches a glob with the last parts of a path.
func matchPath(glob, file string) bool {
	parts := strings.Split(filepath.ToSlash(filepath.Clean(file)), "/")
	n := strings.Count(glob, "/") + 1
	if n > len(parts) {
		return false
	}
	ok, _ := path.Match(glob, strings.Join(parts[len(parts)-n:], "/"))
	return ok
}

// table reads rows that stand in the recipe, or in a file that it names.
func (d *decoder) table(n *yaml.Node) *Table {
	if t := yamlnode.Target(n); t.Kind != yaml.ScalarNode {
		return d.rows(n)
	}
	name := d.word(n, "table")
	if name == "" {
		return nil
	}
	file := name
	if !filepath.IsAbs(file) {
		file = filepath.Join(d.dir, filepath.FromSlash(name))
	}
	info, err := os.Stat(file)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxSize) {
		err = fmt.Errorf("it is no regular file of at most %d bytes", maxSize)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		d.Fail(n, fmt.Sprintf("the table %s cannot be read: %v", name, err), "give a CSV or YAML file, relative to the recipe's")
		return nil
	}
	switch strings.ToLower(filepath.Ext(file)) {
	case ".yaml", ".yml":
		inner := &decoder{Reader: yamlnode.Reader{Name: file}}
		root, err := inner.Document(data)
		var t *Table
		if err == nil && root != nil {
			t = inner.rows(root)
		}
		d.Errs = append(d.Errs, inner.Errs...)
		if err != nil {
			d.Errs = append(d.Errs, err)
		}
		return t
	case ".csv":
		t, err := readCSV(file, string(data))
		if err != nil {
			d.Errs = append(d.Errs, err)
		}
		return t
	}
	d.Fail(n, fmt.Sprintf("the table %s is neither CSV nor YAML", name), "its name must end in .csv or .yaml")
	return nil
}

// rows reads a list of mappings.
func (d *decoder) rows(n *yaml.Node) *Table {
	t := &Table{}
	d.List(n, "the table", "rows, each a mapping of columns and values", func(row *yaml.Node) {
		values := make(map[string]string)
		d.Mapping(row, "a row", "columns and values", func(k, v *yaml.Node) {
			if text, ok := d.Text(v, "the value of "+k.Value); ok {
				values[k.Value] = text.Text
			}
			if !t.has(k.Value) {
				t.columns = append(t.columns, yamlnode.Value{Text: k.Value, Pos: d.Pos(k)})
			}
		})
		d.glob(row, values[pathColumn])
		t.rows = append(t.rows, values)
	})
	return t
}

func (d *decoder) glob(n *yaml.Node, glob string) {
	if _, err := path.Match(glob, ""); err != nil {
		d.Fail(n, fmt.Sprintf("path %q", glob), "it must be a glob such as conf/hub*.conf")
	}
}

// readCSV reads a table with a line of column names on top.
func readCSV(name, text string) (*Table, error) {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.TrimLeadingSpace = true
	r.Comment = '#'
	problem := func(err error) error {
		pos := yamlnode.Pos{File: name, Line: 1, Column: 1}
		if p, ok := errors.AsType[*csv.ParseError](err); ok {
			pos.Line, pos.Column, err = p.Line, p.Column, p.Err
		}
		return &yamlnode.Problem{Pos: pos, What: err.Error(), Want: "the first line names the columns, and every other one has as many values"}
	}
	header, err := r.Read()
	if err == io.EOF {
		return nil, problem(errors.New("the table is empty"))
	}
	if err != nil {
		return nil, problem(err)
	}
	t := &Table{}
	for i, column := range header {
		line, col := r.FieldPos(i)
		if t.has(strings.TrimSpace(column)) {
			return nil, &yamlnode.Problem{Pos: yamlnode.Pos{File: name, Line: line, Column: col}, What: fmt.Sprintf("the column %q stands there twice", strings.TrimSpace(column)), Want: "give it once"}
		}
		t.columns = append(t.columns, yamlnode.Value{Text: strings.TrimSpace(column), Pos: yamlnode.Pos{File: name, Line: line, Column: col}})
	}
	for {
		fields, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, problem(err)
		}
		row := make(map[string]string)
		for i, c := range t.columns {
			row[c.Text] = fields[i]
		}
		if _, err := path.Match(row[pathColumn], ""); err != nil {
			line, col := r.FieldPos(0)
			return nil, &yamlnode.Problem{Pos: yamlnode.Pos{File: name, Line: line, Column: col}, What: fmt.Sprintf("path %q", row[pathColumn]), Want: "it must be a glob such as conf/hub*.conf"}
		}
		t.rows = append(t.rows, row)
	}
}
