package oracle

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// maxDepth bounds the nesting of values, which recursive code on both sides of
// the pipe walks.
const maxDepth = 10_000

// tags of the value encoding on the pipe.
const (
	tagInt byte = iota
	tagFloat
	tagTrue
	tagFalse
	tagString
	tagTime
	tagList
	tagMap
)

// appendTree appends the encoding of a value to b.
func appendTree(b []byte, v any) []byte {
	switch v := v.(type) {
	case int64:
		return binary.AppendVarint(append(b, tagInt), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(b, tagFloat), math.Float64bits(v))
	case bool:
		if v {
			return append(b, tagTrue)
		}
		return append(b, tagFalse)
	case string:
		return appendText(append(b, tagString), v)
	case time.Time:
		return binary.AppendVarint(append(b, tagTime), v.Unix())
	case []any:
		b = binary.AppendUvarint(append(b, tagList), uint64(len(v)))
		for _, e := range v {
			b = appendTree(b, e)
		}
	case map[string]any:
		b = binary.AppendUvarint(append(b, tagMap), uint64(len(v)))
		for k, e := range v {
			b = appendTree(appendText(b, k), e)
		}
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errTree = errors.New("the child's answer is damaged")

// treeReader decodes what appendTree wrote.
type treeReader struct {
	data []byte
	err  error
}

// readTree decodes a map that appendTree encoded.
func readTree(data []byte) (map[string]any, error) {
	r := treeReader{data: data}
	m, ok := r.value(0).(map[string]any)
	if r.err == nil && !ok {
		r.err = errTree
	}
	return m, r.err
}

func (r *treeReader) value(depth int) any {
	if len(r.data) == 0 || depth > maxDepth {
		r.err = errTree
		return nil
	}
	tag := r.data[0]
	r.data = r.data[1:]
	switch tag {
	case tagInt:
		return r.varint()
	case tagFloat:
		if len(r.data) < 8 {
			break
		}
		f := math.Float64frombits(binary.BigEndian.Uint64(r.data))
		r.data = r.data[8:]
		return f
	case tagTrue, tagFalse:
		return tag == tagTrue
	case tagString:
		return r.text()
	case tagTime:
		return time.Unix(r.varint(), 0).UTC()
	case tagList:
		n := r.length()
		list := make([]any, 0, n)
		for range n {
			list = append(list, r.value(depth+1))
			if r.err != nil {
				return nil
			}
		}
		return list
	case tagMap:
		n := r.length()
		m := make(map[string]any, n)
		for range n {
			key := r.text()
			m[key] = r.value(depth + 1)
			if r.err != nil {
				return nil
			}
		}
		return m
	}
	r.err = errTree
	return nil
}

func (r *treeReader) varint() int64 {
	v, n := binary.Varint(r.data)
	if n <= 0 {
		r.err = errTree
		return 0
	}
	r.data = r.data[n:]
	return v
}

// length reads a number of elements or bytes, never more than bytes are left.
func (r *treeReader) length() int {
	v, n := binary.Uvarint(r.data)
	if n <= 0 || v > uint64(len(r.data)-n) {
		r.err = errTree
		return 0
	}
	r.data = r.data[n:]
	return int(v)
}

func (r *treeReader) text() string {
	n := r.length()
	s := string(r.data[:n])
	r.data = r.data[n:]
	return s
}
