// What features are, recognised by the words that data use for it, and how each is coloured.
// The muted tints follow what Chinese land-use plans and pipe-line maps are drawn in: housing
// yellow, commerce red, industry brown, public services rose; water blue, power red, gas pink.

/** Where a table applies. */
export type Role = 'building' | 'element' | 'ground' | 'line' | 'buried' | 'point';

/** One kind of thing. */
export interface Kind {
  id: string;
  zh: string;
  en: string;
  light: string;
  dark: string;
  /** Values of class, use, kind or type, lower case. */
  words: readonly string[];
  /** Metres on the ground for lines that do not give theirs; radius for points. */
  size: number;
}

type Row = [id: string, zh: string, en: string, light: string, dark: string, words: string, size?: number];

const table = (rows: Row[]): readonly Kind[] =>
  rows.map(([id, zh, en, light, dark, words, size]) => ({id, zh, en, light, dark, words: words.split(' '), size: size ?? 0}));

const building = table([
  ['residential', '居住', 'Residential', '#e6d3a3', '#5d5541', 'residential house housing apartment apartments dormitory slab tower walkup terrace villa detached semidetached_house bungalow 居住 住宅 宿舍'],
  ['village', '村民住宅', 'Village housing', '#dbcbb1', '#544c41', 'village village_house handshake_house farm_house farm hut cabin 村居 农房'],
  ['commercial', '商业', 'Commercial', '#dcae99', '#6b4c40', 'commercial retail shop shops mall supermarket kiosk market market_hall podium shophouse restaurant 商业 商铺'],
  ['office', '办公', 'Offices', '#b3c0c6', '#47545c', 'office offices business bank research 办公 商务 写字楼'],
  ['hotel', '旅馆', 'Hotels', '#cfa0a4', '#66454c', 'hotel motel hostel guest_house clubhouse 酒店 旅馆'],
  ['civic', '公共与文化', 'Civic and culture', '#d6b3c4', '#63495a', 'civic public government library museum theatre community townhall town_hall ancestral_hall pavilion temple church mosque religious lookout 公共 文化 行政'],
  ['education', '教育', 'Education', '#dcbcae', '#65503f', 'education school kindergarten university college 教育 学校 幼儿园'],
  ['health', '医疗', 'Health', '#dba6b4', '#6b434f', 'health hospital clinic healthcare 医疗 医院'],
  ['industrial', '工业与仓储', 'Industry and storage', '#bba994', '#544a40', 'industrial industry factory warehouse workshop manufacture shed storage 工业 厂房 仓储 仓库'],
  ['utility', '公用设施', 'Utilities', '#a9b7b8', '#43504f', 'utility utilities service boiler tank substation water_tower transformer garage garages parking pump_station 公用 变电站 泵站 车库'],
]);

const element = table([
  ['wall', '墙', 'Walls', '#d9cfc0', '#57524a', 'ifcwall ifcwallstandardcase ifcwallelementedcase'],
  ['slab', '板', 'Slabs', '#c3beb4', '#4b4945', 'ifcslab ifcslabstandardcase ifcplate ifcfooting ifcpile ifcdeepfoundation'],
  ['roof', '屋顶', 'Roofs', '#c08e79', '#6b4a3e', 'ifcroof'],
  ['frame', '梁柱', 'Frame', '#a8a29a', '#5c5853', 'ifccolumn ifccolumnstandardcase ifcbeam ifcbeamstandardcase ifcmember ifcmemberstandardcase'],
  ['window', '门窗', 'Doors and windows', '#8fb3c4', '#3d5866', 'ifcwindow ifcwindowstandardcase ifcdoor ifcdoorstandardcase ifccurtainwall'],
  ['stair', '楼梯栏杆', 'Stairs and railings', '#c9b68c', '#5d5440', 'ifcstair ifcstairflight ifcramp ifcrampflight ifcrailing'],
  ['space', '空间', 'Spaces', '#d7dfc9', '#3f4838', 'ifcspace ifczone ifcspatialzone'],
  ['piping', '设备管线', 'Piping and equipment', '#5c94a8', '#3f7c90', 'ifcpipesegment ifcpipefitting ifcductsegment ifcductfitting ifcflowsegment ifcflowfitting ifcflowterminal ifcflowcontroller ifcflowmovingdevice ifcpump ifcvalve ifctank ifcdistributionelement ifcdistributionflowelement ifccablesegment ifccablecarriersegment ifcflowstoragedevice ifcunitaryequipment ifcenergyconversiondevice ifclightfixture ifcsanitaryterminal ifcairterminal ifcpipe ifcvibrationisolator ifcsensor ifcalarm ifcelectricappliance'],
  ['furniture', '家具', 'Furniture', '#c9b29b', '#5f5244', 'ifcfurniture ifcfurnishingelement ifcsystemfurnitureelement'],
  ['bridge', '桥梁道路构件', 'Bridge and road parts', '#b7b1a6', '#595650', 'ifcbridge ifcbridgepart ifcroad ifcroadpart ifcpavement ifccourse ifcbearing ifckerb ifcearthworksfill ifcearthworkscut ifcdiscreteaccessory ifcabutment ifctendon ifcreinforcingbar'],
]);

