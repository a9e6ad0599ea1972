/**
 * Shows services on the map, in clusters, and lists those in view under it.
 *
 * Names and all other words of services become text nodes, never markup.
 */

import { shapesOf } from "./shapes.js";

const LISTED = 50;
const NEAR_ENOUGH = 13; // zoom, at most, when the map opens on what was found

/** Undo how /map/points.json packs services: columns, places as differences, words by number. */
const unpacked = ({ kinds, towns, offers, ids, columns }) => {
  const length = ids.length / columns.name.length || 0;
  let latitude = 0;
  let longitude = 0;
  return columns.name.map((name, row) => ({
    name,
    latitude: (latitude += columns.latitude[row]) / 10_000,
    longitude: (longitude += columns.longitude[row]) / 10_000,
    town: towns[columns.town[row]],
    kind: kinds[columns.offers[row]],
    offers: offers[columns.offers[row]],
    id: ids.slice(row * length, (row + 1) * length),
  }));
};

const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const filled = (sentence, count) => sentence.replace("%(count)s", new Intl.NumberFormat(document.documentElement.lang).format(count));

/** Return a link to the page of a service; in a frame on another website it opens a window of its own. */
const link = (service, { address, isFramed }) => {
  const made = element("a", "map-link", service.name);
  made.href = `${address}?id=${service.id}`;
  if (isFramed) Object.assign(made, { target: "_blank", rel: "noopener" });
  return made;
};

/** Return what opens over a marker. */
const popup = (service, page) => {
  const box = element("div", "map-popup");
  const offers = service.offers.map((code) => page.words.terms[code]).join(", ");
  box.append(link(service, page), element("p", "quiet-text", service.town), element("p", "", offers));
  return box;
};

/** Return what stands for several services: how many, in a circle that grows a little. */
const clusterIcon = (words) => (cluster) => {
  const count = cluster.getChildCount();
  const box = element("span", "", filled("%(count)s", count));
  box.append(element("span", "vh", ` ${words.services}`));
  const size = count < 10 ? 34 : count < 100 ? 42 : 50;
  return L.divIcon({ html: box, className: "map-cluster", iconSize: [size, size] });
};

/** List the services in view, nearest to the middle first, and say how many there are. */
const listInView = (map, services, page) => {
  const { list, status } = page;
  const ring = L.circleMarker([0, 0], { radius: 18, weight: 4, fill: false, interactive: false, color: page.focusColour });
  const item = (service) => {
    const row = element("li");
    const way = link(service, page);
    way.addEventListener("focus", () => ring.setLatLng(service).addTo(map));
    way.addEventListener("blur", () => ring.remove());
    row.append(way, element("span", "quiet-text", [service.town, page.words.kinds[service.kind]].filter(Boolean).join(" · ")));
    return row;
  };
  const show = () => {
    const bounds = map.getBounds();
    const [south, north, west, east] = [bounds.getSouth(), bounds.getNorth(), bounds.getWest(), bounds.getEast()];
    const middle = map.getCenter();
    const wide = Math.cos((middle.lat * Math.PI) / 180);
    const away = ({ lat, lng }) => (lat - middle.lat) ** 2 + ((lng - middle.lng) * wide) ** 2;
    const seen = services.filter(({ lat, lng }) => lat >= south && lat <= north && lng >= west && lng <= east);
    seen.sort((one, other) => away(one) - away(other));
    list.replaceChildren(...seen.slice(0, LISTED).map(item));
    const { oneInView, manyInView, nearestOf } = page.words;
    const count = filled(seen.length === 1 ? oneInView : manyInView, seen.length);
    status.textContent = seen.length > LISTED ? `${count} ${filled(nearestOf, LISTED)}` : count;
  };
  map.on("moveend", show);
  show();
};

/** Return the parts of the page that the map works with. */
const pageOf = (map) => {
  const root = map.getContainer();
  return {
    root,
    words: JSON.parse(root.dataset.words),
    address: root.dataset.service,
    isFramed: root.dataset.framed === "yes",
    legend: document.getElementById("map-legend"),
    list: document.getElementById("map-list"),
    status: document.getElementById("map-status"),
    focusColour: getComputedStyle(root).getPropertyValue("--focus").trim(),
  };
};

/** Fetch the services and put them on the map; `data-painted` says when and how many. */
const fill = async (map, group, page) => {
  const answer = await fetch(page.root.dataset.points);
  const services = unpacked(await answer.json());
  const made = shapesOf(map, page.legend);
  for (const service of services) Object.assign(service, { lat: service.latitude, lng: service.longitude });
  if (page.root.dataset.fits === "yes" && services.length) {
    map.fitBounds(L.latLngBounds(services), { maxZoom: NEAR_ENOUGH, padding: [24, 24], animate: false });
  }
  group.addLayers(services.map(made));
  group.bindPopup((layer) => popup(layer.options.service, page));
  listInView(map, services, page);
  requestAnimationFrame(() => {
    page.root.dataset.painted = services.length;
    performance.mark("services-painted");
  });
};

/** Show the services; an error is said where the count would stand. */
export const showServices = (map) => {
  const page = pageOf(map);
  const { zoomIn, zoomOut, close, notLoaded } = page.words;
  L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  L.control.scale().addTo(map);
  map.on("popupopen", ({ popup: { _closeButton } }) => _closeButton?.setAttribute("aria-label", close));
  const group = L.markerClusterGroup({
    showCoverageOnHover: false,
    maxClusterRadius: 50,
    iconCreateFunction: clusterIcon(page.words),
    spiderLegPolylineOptions: { weight: 2, color: page.focusColour },
    keyboard: false, // the list under the map is the way by keyboard
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  fill(map, group, page).catch(() => {
    page.status.textContent = notLoaded;
  });
  return group;
};
