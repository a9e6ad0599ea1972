/**
 * Tells by the phone's own clock whether each place of an area is open, so that a page kept since yesterday is right.
 *
 * A span is [weekday (0 Monday), opens, closes, first day, last day]; minutes count from the midnight that begins the
 * weekday, closes may lie in the next day. The rules are those of `is_open` and `next_opening` in hours.py.
 */

const DAY = 1440;
const WEEK = 7;
const LOOKS_AHEAD = 60;
const ALWAYS = 8 * DAY;
const list = document.getElementById("area-list");
const locale = document.documentElement.lang;

/** Return what the clocks of a zone show: the day counted from 1970, and the minute of it. */
const clockIn = (zone, moment) => {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  }).formatToParts(moment);
  const value = (type) => Number(parts.find((part) => part.type === type).value);
  const day = Date.UTC(value("year"), value("month") - 1, value("day")) / 86400000;
  return day * DAY + value("hour") * 60 + value("minute");
};

const dayNumber = (text) => Date.parse(`${text}T00:00:00Z`) / 86400000;
const weekdayOf = (day) => (((day + 3) % WEEK) + WEEK) % WEEK; // day 0 was a Thursday

const beginsOn = ([weekday, , , first, last], day) =>
  weekdayOf(day) === weekday && !(first && day < dayNumber(first)) && !(last && day > dayNumber(last));

/** Return when the spans that are open at a minute close, or the minute itself. */
const closing = (spans, minute) => {
  let until = minute;
  const today = Math.floor(minute / DAY);
  for (const day of [today, today - 1]) {
    for (const span of spans) {
      const [, opens, closes] = span;
      const inside = day * DAY + opens <= minute && minute < day * DAY + closes;
      if (inside && beginsOn(span, day)) until = Math.max(until, day * DAY + closes);
    }
  }
  return until;
};

const openUntil = (spans, minute) => {
  let until = minute;
  for (let next = closing(spans, until); next > until; next = closing(spans, until)) {
    until = next;
    if (until - minute >= ALWAYS) return Infinity;
  }
  return until;
};

const nextOpening = (spans, minute) => {
  const today = Math.floor(minute / DAY);
  for (let day = today; day <= today + LOOKS_AHEAD; day += 1) {
    const openings = spans
      .filter((span) => beginsOn(span, day))
      .map(([, opens]) => day * DAY + opens)
      .filter((opening) => opening > minute);
    if (openings.length) return Math.min(...openings);
  }
  return null;
};

const timeOf = (minute) => `${Math.floor((minute % DAY) / 60)}:${String(minute % 60).padStart(2, "0")}`;

const dayOf = (minute, now) => {
  const ahead = Math.floor(minute / DAY) - Math.floor(now / DAY);
  const style = ahead < WEEK ? { weekday: "long" } : { dateStyle: "medium" };
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: "UTC" }).format(Math.floor(minute / DAY) * 86400000);
};

const written = (words, minute, now) =>
  words.replace("{time}", timeOf(minute)).replace("{day}", dayOf(minute, now));

/** Return the kind of state and its sentence. */
const stateOf = (spans, now, words) => {
  const until = openUntil(spans, now);
  if (until === Infinity) return ["good", words.always];
  if (until > now) {
    const isToday = until <= (Math.floor(now / DAY) + 1) * DAY;
    return ["good", written(isToday ? words.open : words.openLong, until, now)];
  }
  const opens = nextOpening(spans, now);
  if (opens === null) return ["wait", words.closed];
  const ahead = Math.floor(opens / DAY) - Math.floor(now / DAY);
  return ["wait", written([words.opensToday, words.opensTomorrow][ahead] ?? words.opens, opens, now)];
};

const tell = () => {
  for (const tag of list.querySelectorAll("[data-spans]")) {
    if (tag.dataset.known !== "yes") continue;
    const [kind, sentence] = stateOf(
      JSON.parse(tag.dataset.spans),
      clockIn(tag.dataset.zone, new Date()),
      { ...list.dataset, ...tag.dataset },
    );
    tag.className = `tag tag-${kind}`;
    tag.textContent = sentence;
  }
};

if (list) {
  tell();
  setInterval(tell, 60000);
}