const ground = table([
  ['water', '水面', 'Water', '#b9d2db', '#1c3440', 'water bay sea river stream lake pond fishpond reservoir canal basin riverbank ocean 水域 水面 河流 湖泊'],
  ['wetland', '湿地', 'Wetland', '#c5d9cf', '#1f3533', 'wetland mangrove marsh mud swamp 湿地 红树林'],
  ['forest', '林地', 'Woodland', '#bfd1ae', '#22322a', 'forest wood woodland scrub 林地 森林'],
  ['park', '公园绿地', 'Parks and green', '#cfdebc', '#26362a', 'park green garden grass meadow grassland recreation_ground cemetery waterfront village_green pitch playground golf_course 公园 绿地'],
  ['farm', '耕地园地', 'Farmland', '#e6e5cb', '#2b2f25', 'farmland orchard farm allotments vineyard field plant_nursery 耕地 园地 农田'],
  ['residential', '居住用地', 'Residential land', '#f1e8d3', '#26241f', 'residential 居住用地'],
  ['village', '村镇用地', 'Village land', '#ece3d3', '#25221e', 'village hamlet'],
  ['commercial', '商业用地', 'Commercial land', '#f1e0d7', '#2b2320', 'commercial retail business mixed'],
  ['public', '公共服务用地', 'Public services', '#efdfe3', '#2a2226', 'education school university health hospital civic public plaza square institutional'],
  ['industrial', '工业用地', 'Industrial land', '#e5ddd4', '#25211e', 'industrial warehouse logistics port railway brownfield'],
  ['utility', '公用设施用地', 'Utility land', '#dfe2e0', '#20262a', 'utility infrastructure landfill'],
  ['construction', '施工用地', 'Under construction', '#e8dcc4', '#2e281d', 'construction bare greenfield'],
]);

const line = table([
  ['trunk', '快速路', 'Expressways', '#f0cb87', '#8a6a35', 'motorway trunk expressway motorway_link trunk_link 快速路 高速公路', 30],
  ['primary', '主干路', 'Main roads', '#f6e0ae', '#6d5a38', 'primary primary_link arterial 主干路', 24],
  ['secondary', '次干路', 'Secondary roads', '#ffffff', '#474b50', 'secondary secondary_link collector 次干路', 18],
  ['street', '支路与街道', 'Streets', '#ffffff', '#383c41', 'tertiary tertiary_link residential unclassified living_street street service road minor local 支路', 10],
  ['path', '步行与骑行道', 'Paths', '#e3d8c3', '#3c3a33', 'path footway cycleway pedestrian steps track bridleway 步道', 3],
  ['rail', '铁路', 'Railways', '#8d8a86', '#77757a', 'rail railway light_rail tram subway metro monorail 铁路', 5],
  ['waterway', '河渠', 'Waterways', '#9fc3d1', '#28505f', 'river stream canal drain ditch waterway', 6],
  ['power', '架空线', 'Power lines', '#a0948c', '#6e655f', 'power_line line minor_line powerline', 2],
  ['alignment', '线形', 'Alignments', '#b0503c', '#d98268', 'ifcalignment ifcalignmentsegment ifcalignmenthorizontal', 1],
  ['boundary', '界线', 'Boundaries', '#a58f9d', '#7c6b78', 'boundary administrative', 2],
]);

