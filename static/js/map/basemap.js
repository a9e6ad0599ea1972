/**
 * Draws the map that lies underneath: land, water, borders and names of cities, all from our own host.
 *
 * Colours are the custom properties of map.css, read again whenever the colour scheme changes.
 */

import { read } from "./topology.js";

const COUNTIES_FROM = 6; // zoom
const LABELS = 60;
const LETTER = 7; // pixels, about
// Zoom, and how many thousand people a city has to be named there.
const NAMED_FROM = { 2: 5000, 3: 2000, 4: 900, 5: 450, 6: 180, 7: 80, 8: 40 };

const fetched = (address) => fetch(address).then((answer) => answer.json());

/** Make a layer of canvases under the markers that takes no clicks. */
const canvas = (map, name, depth) => {
  const pane = map.createPane(name);
  pane.style.zIndex = depth;
  pane.style.pointerEvents = "none";
  return L.canvas({ pane: name, padding: 0.5 });
};

/** Return a function that styles a layer by custom properties, and again when night falls. */
const painter = (map) => {
  const painted = [];
  const paint = (layer, { fill, line }) => {
    const colours = getComputedStyle(map.getContainer());
    const colour = colours.getPropertyValue(`--map-${line ?? fill}`).trim();
    layer.setStyle({ color: colour, fillColor: fill && colours.getPropertyValue(`--map-${fill}`).trim() });
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => painted.forEach((pair) => paint(...pair)));
  return (layer, colours) => {
    painted.push([layer, colours]);
    paint(layer, colours);
    return layer;
  };
};

/** Draw everything that is fetched, in the order in which it lies. */
const draw = async (map, group) => {
  const { countries, counties, water, cities } = JSON.parse(map.getContainer().dataset.basemap);
  const [abroad, home, wet, names] = await Promise.all([countries, counties, water, cities].map(fetched));
  const [world, states, waters] = [abroad, home, wet].map(read);
  const [ground, lines] = [canvas(map, "ground", 150), canvas(map, "lines", 160)];
  const painted = painter(map);
  const area = (points, renderer, colours, weight = 1) =>
    painted(L.polygon(points, { renderer, weight, fillOpacity: 1, interactive: false }), colours);
  const stroke = (points, colours, weight) =>
    painted(L.polyline(points, { renderer: lines, weight, interactive: false }), colours);

  area(world.areas("countries"), ground, { fill: "land", line: "border" }).addTo(group);
  area(states.areas("states"), ground, { fill: "land" }).addTo(group);
  area(waters.areas("lakes"), ground, { fill: "water" }).addTo(group);
  const rivers = waters.lines("rivers");
  for (const width of [1, 2, 3]) {
    const some = rivers.filter(({ properties }) => Math.min(3, Math.max(1, Math.round(properties.width))) === width);
    stroke(some.map(({ points }) => points), { line: "water" }, width).addTo(group);
  }
  stroke(states.borders("states"), { line: "border" }, 1.2).addTo(group);

  const isInState = (one, other) => one.id.slice(0, 2) === other.id.slice(0, 2);
  let countyLines;
  const showCounties = () => {
    if (map.getZoom() < COUNTIES_FROM) return countyLines?.remove();
    countyLines ??= stroke(states.borders("counties", isInState), { line: "county" }, 0.8);
    countyLines.addTo(group);
  };
  map.on("zoomend", showCounties);
  showCounties();
  nameCities(map, group, names);
};

/** Name the largest cities in view, as many as find room. */
const nameCities = (map, group, cities) => {
  const pane = map.createPane("names");
  pane.style.zIndex = 450;
  pane.style.pointerEvents = "none";
  pane.setAttribute("aria-hidden", "true"); // the list under the map tells what is there
  const labels = L.layerGroup().addTo(group);

  const label = ([name, latitude, longitude]) => {
    const text = document.createElement("span");
    text.textContent = name;
    const icon = L.divIcon({ className: "map-city", iconSize: [6, 6], html: text });
    return L.marker([latitude, longitude], { pane: "names", interactive: false, keyboard: false, icon });
  };
  const show = () => {
    labels.clearLayers();
    const least = NAMED_FROM[map.getZoom()] ?? 15;
    const inView = map.getBounds();
    const taken = [];
    for (const city of cities) {
      const [name, latitude, longitude, thousands] = city;
      if (thousands < least || taken.length >= LABELS) break;
      if (!inView.contains([latitude, longitude])) continue;
      const { x, y } = map.latLngToContainerPoint([latitude, longitude]);
      const box = { left: x - 4, right: x + name.length * LETTER + 12, top: y - 10, bottom: y + 10 };
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      label(city).addTo(labels);
    }
  };
  map.on("moveend", show);
  show();
};

const overlap = (one, other) =>
  one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;

/** Draw the basemap; it comes in while the rest of the map already works. */
export const drawBasemap = (map) => {
  const group = L.layerGroup();
  draw(map, group).then(() => {
    map.getContainer().dataset.basemapDrawn = "yes";
  });
  return group;
};
