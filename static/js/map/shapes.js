/**
 * Draws each service as the shape of its kind, on a canvas.
 *
 * The legend of the page is where shapes and colours are written: its paths are drawn here once more.
 */

const BOX = 24; // the legend's paths lie in a square of this size
const REACH = 11; // pixels from the middle that belong to a marker

/** Return the look of every kind, as the legend shows it now. */
const looks = (legend) => {
  const kinds = {};
  for (const drawing of legend.querySelectorAll("[data-kind]")) {
    kinds[drawing.dataset.kind] = [...drawing.querySelectorAll("path")].map((path) => {
      const { fill, stroke, strokeWidth } = getComputedStyle(path);
      return { path: new Path2D(path.getAttribute("d")), fill, stroke, width: parseFloat(strokeWidth) };
    });
  }
  return kinds;
};

/** Return a function that makes the marker of a service; the legend is an element of the page. */
export const shapesOf = (map, legend) => {
  let kinds = looks(legend);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    kinds = looks(legend);
    map.eachLayer((layer) => layer.redraw?.());
  });

  const Shape = L.CircleMarker.extend({
    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const context = renderer._ctx;
      context.save();
      context.translate(this._point.x - BOX / 2, this._point.y - BOX / 2);
      for (const { path, fill, stroke, width } of kinds[this.options.service.kind] ?? []) {
        context.fillStyle = fill;
        context.strokeStyle = stroke;
        context.lineWidth = width;
        if (fill !== "none") context.fill(path);
        if (width) context.stroke(path);
      }
      context.restore();
    },
  });
  const renderer = L.canvas({ padding: 0.3, tolerance: 6 });
  return (service) => new Shape(service, { renderer, radius: REACH, weight: 2, service });
};
