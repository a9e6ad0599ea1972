/**
 * Shows services on the map, in clusters, and lists those in view under it.
 *
 * Names and all other words of services become text nodes, never markup.
 */

import { shapesOf } from "./shapes.js";

const LISTED = 50;
const NEAR_ENOUGH = 13; // zoom, at most, when the map opens on what was found
const CLOSE = 15; // zoom, when the map opens on one service
const AT_LEAST = 3; // services in view when the map opens at a place, near or far

/** Undo how /map/points.json packs services: columns, places as differences, words by number. */
const unpacked = ({ kinds, towns, offers, ids, columns }) => {
  const length = ids.length / columns.name.length || 0;
  let latitude = 0;
  let longitude = 0;
  return columns.name.map((name, row) => ({
    name,
    lat: (latitude += columns.latitude[row]) / 10_000,
    lng: (longitude += columns.longitude[row]) / 10_000,
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

/** Return how wide what opens over a marker may be, so that a phone shows all of it beside the buttons for zoom. */
const roomFor = (map) => ({ maxWidth: Math.min(300, map.getSize().x - 120), autoPanPaddingTopLeft: [66, 10] });

/** Return what stands for several services: how many, in a circle that grows a little. */
const clusterIcon = (words) => (cluster) => {
  const count = cluster.getChildCount();
  const box = element("span", "", filled("%(count)s", count));
  box.append(element("span", "vh", ` ${words.services}`));
  const size = count < 10 ? 34 : count < 100 ? 42 : count < 1000 ? 50 : 62;
  return L.divIcon({ html: box, className: "map-cluster", iconSize: [size, size] });
};

/** Return the services inside bounds. */
const inside = (services, bounds) => {
  const [south, north, west, east] = [bounds.getSouth(), bounds.getNorth(), bounds.getWest(), bounds.getEast()];
  return services.filter(({ lat, lng }) => lat >= south && lat <= north && lng >= west && lng <= east);
};

/** Return services by how far they are from the middle; near enough on a flat map. */
const nearestFirst = (services, middle) => {
  const narrow = Math.cos((middle.lat * Math.PI) / 180);
  const away = ({ lat, lng }) => (lat - middle.lat) ** 2 + ((lng - middle.lng) * narrow) ** 2;
  return [...services].sort((one, other) => away(one) - away(other));
};

/** Show the service that the address names after its #, with its name over it; say whether there is one. */
const openNamed = (map, services, page) => {
  const named = services.filter(({ id }) => id === location.hash.slice(1));
  if (!named.length) return false;
  map.fitBounds(L.latLngBounds(named), { maxZoom: CLOSE, padding: [24, 24], animate: false });
  L.popup(roomFor(map)).setLatLng(named[0]).setContent(popup(named[0], page)).openOn(map);
  return true;
};

/** Show all services, or, at a place around which there are none, the nearest. */
const open = (map, services, isAtPlace) => {
  if (!services.length || (isAtPlace && inside(services, map.getBounds()).length)) return;
  const shown = isAtPlace ? [...nearestFirst(services, map.getCenter()).slice(0, AT_LEAST), map.getCenter()] : services;
  map.fitBounds(L.latLngBounds(shown), { maxZoom: NEAR_ENOUGH, padding: [24, 24], animate: false });
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
    const seen = nearestFirst(inside(services, map.getBounds()), map.getCenter());
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
  if (!openNamed(map, services, page)) open(map, services, page.root.dataset.fits === "no");
  group.addLayers(services.map(made));
  group.bindPopup((layer) => popup(layer.options.service, page), roomFor(map));
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
  L.MarkerCluster.mergeOptions({ keyboard: false }); // the list under the map is the way by keyboard
  const group = L.markerClusterGroup({
    showCoverageOnHover: false,
    maxClusterRadius: 50,
    iconCreateFunction: clusterIcon(page.words),
    spiderLegPolylineOptions: { weight: 2, color: page.focusColour },
    animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  fill(map, group, page).catch((problem) => {
    page.status.textContent = notLoaded;
    throw problem; // for the console
  });
  return group;
};
