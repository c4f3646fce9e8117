package api_test

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/shikong-cim/shikong/api"
	"github.com/shikong-cim/shikong/spatial"
)

// said are the parts of a page that are phrases of the program and not somebody's data: what
// heads a column, names a fact or a group, and what links are called.
var said = regexp.MustCompile(`<th scope="col">([^<]+)</th>|<dt>([^<]+)</dt>|<dt title="">([^<]+)</dt>|<h2>([^<]+)</h2>|<small>([^<]+)</small>|<li><a [^>]*>([^<]+)</a>|<p class="do">(?:<a [^>]*>([^<]+)</a>)+|<summary>([^<]+)</summary>|<footer>([^<]+)</footer>`)

func isChinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestPagesAreInTheLanguageOfTheReader(t *testing.T) {
	x := examine(t)
	names := []string{"use", "parts", "owner", "storeys", "rank", "class", "GeoJSON", "Building", "Tunnel", "houses", "metro", "world"} // of the data, and of a format
	x.eachDocument(t, func(t *testing.T, target string) {
		zh := ask(t, x.s, "GET", target, "Accept: text/html", "Accept-Language: fr, zh-CN;q=0.9, en;q=0.5")
		en := ask(t, x.s, "GET", target, "Accept: text/html", "Accept-Language: fr")
		if zh.header.Get("Content-Language") != "zh" || en.header.Get("Content-Language") != "en" || zh.header.Get("ETag") == en.header.Get("ETag") {
			t.Errorf("languages %s and %s, tags %s and %s", zh.header.Get("Content-Language"), en.header.Get("Content-Language"), zh.header.Get("ETag"), en.header.Get("ETag"))
		}
		if !slices.Contains(zh.header.Values("Vary"), "Accept-Language") {
			t.Errorf("Vary %v", zh.header.Values("Vary"))
		}
		heard := 0
		for _, found := range said.FindAllStringSubmatch(zh.body, -1) {
			phrase := html.UnescapeString(strings.Join(found[1:], ""))
			if heard++; !isChinese(phrase) && !slices.Contains(names, phrase) {
				t.Errorf("%q is not Chinese", phrase)
			}
		}
		if heard == 0 {
			t.Error("the page says nothing")
		}
		for _, found := range said.FindAllStringSubmatch(en.body, -1) {
			if phrase := strings.Join(found[1:], ""); isChinese(phrase) {
				t.Errorf("%q is not English", phrase)
			}
		}
	})
}

func TestALanguageThatIsChosenIsKept(t *testing.T) {
	x := examine(t)
	page := ask(t, x.s, "GET", "/collections/houses/items?f=html&lang=zh&limit=1", "Accept-Language: en").body
	for _, want := range []string{`<html lang="zh">`, `/items/a?f=html&amp;lang=zh"`, `/collections?f=html&amp;lang=zh"`, `hreflang="en"`, `&amp;lang=zh">在地图上查看`, `/#map=`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	next := regexp.MustCompile(`href="([^"]*next=[^"]*)"`).FindStringSubmatch(page)
	if next == nil {
		t.Fatal("no next page")
	}
	if res := ask(t, x.s, "GET", strings.Replace(html.UnescapeString(next[1]), "lang=zh", "lang=en", 1)); res.status != 200 || !strings.Contains(res.body, `<html lang="en">`) {
		t.Errorf("the next page in another language: %d %s", res.status, res.body)
	}
	if res := ask(t, x.s, "GET", "/collections?f=html&lang=fr"); res.status != 400 || !strings.Contains(res.body, `"parameter":"lang"`) {
		t.Errorf("a language that nobody speaks here: %d %s", res.status, res.body)
	}
	if res := ask(t, x.s, "GET", "/healthz?lang=zh"); res.status != 400 {
		t.Errorf("where there is no page: %d", res.status)
	}
}

func TestPropertiesStandInGroups(t *testing.T) {
	f := city()
	property := func(name string, v spatial.Value) spatial.Property { return spatial.Property{Name: name, Value: v} }
	f.versions[0].Properties = spatial.NewProperties([]spatial.Property{
		property("Pset_WallCommon.FireRating", spatial.StringOf("F90")), property("Pset_WallCommon.IsExternal", spatial.BoolOf(true)),
		property("BaseQuantities.Width", spatial.FloatOf(0.30000000000000004)), property("built_date", spatial.StringOf("2001-02-03")), property("floors", spatial.IntOf(3)),
		property("addr:street", spatial.StringOf("深南大道")), property("owner", spatial.StringOf("<i>")), property("nothing", spatial.Value{}),
	})
	s := newServer(t, api.Options{Reader: f})
	body := ask(t, s, "GET", "/collections/houses/items/a?f=html").body
	var got []string
	for _, group := range regexp.MustCompile(`(?s)<section><h2>(.*?)</h2>(.*?)</section>`).FindAllStringSubmatch(body, -1) {
		text := group[1] + ":"
		for _, line := range regexp.MustCompile(`<dt title="([^"]*)">([^<]*)</dt><dd>([^<]*)</dd>`).FindAllStringSubmatch(group[2], -1) {
			text += " " + line[2] + "=" + line[3]
		}
		got = append(got, text)
	}
	want := []string{"Identity: Name=House a Class=Building Model=plan", "Time: built_date=2001-02-03 Recorded=2023-01-01 08:00:00", "Height: Floors above ground=3 Underground=no Highest=11 Lowest=0",
		"Attributes: owner=&lt;i&gt;", "BaseQuantities: Width=0.3", "Pset_WallCommon: FireRating=F90 IsExternal=yes", "addr: street=深南大道"}
	for i := range want {
		sorted := func(s string) string { parts := strings.Fields(s); slices.Sort(parts); return strings.Join(parts, " ") }
		if i >= len(got) || sorted(got[i]) != sorted(want[i]) {
			t.Errorf("got %q, want %q", got, want[i])
		}
	}
}
