package bulk

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func planned(p Planned) Commit {
	title, _, _ := strings.Cut(p.Message, "\n")
	c := Commit{Title: title, Rules: p.Rules}
	for name := range p.Texts {
		c.Files = append(c.Files, name)
	}
	slices.Sort(c.Files)
	return c
}

// summarise writes the text for the pull request. The file is there as a whole
// or not at all.
func (r *run) summarise(o *Outcome, body []byte) error {
	if r.SummaryDir == "" || len(o.Commits) == 0 {
		return nil
	}
	if err := os.MkdirAll(r.SummaryDir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(r.SummaryDir, o.Slug+".md")
	if r.State != nil && r.State.holds(path, o.Source.Key) {
		path = filepath.Join(r.SummaryDir, o.Slug+"-"+o.Source.Key[:8]+".md")
	}
	temp, err := os.CreateTemp(r.SummaryDir, ".natsfix-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // it is not there any more if all went well
	_, err = temp.Write(slices.Concat(head(o), body))
	if e := temp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("the summary cannot be written: %w", err)
	}
	o.Summary = path
	return nil
}

// head lists the commits.
func head(o *Outcome) []byte {
	var b bytes.Buffer
	b.WriteString("# Correct NATS configuration\n\n| commit | files |\n| --- | --- |\n")
	for _, c := range o.Commits {
		b.WriteString("| ")
		if c.ID != "" {
			fmt.Fprintf(&b, "%.10s ", c.ID)
		}
		fmt.Fprintf(&b, "%s | %s |\n", Cell(c.Title), Cell(strings.Join(c.Files, ", ")))
	}
	return b.Bytes()
}

var cell = strings.NewReplacer("\\", "\\\\", "|", "\\|", "\n", " ", "`", "\\`", "<", "&lt;", "*", "\\*", "_", "\\_", "[", "\\[", "@", "&#64;", "#", "\\#")

// Cell returns a text that stands for itself in Markdown, in a table too.
func Cell(s string) string { return cell.Replace(s) }
