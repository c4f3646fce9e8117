package ogc

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// say returns a phrase of a page in a language. Pages are written in English; what stands here
// is how else it is said, in the words of the web map. A text that is none of these phrases,
// such as the name of a collection, is the same in every language.
func say(lang, phrase string) string {
	if lang == "zh" {
		if other, ok := inChinese[phrase]; ok {
			return other
		}
	}
	return phrase
}

// inChinese are the phrases of the pages.
var inChinese = map[string]string{
	"collections": "数据集", "collection": "数据集", "features": "要素", "feature": "要素", "models": "模型", "model": "模型", "styles": "样式", "functions": "函数",
	"versions": "历史版本", "what changed": "变化", "changes": "变更记录", "storeys": "楼层", "statistics": "统计", "search": "搜索", "schema": "模式",
	"queryables": "可查询属性", "sortables": "可排序属性", "conformance": "符合性类", "the interface": "接口", "landing": "首页", "tile matrix sets": "瓦片网格", "tiles": "瓦片",
	"above and below": "上下", "on the map": "在地图上查看", "the map": "地图", "language": "English", "as JSON": "JSON 原文", "times are Beijing time": "时间均为北京时间", "more": "更多",

	"id": "标识", "class": "类别", "name": "名称", "storey": "楼层", "valid from": "起始", "valid to": "终止", "known since": "入库", "known until": "入库截止",
	"matched": "符合条件", "found": "找到", "found in": "匹配于", "change": "变化", "what": "内容", "moved": "移动", "added": "新增", "changed": "变更", "removed": "消失", "ended": "终止",
	"between": "时刻之间", "known between": "入库时刻之间", "count": "数量", "area m²": "面积 m²", "length m": "长度 m", "volume m³": "体积 m³", "all": "合计",
	"elevation": "标高", "from": "自", "to": "至", "property": "属性", "type": "类型", "role": "角色", "values": "取值", "function": "函数", "arguments": "参数", "gives": "返回", "about": "说明",
	"address": "地址", "method": "方法", "stands": "存续时间", "coordinates": "坐标系", "heights": "高程基准", "licence": "许可", "attribution": "来源", "revision": "版本号",
	"recorded": "入库", "source": "来源文件", "extent": "范围", "class of conformance": "符合性类", "Identity": "标识", "Time": "时间", "Height": "高度", "Attributes": "属性", "yes": "是", "no": "否",

	"this document": "本页", "this document as a page": "网页", "this collection": "本数据集", "this collection as a page": "网页", "this page": "本页", "the next page": "下一页",
	"its features": "要素 (GeoJSON)", "its features as a page": "要素列表", "what can be asked for": "可查询属性", "what can be sorted by": "可排序属性", "the schema of its features": "要素模式",
	"counts, areas and volumes": "数量、面积与体积", "its storeys": "楼层", "what each import did": "历次导入", "its models": "模型", "its vector tiles": "矢量瓦片",
	"its vector tiles as TileJSON": "矢量瓦片 (TileJSON)", "the collection": "所属数据集", "all versions of this feature": "全部历史版本", "this list": "本页", "this list to read": "网页",
	"the feature now": "当前状态", "the version before": "上一版本", "the version behind": "下一版本", "what comes behind": "其后的变更", "this answer": "本页", "this answer to read": "网页",
	"the interface as OpenAPI": "接口 (OpenAPI)", "the interface to read": "接口说明", "conformance classes": "符合性类", "the collections": "全部数据集",
	"find by name, address, id or coordinates": "按名称、地址、标识或坐标搜索", "the functions that filters can use": "过滤可用的函数", "the models and where they came from": "模型及其来源",
	"the number without its sign": "绝对值", "the next whole number up": "向上取整", "the next whole number down": "向下取整", "the nearest whole number, halves away from zero": "四舍五入",
	"the square root": "平方根", "the text in lower case": "小写文本", "the text in upper case": "大写文本", "the text without white space around it": "去除首尾空白", "the number of characters of a text": "字符数",
	"the texts behind each other": "连接文本", "the first of the values that is not null": "首个非空值", "the Beijing year of a date or timestamp": "北京时间的年份", "its month, 1 to 12": "月份，1 至 12",
	"its day of the month": "日", "metres on the ellipsoid between a geometry and a point": "几何与点在椭球面上的距离（米）",
	"Longitude and latitude (WGS 84)": "经纬度 (WGS 84)", "Latitude and longitude (CGCS2000)": "纬经度 (CGCS2000)", "Web Mercator": "Web 墨卡托",
	"vector tiles of all collections": "全部数据集的矢量瓦片", "the grids of the tiles": "瓦片网格", "imports": "导入任务", "this set of tiles": "本组瓦片", "vector tiles": "矢量瓦片",
}