const buried = table([
  ['metro', '地铁区间与车站', 'Metro', '#7a5195', '#a987c9', 'tunnel station metro subway platform concourse underground_station 地铁 区间 车站', 6],
  ['supply', '给水', 'Water supply', '#1f7fc4', '#4aa3e0', 'water water_supply supply drinking_water 给水', 0.6],
  ['sewer', '污水', 'Sewers', '#8a5a2e', '#b98955', 'sewer sewage wastewater foul sanitary 污水', 0.6],
  ['storm', '雨水', 'Storm drains', '#3f8f86', '#5fb5aa', 'storm stormwater drain rainwater drainage 雨水', 0.6],
  ['gas', '燃气', 'Gas', '#d7629f', '#e585b7', 'gas 燃气', 0.6],
  ['power', '电力', 'Power', '#cf3a32', '#ec6a61', 'power electricity electric cable 电力', 0.6],
  ['telecom', '通信', 'Telecom', '#4c9a3a', '#74c062', 'telecom telecommunication communication fibre fiber 通信 电信', 0.6],
  ['heat', '热力', 'Heating', '#e08a2c', '#efa651', 'heat heating steam 热力', 0.6],
  ['corridor', '综合管廊', 'Utility tunnels', '#4a4f57', '#a9b0ba', 'utility_tunnel gallery corridor pipe_gallery 综合管廊', 4],
  ['basement', '地下空间', 'Basements', '#8c7a68', '#a3917f', 'basement parking underground_parking mall passage underpass 地下室 地下车库', 4],
]);

const point = table([
  ['tree', '树木', 'Trees', '#8fb07a', '#4d6b45', 'tree trees plant shrub 树木', 2.5],
  ['entrance', '出入口', 'Station exits', '#7a5195', '#a987c9', 'entrance exit subway_entrance 出入口', 3],
  ['traffic', '交通监测', 'Traffic sensors', '#c8702f', '#e0914f', 'traffic counter camera 交通', 3],
  ['air', '空气监测', 'Air quality', '#3d8f8a', '#5fb8b2', 'air air_quality pm25 weather 空气', 3],
  ['noise', '噪声监测', 'Noise', '#8a6fb0', '#a990cc', 'noise sound 噪声', 3],
  ['level', '水位监测', 'Water level', '#2f7fb8', '#5aa5da', 'water_level level hydrology rain 水位', 3],
  ['settlement', '沉降监测', 'Settlement', '#a8474f', '#cf7077', 'settlement deformation displacement tilt 沉降', 3],
]);

/** kinds has the table of each role. */
export const kinds: Readonly<Record<Role, readonly Kind[]>> = {building, element, ground, line, buried, point};

/** Colours of collections whose features are of no known kind. */
const ACCENTS = [
  ['#5f7f86', '#7fa3aa'], ['#a3744c', '#c2946b'], ['#71698f', '#9890b5'], ['#6c8457', '#8fa879'], ['#9a5d6c', '#bd8290'], ['#52729a', '#7a9ac2'],
] as const;

/** accent is the colour of the n-th collection for what is of no known kind. */
export function accent(n: number, dark: boolean): string {
  const pair = ACCENTS[n % ACCENTS.length] ?? ACCENTS[0];
  return pair[dark ? 1 : 0];
}

/** kindOf finds the kind of a value in the table of a role. */
export function kindOf(role: Role, value: unknown): Kind | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  return kinds[role].find((k) => k.words.includes(word));
}

/** Properties that say what a feature is, in the order in which they are believed. */
const KEYS = ['use', 'usage', 'function', 'class', 'kind', 'type', 'fclass', 'highway', 'landuse', 'natural', 'waterway', 'railway', 'building', 'category'];

/** keysOf picks from the fields of a collection those that say what a feature is. */
export function keysOf(fields: readonly string[]): string[] {
  const found = KEYS.filter((k) => fields.includes(k));
  return found.length > 0 ? found : ['class'];
}
