package ogc

// AppendFixed is how numbers with a given precision are written.
func AppendFixed(dst []byte, v float64, digits int) []byte { return appendFixed(dst, v, digits) }
