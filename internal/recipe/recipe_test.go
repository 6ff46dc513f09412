package recipe

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/natsfix/natsfix/internal/fixes"
	"github.com/natsfix/natsfix/internal/fixes/suite"
	"github.com/natsfix/natsfix/internal/oracle"
)

// TestMain makes the test binary the judge's child, as main does for the
// program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == oracle.ChildArgument {
		os.Exit(oracle.Serve(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func startJudge(t *testing.T) func() (*oracle.Judge, error) {
	t.Helper()
	return sync.OnceValues(func() (*oracle.Judge, error) {
		j, err := oracle.Start(context.Background(), oracle.Options{})
		if err == nil {
			t.Cleanup(j.Close)
		}
		return j, err
	})
}

// TestRecipesOfTheRepository runs the tests in recipes/.
func TestRecipesOfTheRepository(t *testing.T) {
	list, err := Load([]string{"../../recipes"}, suite.All())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 10 {
		t.Errorf("there are %d recipes", len(list))
	}
	judge := startJudge(t)
	for _, r := range list {
		if len(r.Tests) == 0 || r.Description == "" {
			t.Errorf("%s: %s has no tests", r.Pos, r.Name)
		}
		for _, test := range r.Tests {
			t.Run(r.Name+"/"+test.Name, func(t *testing.T) {
				why, err := test.Run(t.Context(), r.Rule(), judge)
				if err != nil || why != "" {
					t.Errorf("%v\n%s", err, why)
				}
			})
		}
	}
}

// TestNewRecipeWorks runs the test in what recipe new writes.
func TestNewRecipeWorks(t *testing.T) {
	text, err := New("my-recipe")
	if err != nil {
		t.Fatal(err)
	}
	list, err := decode("my-recipe.yaml", ".", []byte(text))
	if err != nil || len(list) != 1 || len(list[0].Tests) == 0 {
		t.Fatalf("%d recipes, %v", len(list), err)
	}
	judge := startJudge(t)
	for _, test := range list[0].Tests {
		if why, err := test.Run(t.Context(), list[0].Rule(), judge); err != nil || why != "" {
			t.Errorf("%s: %v\n%s", test.Name, err, why)
		}
	}
	for _, name := range []string{"", "A", "a b", "a--b", "../a"} {
		if _, err := New(name); err == nil {
			t.Errorf("a recipe may be called %q", name)
		}
	}
}

// TestTestsOfRecipesCanFail runs a test that is wrong in each of the ways that
// must be told.
func TestTestsOfRecipesCanFail(t *testing.T) {
	judge := startJudge(t)
	for text, want := range map[string]string{
		"{name: t, files: {a.conf: \"port: 1\\n\"}, want: {a.conf: \"port: 2\\n\"}}":                 "-port: 2",
		"{name: t, files: {a.conf: \"port: 5222\\n\"}, finds: hello}":                                `no finding has "hello"`,
		"{name: t, files: {a.conf: \"port: 5222\\n\"}, refuses: hello}":                              `no refusal has "hello"`,
		"{name: t, files: {a.conf: \"port: 1 # c\\ndebug: true # d\\n\"}}":                           `lost the comment "# d"`,
		"{name: t, files: {a.conf: \"port: 1\\n\"}, want: {a.conf: \"port: 5222\\n\"}, finds: said}": "",
	} {
		r := parse(t, "name: x\ndescription: said\nsteps: [set port 5222, remove debug]\ntests: ["+text+"]")
		why, err := r.Tests[0].Run(t.Context(), r.Rule(), judge)
		if err != nil || (want == "") != (why == "") || !strings.Contains(why, want) {
			t.Errorf("%s: %v %q, want %q", text, err, why, want)
		}
	}
}

func parse(t testing.TB, text string) *Recipe {
	t.Helper()
	list, err := decode("r.yaml", ".", []byte(text))
	if err == nil {
		err = link(list, suite.All())
	}
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// TestErrorsNameThePlaceAndWhatIsExpected holds what is told of wrong recipes.
func TestErrorsNameThePlaceAndWhatIsExpected(t *testing.T) {
	const head = "name: x\ndescription: d\n"
	for text, want := range map[string]string{
		"":                             "r.yaml:1:1: the file is empty; it must hold a recipe",
		"a: [":                         "r.yaml:1:1: did not find expected node content; the file must be YAML",
		"[]":                           "r.yaml:1:1: a recipe is a list; it must be a mapping",
		"name: x":                      "r.yaml:1:1: the recipe has no description; description: TEXT is needed",
		head:                           "r.yaml:1:1: the recipe has no steps; steps: [COMMAND] says what it does",
		"name: A b\n":                  `r.yaml:1:7: name "A b"; it must be words of small letters`,
		head + "setps: []":             `r.yaml:3:1: unknown key of a recipe "setps"; did you mean steps? allowed are name, description`,
		head + "severity: fatal":       `r.yaml:3:11: unknown severity "fatal"; allowed are error, warning, info`,
		head + "applicability: manual": `r.yaml:3:16: unknown applicability "manual"; allowed are safe, unsafe`,
		head + "steps: [remove a]\napplicability: unsafe":                           "r.yaml:1:1: the recipe is unsafe and does not say why; reason: TEXT is needed",
		head + "steps:\n  - sett a 1":                                               `r.yaml:4:5: a step; "sett a 1": there is no command "sett"; did you mean set?`,
		head + "steps:\n  - set a[ 1":                                               `r.yaml:4:5: a step; "set a[ 1": "a[ 1": column 5: found the end, expected "]"`,
		head + "steps:\n  - print a":                                                "r.yaml:4:5: a step; print is no step of a recipe",
		head + "steps:\n  - set a ${b}":                                             `r.yaml:4:5: a step; there is no parameter "b"; there are server, file`,
		head + "steps:\n  - {rule: a, recipe: b}":                                   "r.yaml:4:5: a step that is neither a command nor one rule or recipe",
		head + "steps:\n  - {rule: a, of: b}":                                       `r.yaml:4:15: unknown key of a step "of"; allowed are rule, recipe, with`,
		head + "steps:\n  - rule: no-such":                                          `r.yaml:4:5: there is no rule "no-such"; the rules command lists them`,
		head + "steps:\n  - rule: jetstream-domian":                                 `r.yaml:4:5: there is no rule "jetstream-domian"; did you mean jetstream-domain?`,
		head + "steps:\n  - recipe: y":                                              `r.yaml:4:5: there is no recipe "y"; did you mean x? it must stand in a file that is loaded, too`,
		head + "steps:\n  - recipe: x":                                              "r.yaml:1:1: recipes go in a circle: x -> x; take one of the steps out",
		head + "steps:\n  - {rule: jetstream-domain, with: {hob: a}}":               `r.yaml:4:5: jetstream-domain has no parameter "hob"; it has hub`,
		head + "where: port ~ 1\nsteps: [remove a]":                                 `r.yaml:3:8: where; "port ~ 1": column 6: found "~", expected and, or`,
		head + "params: {1a: b}\nsteps: [remove a]":                                 `r.yaml:3:10: parameter "1a"; a name is letters`,
		head + "params: {server: b}\nsteps: [remove a]":                             `r.yaml:3:10: parameter "server"; ${server} is there already`,
		head + "params: {a: {defualt: b}}\nsteps: [remove a]":                       `r.yaml:3:14: unknown key of a parameter "defualt"; did you mean default?`,
		head + "params: {a: {default: c, values: [b]}}\nsteps: [remove a]":          `the default "c" is none of the values; take one of b`,
		head + "table: no.csv\nsteps: [remove a]":                                   "r.yaml:3:8: the table no.csv cannot be read",
		head + "table: [{a: b}]\nsteps: [remove a]":                                 `r.yaml:3:10: column "a"; a column is server, path, or a parameter of x`,
		head + "tests: [{name: t}]\nsteps: [remove a]":                              "r.yaml:3:9: a test without a name, or without files",
		head + "tests: [{name: t, files: {../a: b}}]\nsteps: [remove a]":            `the file "../a"; a file is named under files`,
		head + "tests: [{name: t, files: {a: b}, want: {c: d}}]\nsteps: [remove a]": `the file "c"; a file is named under files`,
		"recipes: []\nname: x":                                                      `r.yaml:2:1: unknown key beside recipes "name"; allowed are recipes`,
		"recipes:\n  - " + strings.ReplaceAll(head, "\n", "\n    ") + "steps: [remove a]\n  - " + strings.ReplaceAll(head, "\n", "\n    ") + "steps: [remove b]": "r.yaml:5:5: there is a recipe x already, at r.yaml:2:5",
		"name: jetstream-domain\ndescription: d\nsteps: [remove a]": "r.yaml:1:1: there is a rule jetstream-domain already; give the recipe another name",
	} {
		list, err := decode("r.yaml", ".", []byte(text))
		if err == nil {
			err = link(list, suite.All())
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestTablesNameTheirPlace(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const recipe = "name: x\ndescription: d\nparams: {domain: }\nsteps: ['set jetstream.domain \"${domain}\"']\ntable: "
	for name, c := range map[string]struct{ text, want string }{
		"a.csv":  {"server,domain\nhub\n", "a.csv:2:1: wrong number of fields"},
		"b.csv":  {"server,domian\nhub,h\n", `b.csv:1:8: column "domian"`},
		"c.csv":  {"path,domain\n[,h\n", `c.csv:2:1: path "["; it must be a glob`},
		"d.csv":  {"# none\nserver, domain\nhub,\"a, b\"\n", ""},
		"e.yaml": {"- {server: hub, domain: h}\n- 5\n", `e.yaml:2:3: a row is "5"`},
		"f.txt":  {"", "the table f.txt is neither CSV nor YAML"},
		"g.csv":  {"", "g.csv:1:1: the table is empty"},
		"h.csv":  {"server,domain,domain\nhub,a,b\n", `h.csv:1:15: the column "domain" stands there twice`},
	} {
		write(name, c.text)
		write("r.yaml", recipe+name)
		list, err := Load([]string{filepath.Join(dir, "r.yaml")}, nil)
		if c.want == "" {
			if err != nil || list[0].Table.rows[0]["domain"] != "a, b" {
				t.Errorf("%s: %v", name, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestTemplatesStayInsideTheirQuotes(t *testing.T) {
	values := map[string]string{"a": `x "y" \z`, "b": "it's", "c": "[1, 2]"}
	value := func(name string) (string, error) { return values[name], nil }
	for template, want := range map[string]string{
		"set p ${c}":               "set p [1, 2]",
		`set p "${a}"`:             `set p "x \"y\" \\z"`,
		`set p "\"${a}"`:           `set p "\"x \"y\" \\z"`,
		`set p "${b}" '${c}'`:      `set p "it's" '[1, 2]'`,
		`replace p "(x)" "${1}$2"`: `replace p "(x)" "${1}$2"`,
		"$HOME ${ ${} ${c":         "$HOME ${ ${} ${c",
	} {
		got, err := expand(template, value)
		if err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", template, got, err, want)
		}
	}
	if _, err := expand("set p '${b}'", value); err == nil {
		t.Error("a single quote gets out of single quotes")
	}
}

// TestStepsOfOtherRecipesAreBoundByTheirOwnTables composes recipes whose
// conditions and tables differ by server.
func TestStepsOfOtherRecipesAreBoundByTheirOwnTables(t *testing.T) {
	text := `
recipes:
  - name: outer
    description: d
    params: {prefix: p}
    steps:
      - recipe: inner
        with: {dir: "/${prefix}/${file}"}
      - set-default logtime false
    tests:
      - name: t
        files: {a.conf: "server_name: a\njetstream: true\n", b.conf: "server_name: b\njetstream {}\n", c.conf: "server_name: c\n"}
        want:
          a.conf: "server_name: a\njetstream: {\n  store_dir: /p/a\n  max_mem: 1GB\n}\nlogtime: false\n"
          b.conf: "server_name: b\njetstream { store_dir: /p/b, max_mem: 2GB }\nlogtime: false\n"
          c.conf: "server_name: c\nlogtime: false\n"
  - name: inner
    description: d
    params: {dir: , mem: }
    table:
      - {server: a, mem: 1GB}
      - {path: b.conf, mem: 2GB}
    where: jetstream exists
    steps:
      - set jetstream.store_dir "${dir}"
      - set jetstream.max_mem ${mem}
`
	r := parse(t, text)
	why, err := r.Tests[0].Run(t.Context(), r.Rule(), startJudge(t))
	if err != nil || why != "" {
		t.Errorf("%v\n%s", err, why)
	}
}

func TestMissingParametersAreTold(t *testing.T) {
	r := parse(t, "name: x\ndescription: d\nparams: {a: , b: 5, c: {doc: e}}\ntable: [{c: 1}]\nsteps: ['set p ${a}']")
	if got := r.Missing(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("missing are %q", got)
	}
	if rule := r.Rule(); len(rule.Params) != 3 || rule.Severity != fixes.Warning {
		t.Errorf("the rule is %+v", rule)
	}
}

func FuzzRecipe(f *testing.F) {
	f.Add(example)
	f.Add("recipes:\n- {name: a, description: d, steps: [{recipe: b, with: {x: \"${y}\"}}], params: {y: 1}}\n- {name: b, description: d, params: {x: }, steps: ['set p ${x}']}\n")
	f.Add("name: a\ndescription: d\napplicability: unsafe\nreason: r\ntable: [{server: s, p: '1'}]\nparams: {p: {values: [a, b], doc: d}}\nwhere: a[b=c] == \"${p}\" or not x is list\nsteps:\n- rule: field-case\n- >-\n  set x {\n  a: \"${p}\"}\n")
	dir := f.TempDir()
	rules := suite.All()
	f.Fuzz(func(t *testing.T, text string) {
		list, err := decode("r.yaml", dir, []byte(text))
		if err != nil {
			if !strings.Contains(err.Error(), ":") {
				t.Fatalf("the error names no place: %v", err)
			}
			return
		}
		if link(list, rules) != nil {
			return
		}
		for _, r := range list {
			if r.Rule().Name == "" || len(r.Steps) == 0 {
				t.Fatalf("a recipe without a name or steps is taken: %q", text)
			}
		}
	})
}
