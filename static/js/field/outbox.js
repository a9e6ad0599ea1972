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
const KEPT = ["stored", "duplicate", "review", "gone"];
const PAD = 512; // bytes: the length of an envelope tells little
const SIGNING = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const SEALING = { name: "ECDH", namedCurve: "P-256" };
const LASTING = 34_000_000; // seconds: longer than browsers let a cookie live
const BY_ITSELF = { "X-By-Itself": "yes" }; // no sign that somebody is there, so it keeps no session alive
const MOST_KEPT_ALIVE = 60_000; // characters that browsers go on sending after a page is left
const subtle = crypto.subtle;
const utf8 = (text) => new TextEncoder().encode(text);
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// ---- The database of this browser ----

let opened;
const forget = () => (opened = undefined);
const open = () =>
  (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("field", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "id" }).createIndex("seq", "seq");
      request.result.createObjectStore("meta", { keyPath: "name" });
    };
    request.onsuccess = () => {
      request.result.onclose = forget;
      request.result.onversionchange = () => forget(request.result.close());
      resolve(request.result);
    };
    request.onerror = () => (forget(), reject(request.error));
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
  await Promise.all([worked, finished]);
  return worked;
};

const known = async (meta, ...names) => {
  const rows = await Promise.all(names.map((name) => answerTo(meta.get(name))));
  return Object.fromEntries(rows.filter(Boolean).map(({ name, value }) => [name, value]));
};

const learn = (meta, news) =>
  Object.entries(news).forEach(([name, value]) => value !== undefined && meta.put({ name, value }));

/** Return what was remembered under some names. */
export const recallAll = (...names) => within("readonly", (_outbox, meta) => known(meta, ...names));

/** Return what was remembered under a name. */
export const recall = async (name) => (await recallAll(name))[name];

/** Remember a value, or what a function makes of the value of before; return it. */
export const remember = (name, value) =>
  within("readwrite", async (_outbox, meta) => {
    const next = typeof value === "function" ? value((await known(meta, name))[name]) : value;
    learn(meta, { [name]: next });
    return next;
  });

const news = new BroadcastChannel("field");
const tell = () => news.postMessage(0);

/** Call a function whenever something was saved, undone, sent or set up, in whatever tab. */
export const onChange = (listener) => (new BroadcastChannel("field").onmessage = listener);

// ---- The number that outlives the database, in a cookie: if only it is left, the browser lost what it held ----

const inCookie = (name) =>
  document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);

const mirror = (device, seq) => {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `field=${device}.${seq}; path=/; max-age=${LASTING}; samesite=lax${secure}`;
};

const mirrored = () => (inCookie("field") ?? "").split(".");

/** Say whether the browser lost what this phone held: the number outlived the database. */
export const wasLost = async () => mirrored()[1] && !(await recall("device"));

// ---- Sealing ----

const keyFor = async (own, theirs, info) => {
  const point = await subtle.importKey("raw", theirs, SEALING, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: point }, own, 256);
  const secret = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info };
  return subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
};

const padded = (json) => {
  const bytes = new Uint8Array(Math.ceil((json.length + 4) / PAD) * PAD);
  new DataView(bytes.buffer).setUint32(0, json.length);
  bytes.set(json, 4);
  return bytes;
};

const thisPhone = () => recallAll("seq", "device", "me", "key", "signing", "lists");

/** Return the envelope of a record; every one says who wrote it, when by this phone's clock, and from which lists. */
const envelopeOf = async (phone, id, seq, kind, fields) => {
  const at = new Date();
  const by = inCookie("field_me") ?? phone.me; // who signed in last is told by the sign-in itself
  const common = { v: 1, kind, seq, by, at: at.toISOString(), offset: -at.getTimezoneOffset(), lists: phone.lists?.version };
  const content = padded(utf8(JSON.stringify({ ...common, ...fields })));
  const key = phone.key.id;
  const theirs = fromBase64(phone.key.raw);
  const own = await subtle.generateKey(SEALING, false, ["deriveBits"]);
  const epk = new Uint8Array(await subtle.exportKey("raw", own.publicKey));
  const lock = await keyFor(own.privateKey, theirs, new Uint8Array([...utf8(`field-record-v1|${key}|`), ...epk, ...theirs]));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = utf8(`1|${key}|${phone.device}|${id}`);
  const ct = await subtle.encrypt({ name: "AES-GCM", iv, additionalData }, lock, content);
  const box = { v: 1, id, device: phone.device, key, epk: base64(epk), iv: base64(iv), ct: base64(ct) };
  const signature = await subtle.sign(SIGNING, phone.signing.privateKey, utf8(Object.values(box).join("|")));
  return { ...box, sig: base64(signature) };
};

