// Package host says which files hold NATS configuration, and finds the
// documents in files of other kinds.
//
// [Judge] decides by name and content for a walk through directories; [Sniff]
// judges one text. [Find] returns a [File] with the documents in it: block
// scalars of YAML, fenced blocks of Markdown, heredocs, whole files in a
// template language. A [Document] has the text that nats-server would read, and
// maps its bytes to those of the file.
//
// What a template language fills in has a stand-in of the same length in the
// text: a variable that nothing defines, so that the value is unknown. Such
// bytes are listed in Document.Masked; [Document.MayEdit] guards them.
//
// [File.Rewrite] makes edits on documents and returns the file, read again:
// bytes outside of the documents stay as they are.
package host
