package cli

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/natsfix/natsfix/internal/report"
)

func (o *options) readFormats(c *cli.Context) error {
	onStdout := ""
	for _, text := range c.StringSlice("format") {
		name, file, hasFile := strings.Cut(text, "=")
		if _, err := report.New(name); err != nil {
			e := usage("--format: %v", err)
			if s := nearest(name, report.Formats()); s != "" {
				e.hint = "Did you mean " + s + "?"
			}
			return e
		}
		switch {
		case hasFile && file == "":
			return usage("--format %s= needs the name of a file behind the =", name)
		case !hasFile && onStdout != "":
			return usage("--format %s and --format %s cannot share standard output; give one of them a file, as in --format %s=FILE", onStdout, name, name)
		case !hasFile:
			onStdout = name
		}
		o.formats = append(o.formats, format{name, file})
	}
	return nil
}

// stdoutFormat returns the format whose report goes to standard output, or "".
func (o *options) stdoutFormat() string {
	for _, f := range o.formats {
		if f.file == "" {
			return f.name
		}
	}
	return ""
}

// writeReports writes all reports asked for.
func (s *session) writeReports(run *report.Run) error {
	for _, f := range s.opts.formats {
		reporter, err := report.New(f.name)
		if err != nil {
			return err
		}
		if f.file == "" {
			s.app.reported = true
			if err := reporter.Report(s.out, run); err != nil {
				return err
			}
			continue
		}
		plain := *run
		plain.Color = false
		if err := s.app.abandon.write(func() error { return reportTo(f.file, reporter, &plain) }); err != nil {
			return err
		}
		s.masked = s.masked || plain.Masked()
	}
	return nil
}

func reportTo(path string, reporter report.Reporter, run *report.Run) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	w := bufio.NewWriter(file)
	if err := reporter.Report(w, run); err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	return w.Flush()
}
