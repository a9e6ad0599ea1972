/**
 * Reads TopoJSON, in which neighbours share their border: [latitude, longitude] for Leaflet comes out.
 *
 * Only what our basemap needs: https://github.com/topojson/topojson-specification with a transform.
 */

/** Undo the differences and the scale of every arc, once. */
const unpacked = ({ arcs, transform }) => {
  const { scale, translate } = transform;
  return arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return arc.map(([right, up]) => [(y += up) * scale[1] + translate[1], (x += right) * scale[0] + translate[0]]);
  });
};

/** Join arcs to one line; a negative number means an arc read backwards. */
const line = (arcs, numbers) =>
  numbers.flatMap((number, place) => {
    const arc = number < 0 ? [...arcs[~number]].reverse() : arcs[number];
    return place ? arc.slice(1) : arc;
  });

/** Return the rings of a geometry, polygon by polygon. */
const polygons = ({ type, arcs }) => (type === "Polygon" ? [arcs] : type === "MultiPolygon" ? arcs : []);

/** Read a topology: `areas` and `lines` of an object, and `borders` between neighbours of it. */
export const read = (topology) => {
  const arcs = unpacked(topology);
  const geometries = (name) => topology.objects[name].geometries;

  return {
    areas: (name) => geometries(name).flatMap(polygons).map((rings) => rings.map((ring) => line(arcs, ring))),

    lines: (name) =>
      geometries(name)
        .filter(({ type }) => type === "LineString")
        .map(({ arcs: numbers, properties }) => ({ points: line(arcs, numbers), properties })),

    /** Return the arcs that two geometries share, where `isBetween` says yes to the pair. */
    borders: (name, isBetween = () => true) => {
      const first = new Map();
      const shared = new Set();
      for (const geometry of geometries(name)) {
        for (const number of polygons(geometry).flat(2)) {
          const arc = number < 0 ? ~number : number;
          const other = first.get(arc);
          if (other === undefined) first.set(arc, geometry);
          else if (other !== geometry && isBetween(other, geometry)) shared.add(arc);
        }
      }
      return [...shared].map((arc) => arcs[arc]);
    },
  };
};
