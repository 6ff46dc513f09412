package diff_test

import (
	"fmt"

	"github.com/natsfix/natsfix/internal/diff"
)

func ExampleCompute() {
	f := diff.Compute(diff.Change{
		Name:       "hub.conf",
		Old:        []byte("port: 4222\npassword: s3cret\n"),
		New:        []byte("port: 4223\npassword: s3cret\n"),
		OldSecrets: []diff.Span{{Start: 21, End: 27}},
		NewSecrets: []diff.Span{{Start: 21, End: 27}},
	}, 3)
	fmt.Printf("%s", f.Unified())
	if f.Masked {
		fmt.Println("This diff does not apply: a secret in it is masked.")
	}
	// Output:
	// diff --git a/hub.conf b/hub.conf
	// --- a/hub.conf
	// +++ b/hub.conf
	// @@ -1,2 +1,2 @@
	// -port: 4222
	// +port: 4223
	//  password: ********
	// This diff does not apply: a secret in it is masked.
}
