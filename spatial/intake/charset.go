package intake

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// codePages are the Windows code pages by number, as .cpg files and old tables spell them, with
// the names of the WHATWG Encoding Standard.
var codePages = map[int]string{
	866: "ibm866", 874: "windows-874", 932: "shift_jis", 936: "gb18030", 949: "euc-kr", 950: "big5",
	1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252", 1253: "windows-1253", 1254: "windows-1254",
	1255: "windows-1255", 1256: "windows-1256", 1257: "windows-1257", 1258: "windows-1258",
	28591: "iso-8859-1", 28592: "iso-8859-2", 28605: "iso-8859-15", 54936: "gb18030", 65001: "utf-8",
	88591: "iso-8859-1", 88592: "iso-8859-2", 885915: "iso-8859-15",
}

// Charset returns the encoding that a name or the number of a code page means ("UTF-8",
// "GBK", "936", "CP1252", "ISO 88591"), nil when it is none that is known. UTF-8 is returned
// as encoding.Nop.
func Charset(name string) encoding.Encoding {
	name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
	digits := strings.TrimLeft(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name), "abcdefghijklmnopqrstuvwxyz")
	if n, err := strconv.Atoi(digits); err == nil && codePages[n] != "" {
		name = codePages[n]
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	if canonical, _ := htmlindex.Name(e); canonical == "utf-8" {
		return encoding.Nop
	}
	return e
}

// Decode returns text of the given encoding as UTF-8. With a nil encoding, text that is no
// UTF-8 is read as GB 18030 (and its subset GBK) where it can be: what Chinese programs write
// when they do not say what they write. What cannot be read becomes U+FFFD.
func Decode(b []byte, e encoding.Encoding) string {
	if e == encoding.Nop || e == nil && utf8.Valid(b) {
		return strings.ToValidUTF8(string(b), string(utf8.RuneError))
	}
	if e == nil {
		e = simplifiedchinese.GB18030
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), string(utf8.RuneError))
	}
	return string(out)
}