// ---- Saving and undoing ----

/** Put a record on the disk and return its number; a try before may have come there after all. */
const add = async (id, kind, fields, hold) => {
  const phone = await thisPhone();
  const next = phone.seq + 1;
  const envelope = await envelopeOf(phone, id, next, kind, fields);
  const seq = await within("readwrite", async (outbox, meta) => {
    const own = await answerTo(outbox.get(id));
    if (own) return own.seq;
    const now = await known(meta, "seq", "device");
    if (now.seq !== phone.seq || now.device !== phone.device) return 0; // another tab was faster
    const saved_at = Date.now();
    outbox.add({ id, seq: next, envelope, saved_at, hold_until: saved_at + hold });
    learn(meta, { seq: next });
    return next;
  });
  if (!seq) return add(id, kind, fields, hold);
  mirror(envelope.device, seq);
  tell();
  return { id, seq };
};

let queue = Promise.resolve();

/**
 * Save a record on the disk of this phone and return its id and number; quick ones are saved one after the other.
 * Who tries again gives the same id, so that it is saved once.
 */
export const save = (kind, fields, { hold = HOLD, id = crypto.randomUUID() } = {}) => {
  const at = new Date().toISOString(); // when it was tapped, not when its turn came
  const saved = queue.then(() => add(id, kind, { at, ...fields }, hold));
  queue = saved.catch(() => {});
  return saved;
};

const away = new Set(); // what may have left this phone is held no more, whatever its clock is set to
const holdNoMore = (records) => records.forEach(({ id }) => away.add(id));
const isHeld = ({ id, saved_at, hold_until }) => !away.has(id) && saved_at <= Date.now() && Date.now() < hold_until;

