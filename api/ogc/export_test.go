package ogc

// AppendFixed is how numbers with a given precision are written.
// AppendAll writes whole decimals with one head, each behind a space.
func AppendAll(dst []byte, list []int64, digits int) []byte {
	var h head
	h.of(digits)
	for _, n := range list {
		dst = h.append(dst, ' ', n)
	}
	return dst
}

func AppendFixed(dst []byte, v float64, digits int) []byte { return appendFixed(dst, v, digits) }
