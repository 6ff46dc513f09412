package config

// SchemaURL is where the JSON Schema of configuration files is found, for
// editors.
const SchemaURL = "https://raw.githubusercontent.com/natsfix/natsfix/main/docs/natsfix.schema.json"

// Template is a configuration file that says nothing yet, with everything that
// can be said in comments: what follows # without a blank is a setting.
const Template = "# yaml-language-server: $schema=" + SchemaURL + `
#
# Settings of natsfix for this folder and those below. What a file nearer to a
# configuration says wins, and flags win over all files. Take the # away from
# what you want to set.

# Files further up do not count. (The root of the repository ends the search, too.)
root: true

# Files and folders that are left alone, as in .gitignore.
exclude: []
#- vendor/
#- "*.bak.conf"

# How much findings matter (error, warning, info, off), parameters of rules, and
# whether comments (natsfix:ignore) and the baseline may hide findings.
# natsfix rules lists the rules, natsfix explain RULE tells about one.
rules: {}
#  url-missing-scheme: info
#  gateway-cluster-name:
#    severity: error
#    ignorable: false
#  jetstream-domain:
#    params: {hub: hub}

# Rules whose unsafe fixes may be applied.
#unsafe: [url-missing-scheme]

# The newest server release that the files are for, and the oldest that still runs.
#target: "2.12"
#from: "2.10"

# The flags that nats-server is started with, and a file of variables.
#server-args: -js --name n1
#env-file: nats.env

# Findings that are known: natsfix check --update-baseline writes the file.
#baseline: natsfix-baseline.yaml

# Which file is the server that answers under a host name, and which files belong together.
#hosts:
#  hub.example.com: hub.conf
#fleets:
#  west: [west/**]

# Rules of your own.
#recipes: [recipes/]

# Settings for some files: rules, unsafe, and what else stands above.
#overrides:
#- paths: [legacy/**]
#  rules:
#    gateway-cluster-name: off
`