/** Undo a record: as if it had never been while it is held, by a record of its own once it may have been sent. */
export const undo = async (id) => {
  const found = await within("readonly", (outbox) => answerTo(outbox.get(id)));
  const envelope = found && (await envelopeOf(await thisPhone(), id, found.seq, "undone", {}));
  const isUndone = await within("readwrite", async (outbox, meta) => {
    const record = await answerTo(outbox.get(id));
    if (!record || !isHeld(record)) return false;
    outbox.put({ ...record, envelope, hold_until: 0 });
    learn(meta, { undone: [...((await known(meta, "undone")).undone ?? []), id] });
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
    records.filter(isHeld).forEach((record) => outbox.put({ ...record, hold_until: 0 }));
  });

// ---- Sending ----

/** Return our server's answer, or why there is none: "no_signal", "sign_in", "trouble", or "portal" for another's page. */
export const ask = async (address, question, headers = {}) => {
  const body = JSON.stringify(question);
  const how = { method: "POST", body, headers: { "Content-Type": "application/json", ...headers } };
  how.redirect = "manual"; // a portal that sends us elsewhere gets nothing
  how.keepalive = body.length < MOST_KEPT_ALIVE;
  try {
    const answer = await fetch(address, { ...how, signal: AbortSignal.timeout(PATIENCE) });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const content = isJson ? await answer.json() : {};
    if (answer.status === 200 && content.ok === true) return { ...content, why: "" };
    if (answer.status === 401 && isJson) return { why: "sign_in" };
    return { why: isJson || answer.status >= 500 ? "trouble" : "portal", status: answer.status };
  } catch {
    return { why: "no_signal" };
  }
};

const sendBatch = async () => {
  const waits = await within("readonly", async (outbox, meta) => ({
    first: await answerTo(outbox.index("seq").getAll(null, BATCH + 1)),
    count: await answerTo(outbox.count()),
    ...(await known(meta, "device", "seq")),
  }));
  const batch = waits.first.filter((record) => !isHeld(record)).slice(0, BATCH);
  if (!batch.length) return false;
  const oldest_at = waits.first.find((record) => !batch.includes(record))?.saved_at ?? null;
  holdNoMore(batch);
  const about = { device: waits.device, last_seq: waits.seq, waiting: waits.count - batch.length, oldest_at };
  const records = batch.map(({ envelope }) => envelope);
  const answer = await ask("/field/sync", { ...about, sent_at: Date.now(), records }, BY_ITSELF);
  const named = (answer.results ?? []).filter(({ status }) => KEPT.includes(status)).map(({ id }) => id);
  const there = batch.filter(({ id }) => named.includes(id));
  const why = answer.why || (there.length ? "" : "trouble");
  await within("readwrite", async (outbox, meta) => {
    there.forEach(({ id }) => outbox.delete(id));
    const undone = (await known(meta, "undone")).undone?.filter((id) => !named.includes(id));
    const tried_at = Date.now();
    learn(meta, { why, undone, tried_at, sent_at: answer.why ? undefined : tried_at, clock_off: clockOff(answer) });
  });
  tell();
  return !why;
};

const clockOff = ({ server_at }) => (server_at ? Math.round((Date.now() - server_at) / 1000) : undefined);

const sendAll = async () => {
  while (await sendBatch());
};

/** Send what waits, from one tab at a time; return how many are left and why. */
export const send = async () => {
  const alone = navigator.locks?.request("field-send", { ifAvailable: true }, (lock) => lock && sendAll());
  await (alone ?? sendAll());
  const now = await status();
  return { left: now.left, why: now.left ? now.why : "" };
};

/**
 * Return how many wait and since when, when all that could be sent was, when and why sending ended, and how far the clock
 * is off (s). What was undone while it was held waits for nobody: only `left`, what has to be sent at all, counts it too.
 */
export const status = () =>
  within("readonly", async (outbox, meta) => {
    const last = await known(meta, "sent_at", "tried_at", "why", "clock_off", "undone");
    const undone = last.undone ?? [];
    const left = await answerTo(outbox.count());
    const first = await answerTo(outbox.index("seq").getAll(null, undone.length + 1));
    const since = first.find(({ id }) => !undone.includes(id))?.saved_at;
    const moments = { since, sentAt: last.sent_at, triedAt: last.tried_at };
    return { waiting: left - undone.length, left, ...moments, why: last.why ?? "", clockOff: last.clock_off ?? 0 };
  });

/** Return everything that waits as a file for another way to the server; it stays here until the server has it. */
export const exported = async () => {
  const records = await within("readonly", (outbox) => answerTo(outbox.index("seq").getAll()));
  holdNoMore(records);
  const { device } = await thisPhone();
  return { format: "field-outbox", v: 1, device, made_at: Date.now(), records: records.map(({ envelope }) => envelope) };
};

// ---- Setting this phone up ----

/**
 * Return how this phone introduces itself to the server, and with which key; isNew: the access of the old one was ended.
 * A new key is kept together with the new number (setUp): till then, records are signed with the key of the old one.
 */
export const introduction = async (isNew = false) => {
  const phone = await thisPhone();
  const fresh = isNew || !phone.signing ? await subtle.generateKey(SIGNING, false, ["sign", "verify"]) : phone.signing;
  const signing = isNew ? fresh : await remember("signing", (now) => now ?? fresh);
  const [device, seq] = mirrored();
  const about = {
    public_key: base64(await subtle.exportKey("raw", signing.publicKey)),
    device: phone.device, // none: what it held is lost
    replaces: phone.device ?? device,
    last_seq: Number(phone.seq ?? seq) || 0,
  };
  return { signing, about };
};

/** Remember what the server told about this phone, all or nothing; its version is that of the pages kept here now. */
export const setUp = async (answer) => {
  const seq = await within("readwrite", async (_outbox, meta) => {
    const before = await known(meta, "device", "seq");
    const next = before.device === answer.device ? before.seq : 0; // a new phone to the server begins anew
    const { device, label, me, key, lists, signing } = answer;
    learn(meta, { device, label, me, key, lists, signing, kit: answer.version, listed_at: Date.now(), clock_off: clockOff(answer), seq: next });
    return next;
  });
  mirror(answer.device, seq);
  tell();
};
