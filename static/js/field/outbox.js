/**
 * What was saved on this phone until the server has said that it has it. Used by the page and by the worker.
 *
 * It promises: a record is on the disk before save() returns. It is sealed to the server's key, so that nobody can read
 * it here, and signed by a key that cannot leave this browser. It is sent again and again, always as the same bytes, and
 * leaves only when the server's own answer names it. Numbers have no gaps: what is undone keeps its number.
 */

export const HOLD = 10_000; // milliseconds in which a record can be undone as if it had never been
const BATCH = 100;
const PATIENCE = 20_000; // milliseconds
const KEPT = new Set(["stored", "duplicate", "review", "gone"]);
const PAD = 512; // bytes: the length of an envelope tells little
const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const SEALING = { name: "ECDH", namedCurve: "P-256" };
const BY_ITSELF = { "X-By-Itself": "yes" }; // no sign that somebody is there, so it keeps no session alive
const subtle = globalThis.crypto?.subtle;
const utf8 = (text) => new TextEncoder().encode(text);
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// ---- The database of this browser ----

let opened;

const open = () =>
  (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("field", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "id" }).createIndex("seq", "seq");
      request.result.createObjectStore("meta", { keyPath: "name" });
    };
    request.onsuccess = () => {
      request.result.onclose = () => (opened = undefined);
      request.result.onversionchange = () => (request.result.close(), (opened = undefined));
      resolve(request.result);
    };
    request.onerror = () => ((opened = undefined), reject(request.error));
  }));

const answerTo = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Do work(outbox, meta) in one transaction, and return what it returned once that is on the disk. */
const within = async (mode, work) => {
  const transaction = (await open()).transaction(["outbox", "meta"], mode, { durability: "strict" });
  const finished = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const worked = work(transaction.objectStore("outbox"), transaction.objectStore("meta")).catch((problem) => {
    transaction.abort();
    throw problem;
  });
  return (await Promise.all([worked, finished]))[0];
};

const valuesIn = async (meta, names) => {
  const rows = await Promise.all(names.map((name) => answerTo(meta.get(name))));
  return rows.map((row) => row?.value);
};

const recallAll = (...names) => within("readonly", (_outbox, meta) => valuesIn(meta, names));

/** Return what was remembered under a name. */
export const recall = async (name) => (await recallAll(name))[0];

/** Remember a value, or what a function makes of the value of before; return it. */
export const remember = async (name, value) =>
  within("readwrite", async (_outbox, meta) => {
    const next = typeof value === "function" ? value((await valuesIn(meta, [name]))[0]) : value;
    meta.put({ name, value: next });
    return next;
  });

// ---- News for every tab and the worker ----

const news = new BroadcastChannel("field");
const tell = () => news.postMessage(0);

/** Call a function whenever something was saved, undone, sent or set up, in whatever tab. */
export const onChange = (listener) => (new BroadcastChannel("field").onmessage = listener);

// ---- The number that outlives the database: if only it is left, the browser lost what it held ----

const inCookie = (name) =>
  globalThis.document?.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

