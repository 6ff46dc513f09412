package cli

import (
	"encoding/json"
	"io"

	"github.com/natsfix/natsfix/internal/report"
)

// reportFailure writes a report that holds nothing but the error of a run that
// ended before it had one, if the command line asks for JSON on standard output:
// a program that reads it should not have to understand an empty text.
func (a *App) reportFailure(args []string, failed error) {
	if a.reported || !asksForJSON(args) {
		return
	}
	line, _ := split(a.commands(), args) // with the command even if that fails
	message := failed.Error()
	var doc any
	switch line.command.name {
	case "bulk":
		doc = bulkDocument{Schema: bulkSchema, Repositories: []bulkRepository{}, Error: message}
	case "test":
		doc = testDocument{Schema: testSchema, Cases: []testCase{}, Error: message}
	default:
		if line.command.flag("format") == nil {
			return
		}
		doc = report.Failure(message)
	}
	_ = writeObject(a.Stdout, doc) // the error is told on standard error in any case
}

// asksForJSON reports whether --format json stands among arguments, even if the
// rest of them cannot be understood.
func asksForJSON(args []string) bool {
	for i, arg := range args {
		switch {
		case arg == "--":
			return false
		case arg == "--format=json", arg == "--format" && i+1 < len(args) && args[i+1] == "json":
			return true
		}
	}
	return false
}

// writeObject writes a JSON report.
func writeObject(w io.Writer, doc any) error {
	enc := json.NewEncoder(report.Escaping(w))
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}
