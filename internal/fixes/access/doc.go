// Package access holds the rules about who may do what: users and their keys,
// subjects of permissions, mappings and imports, certificates, and proxies of
// leaf nodes. The server refuses all of it as it reads the file.
package access