const mirror = (device, seq) => {
  if (!globalThis.document) return;
  localStorage.field = `${device}.${seq}`;
  document.cookie = `field=${device}.${seq}; path=/; max-age=34000000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
};

const mirrored = () => (inCookie("field") ?? globalThis.localStorage?.field)?.split(".");

// ---- Sealing ----

const sealed = async (id, device, key, signing, content) => {
  const json = utf8(JSON.stringify(content));
  const padded = new Uint8Array(Math.ceil((json.length + 4) / PAD) * PAD);
  new DataView(padded.buffer).setUint32(0, json.length);
  padded.set(json, 4);
  const theirs = fromBase64(key.raw);
  const [own, point] = await Promise.all([
    subtle.generateKey(SEALING, false, ["deriveBits"]),
    subtle.importKey("raw", theirs, SEALING, false, []),
  ]);
  const epk = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
  const shared = await subtle.deriveBits({ name: "ECDH", public: point }, own.privateKey, 256);
  const info = new Uint8Array([...utf8(`field-record-v1|${key.id}|`), ...epk, ...theirs]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info };
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const lock = await subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = utf8(`1|${key.id}|${device}|${id}`);
  const ct = base64(await subtle.encrypt({ name: "AES-GCM", iv, additionalData }, lock, padded));
  const box = { v: 1, id, device, key: key.id, epk: base64(epk), iv: base64(iv), ct };
  const sig = base64(await subtle.sign(SIGNING, signing.privateKey, utf8(Object.values(box).join("|"))));
  return { ...box, sig };
};

/** Return the envelope of a record; every one says who wrote it, when by this phone's clock, and from which lists. */
const envelopeOf = async (id, seq, kind, fields) => {
  const [device, me, key, signing, lists] = await recallAll("device", "me", "key", "signing", "lists");
  const at = new Date();
  const common = { at: at.toISOString(), offset: -at.getTimezoneOffset(), lists: lists?.version };
  return sealed(id, device, key, signing, { v: 1, kind, seq, by: inCookie("field_me") ?? me, ...common, ...fields });
};

// ---- Saving and undoing ----

const add = async (kind, fields, hold) => {
  const id = crypto.randomUUID();
  for (;;) {
    const before = await recall("seq");
    const seq = before + 1;
    const envelope = await envelopeOf(id, seq, kind, fields);
    const isAdded = await within("readwrite", async (outbox, meta) => {
      const [now] = await valuesIn(meta, ["seq"]);
      if (now !== before) return false; // another tab was faster: take the next number
      const saved_at = Date.now();
      outbox.add({ id, seq, envelope, saved_at, hold_until: saved_at + hold });
      meta.put({ name: "seq", value: seq });
      return true;
    });
    if (!isAdded) continue;
    mirror(envelope.device, seq);
    tell();
    return { id, seq };
  }
};

let queue = Promise.resolve();

/** Save a record on the disk of this phone and return its id and number; quick ones are saved one after the other. */
export const save = (kind, fields, { hold = HOLD } = {}) => {
  const at = new Date().toISOString(); // when it was tapped, not when its turn came
  const saved = queue.then(() => add(kind, { at, ...fields }, hold));
  queue = saved.catch(() => {});
  return saved;
};

const isHeld = ({ saved_at, hold_until }, now = Date.now()) => saved_at <= now && now < hold_until;

/** Undo a record: as if it had never been while it is held, by a record of its own once it may have been sent. */
export const undo = async (id) => {
  const { seq } = (await within("readonly", (outbox) => answerTo(outbox.get(id)))) ?? {};
  const envelope = seq && (await envelopeOf(id, seq, "undone", {}));
  const isUndone = await within("readwrite", async (outbox) => {
    const record = await answerTo(outbox.get(id));
    if (!record || !isHeld(record)) return false;
    outbox.put({ ...record, envelope, hold_until: 0 });
    return true;
  });
  if (!isUndone) await save("take_back", { of: id }, { hold: 0 });
  tell();
  return isUndone ? "undone" : "taken back";
};

/** Let everything be sent now: the page is left or put away. */
export const endHold = () =>
  within("readwrite", async (outbox) => {
    const records = await answerTo(outbox.getAll());
    records.filter((record) => isHeld(record)).forEach((record) => outbox.put({ ...record, hold_until: 0 }));
  });

// ---- Sending ----

/** Return our server's answer, or only why there is none: "no_signal", "sign_in", "trouble", or "portal" for another's page. */
export const ask = async (address, question, headers = {}) => {
  const body = JSON.stringify(question);
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body,
      redirect: "manual", // a portal that redirects gets nothing
      keepalive: body.length < 60_000, // the most that browsers go on sending after a page is left
      signal: AbortSignal.timeout(PATIENCE),
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const content = isJson ? await answer.json() : {};
    if (answer.status === 200 && content.ok === true) return { ...content, why: "" };
    if (answer.status === 401 && isJson) return { why: "sign_in" };
    return { why: isJson || answer.status >= 500 ? "trouble" : "portal", status: answer.status };
  } catch {
    return { why: "no_signal" };
  }
};

const nextBatch = async () => {
  const [[device, seq], first, count] = await within("readonly", (outbox, meta) =>
    Promise.all([
      valuesIn(meta, ["device", "seq"]),
      answerTo(outbox.index("seq").getAll(null, BATCH + 1)),
      answerTo(outbox.count()),
    ]),
  );
  const batch = first.filter((record) => !isHeld(record)).slice(0, BATCH);
  const oldest_at = first.find((record) => !batch.includes(record))?.saved_at ?? null;
  const records = batch.map(({ envelope }) => envelope);
  return { device, last_seq: seq, waiting: count - batch.length, oldest_at, records };
};

const sendAll = async () => {
  for (;;) {
    const question = await nextBatch();
    if (!question.records.length) return;
    const answer = await ask("/field/sync", { ...question, sent_at: Date.now() }, BY_ITSELF);
    const named = new Set((answer.results ?? []).filter(({ status }) => KEPT.has(status)).map(({ id }) => id));
    const there = question.records.filter(({ id }) => named.has(id));
    const why = answer.why || (there.length ? "" : "trouble");
    await within("readwrite", async (outbox, meta) => {
      there.forEach(({ id }) => outbox.delete(id));
      meta.put({ name: "why", value: why });
      if (!answer.server_at) return;
      meta.put({ name: "sent_at", value: Date.now() });
      meta.put({ name: "clock_off", value: Math.round((Date.now() - answer.server_at) / 1000) });
    });
    tell();
    if (why) return;
  }
};

/** Send what waits, from one tab at a time; return how many are left and why. */
export const send = async () => {
  await (navigator.locks ? navigator.locks.request("field-send", { ifAvailable: true }, (lock) => lock && sendAll()) : sendAll());
  const { waiting, why } = await status();
  return { left: waiting, why: waiting ? why : "" };
};

/** Return how many wait, since when, when something was sent last, why the last sending ended, and by how much the clock is off. */
export const status = () =>
  within("readonly", async (outbox, meta) => {
    const [waiting, [oldest], [sentAt, why, clockOff]] = await Promise.all([
      answerTo(outbox.count()),
      answerTo(outbox.index("seq").getAll(null, 1)),
      valuesIn(meta, ["sent_at", "why", "clock_off"]),
    ]);
    return { waiting, since: oldest?.saved_at, sentAt, why: why ?? "", clockOff: clockOff ?? 0 };
  });

/** Return everything that waits as a file for another way to the server; it stays here until the server has it. */
export const exported = async () => {
  const [device, records] = await within("readonly", async (outbox, meta) => [
    (await valuesIn(meta, ["device"]))[0],
    await answerTo(outbox.index("seq").getAll()),
  ]);
  return { format: "field-outbox", v: 1, device, made_at: Date.now(), records: records.map(({ envelope }) => envelope) };
};

// ---- Setting this phone up ----

/** Return how this phone introduces itself to the server, with a key of its own; isNew after the old one was revoked. */
export const introduction = async (isNew = false) => {
  const [device, before] = await recallAll("device", "signing");
  const signing = before && !isNew ? before : await subtle.generateKey(SIGNING, false, ["sign", "verify"]);
  const { publicKey } = await remember("signing", (now) => (isNew ? signing : (now ?? signing)));
  const [lost, seq] = mirrored() ?? [];
  const replaces = isNew || !device ? lost : null;
  return {
    public_key: base64(await subtle.exportKey("raw", publicKey)),
    device: (!isNew && device) || null,
    replaces: replaces ?? null,
    last_seq: (replaces ? Number(seq) : await recall("seq")) || 0,
  };
};

/** Say whether the browser lost what this phone held: the number outlived the database. */
export const wasLost = async () => Boolean(mirrored() && !(await recall("device")));

/** Remember what the server told about this phone, all or nothing; version is that of the pages that are kept here now. */
export const setUp = async (answer) => {
  const seq = await within("readwrite", async (_outbox, meta) => {
    const [device, before] = await valuesIn(meta, ["device", "seq"]);
    const next = device === answer.device ? before : 0; // another phone to the server begins anew
    const known = { device: answer.device, label: answer.label, me: answer.me, key: answer.key, lists: answer.lists, kit: answer.version };
    const clock_off = Math.round((Date.now() - answer.server_at) / 1000);
    for (const [name, value] of Object.entries({ ...known, clock_off, seq: next }))
      if (value !== undefined) meta.put({ name, value });
    return next;
  });
  mirror(answer.device, seq);
  tell();
};