// keys are how properties are called in each language, in the words of the web map; others are
// called as their source calls them.
var keys = map[string][2]string{ // English, Chinese
	"global_id": {"GlobalId", "GlobalId"}, "name": {"Name", "名称"}, "name_en": {"English name", "英文名"}, "name_zh": {"Chinese name", "中文名"}, "class": {"Class", "类别"},
	"use": {"Use", "用途"}, "kind": {"Kind", "种类"}, "type": {"Type", "类型"}, "model": {"Model", "模型"}, "address": {"Address", "地址"}, "valid_from": {"From", "起始"}, "valid_to": {"Until", "终止"},
	"recorded_from": {"Recorded", "入库"}, "recorded_to": {"Recorded until", "入库截止"}, "z_min": {"Lowest", "最低"}, "z_max": {"Highest", "最高"}, "height": {"Height", "高度"}, "depth": {"Depth", "埋深"},
	"depth_max": {"Greatest depth", "最大埋深"}, "storey": {"Storey", "楼层"}, "floors": {"Floors above ground", "地上层数"}, "floors_below": {"Floors below", "地下层数"},
	"underground": {"Underground", "地下"}, "year_built": {"Year built", "建成年份"}, "opened": {"Opened", "开通"}, "installed": {"Installed", "敷设"}, "plot": {"Plot", "地块"}, "block": {"Block", "街坊"},
	"material": {"Material", "材质"}, "size_mm": {"Diameter (mm)", "管径 (mm)"}, "length": {"Length", "长度"}, "width": {"Width", "宽度"}, "lanes": {"Lanes", "车道"}, "bridge": {"Bridge", "桥梁"},
	"road": {"Road", "所在道路"}, "line": {"Line", "线路"}, "line_name": {"Line name", "线路名称"}, "color": {"Colour", "颜色"}, "synthetic": {"Synthetic", "合成数据"}, "area": {"Area", "面积"},
}

// label is how a property is called in a language.
func label(lang, key string) string {
	words, ok := keys[key]
	switch {
	case !ok:
		return key
	case lang == "zh":
		return words[1]
	}
	return words[0]
}

// beijing is the time that pages show, as the web map does.
var beijing = time.FixedZone("", 8*3600)

// TimeText writes an instant for people: the Beijing day, and the time unless it is midnight; nothing
// for the zero time.
func TimeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strings.TrimSuffix(t.In(beijing).Format("2006-01-02 15:04:05"), " 00:00:00")
}

// valueText writes the value of a property for people.
func valueText(lang string, v spatial.Value) string {
	switch v.Kind() {
	case spatial.Float:
		return strconv.FormatFloat(math.Round(v.Float()*1e6)/1e6, 'f', -1, 64)
	case spatial.Bool:
		if v.Text() == "true" {
			return say(lang, "yes")
		}
		return say(lang, "no")
	case spatial.String:
		if t, err := time.Parse(time.RFC3339, v.Text()); err == nil {
			return TimeText(t)
		}
	}
	return v.Text()
}
