// The kinds of members that messages consist of (protocol/MONITOR.md §4): each is written and read.

/** What is not the encoding of a message. */
export class Malformed extends Error {}

export class Writer {
  parts = [];

  number(value, size) {
    const bytes = Buffer.alloc(size);
    let left = BigInt.asUintN(8 * size, BigInt(value));
    for (let at = size - 1; at >= 0; --at, left >>= 8n) bytes[at] = Number(left & 0xffn);
    this.parts.push(bytes);
  }

  bytes(value) {
    this.parts.push(Buffer.from(value));
  }
}

export class Reader {
  constructor(bytes) {
    this.left = bytes;
  }

  take(size) {
    if (size > this.left.length) throw new Malformed("it ends early");
    const out = this.left.subarray(0, size);
    this.left = this.left.subarray(size);
    return out;
  }

  number(size) {
    return this.take(size).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
  }
}

export const require = (holds, what) => {
  if (!holds) throw new Malformed(what);
};

// -- members

const small = (size) => ({
  write: (to, value = 0) => to.number(value, size),
  read: (from) => Number(from.number(size)),
});
export const u8 = small(1);
export const u16 = small(2);
export const u32 = small(4);
export const u64 = {
  write: (to, value = 0n) => to.number(value, 8),
  read: (from) => from.number(8),
};

/** Of an event, a reading or a command: as a number that JSON holds, too. */
export const count = {
  write: u64.write,
  read(from) {
    const value = from.number(8);
    require(value <= Number.MAX_SAFE_INTEGER, "a number above 2^53 - 1");
    return Number(value);
  },
};

const latest = 253_402_300_799_999n; // the end of the year 9999
export const time = {
  write: u64.write,
  read(from) {
    const since = BigInt.asIntN(64, from.number(8));
    require(since <= latest && since >= -latest, "a time behind the year 9999");
    return Number(since);
  },
};

export const upTo = (last) => ({
  write: u8.write,
  read(from) {
    const value = u8.read(from);
    require(value <= last, `${value} where ${last} is the last value`);
    return value;
  },
});

export const flag = {
  write: (to, value = false) => to.number(value ? 1 : 0, 1),
  read: (from) => upTo(1).read(from) === 1,
};

export const bytes = (most) => ({
  write(to, value = "") {
    const run = Buffer.from(value);
    to.number(run.length, 4);
    to.bytes(run);
  },
  read(from) {
    const length = u32.read(from);
    require(length <= most, `${length} bytes where ${most} are the most`);
    return Buffer.from(from.take(length));
  },
});

export const raw = (size) => ({
  write: (to, value) => to.bytes(value),
  read: (from) => Buffer.from(from.take(size)),
});

const strict = new TextDecoder("utf-8", { fatal: true });
export const text = (most, kind = "line") => ({
  write: bytes(most).write,
  read(from) {
    const run = bytes(most).read(from);
    require(kind !== "line" || !run.some((byte) => byte < 0x20), "a control character");
    try {
      return strict.decode(run);
    } catch {
      throw new Malformed("a text that is not UTF-8");
    }
  },
});

export const list = (element, most) => ({
  write(to, items = []) {
    to.number(items.length, 4);
    for (const item of items) element.write(to, item);
  },
  read(from) {
    const length = u32.read(from);
    require(length <= most, `${length} elements where ${most} are the most`);
    return Array.from({ length }, () => element.read(from));
  },
});

export const maybe = (element) => ({
  write(to, value) {
    to.number(value === undefined ? 0 : 1, 1);
    if (value !== undefined) element.write(to, value);
  },
  read: (from) => (flag.read(from) ? element.read(from) : undefined),
});

export const struct = (members) => ({
  write(to, value = {}) {
    for (const [name, member] of Object.entries(members)) member.write(to, value[name]);
  },
  read(from) {
    const out = {};
    for (const [name, member] of Object.entries(members)) out[name] = member.read(from);
    return out;
  },
});
