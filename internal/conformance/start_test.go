package conformance

import "io"

const startArgument = "natsfix-conformance-start"

func serveStarts(r io.Reader, w io.Writer) int { return 0 }
