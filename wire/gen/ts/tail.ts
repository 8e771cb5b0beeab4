/** What every packet has besides its body; see Header in docs/protocol.md. */
export interface Head {
  flags: number;
  table: number;
  number: number;
}

/** A packet as it was received. */
export type Received = Packet & Head;

/** Bytes that are no good packet. After kind "frame" the stream has no boundaries any more. */
export class PacketError extends Error {
  constructor(readonly kind: "frame" | "size", message: string) {
    super(message);
  }
}

/**
 * Returns the size of the first packet in bytes, or 0 when it is not complete yet.
 * Throws a PacketError of kind "frame".
 */
export function cut(bytes: Uint8Array): number {
  if (bytes.length < 2) return 0;
  const size = (bytes[0]! << 8) | bytes[1]!;
  if (size < HeaderSize || size > MaxPacket) {
    throw new PacketError("frame", `a packet of ${size} bytes`);
  }
  return size <= bytes.length ? size : 0;
}

/**
 * Reads the one packet that bytes are. Returns null for a packet of unknown type: skip it.
 * Throws a PacketError.
 */
export function decode(bytes: Uint8Array): Received | null {
  const size = cut(bytes);
  if (size === 0 || size !== bytes.length) {
    throw new PacketError("size", `${bytes.length} bytes are not one packet`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = view.getUint8(2);
  const layout = layouts[type];
  if (!layout) return null;
  const body = size - HeaderSize;
  if (body < layout.size || body > layout.size + layout.tail) {
    throw new PacketError("size", `${layout.name} with a body of ${body} bytes`);
  }
  const p: Values = {
    type,
    flags: view.getUint8(3),
    table: view.getUint32(4),
    number: view.getUint32(8),
  };
  get(view, HeaderSize, layout.fields, p);
  return p as unknown as Received;
}

/** Returns the packet's bytes. Throws a RangeError for a value that its field cannot hold. */
export function encode(p: Packet & Partial<Head>): Uint8Array {
  const layout = layouts[p.type];
  if (!layout) throw new RangeError(`there is no packet of type ${p.type}`);
  const values = p as unknown as Values;
  const tail = layout.tail > 0 ? utf8(values["text"], layout.tail) : new Uint8Array(0);
  const size = HeaderSize + layout.size + tail.length;
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  put(view, 0, header, { size, type: p.type, flags: p.flags ?? 0, table: p.table ?? 0, number: p.number ?? 0 });
  put(view, HeaderSize, layout.fields, values);
  bytes.set(tail, HeaderSize + layout.size);
  return bytes;
}

/** Cuts a stream that arrives in any pieces into packets. It holds at most one incomplete packet. */
export class Decoder {
  private part: Uint8Array = new Uint8Array(0);

  /**
   * Takes the stream's next bytes and calls f for each packet of a known type. After a PacketError, or
   * an error that f throws, the connection must be closed.
   */
  feed(bytes: Uint8Array, f: (p: Received) => void): void {
    let rest = bytes;
    if (this.part.length > 0) {
      rest = new Uint8Array(this.part.length + bytes.length);
      rest.set(this.part);
      rest.set(bytes, this.part.length);
    }
    this.part = new Uint8Array(0);
    for (let size = cut(rest); size > 0; size = cut(rest)) {
      const p = decode(rest.subarray(0, size));
      rest = rest.subarray(size);
      if (p) f(p);
    }
    this.part = rest.slice();
  }
}

/** The name of a packet's type, for logs. */
export function typeName(type: number): string {
  return layouts[type]?.name ?? `type ${type}`;
}

/** Says whether a set of points, as Forbidden.points has it, has this one. */
export function hasPoint(points: string, col: number, row: number): boolean {
  if (col < 0 || row < 0 || col >= BoardSide || row >= BoardSide) return false;
  const n = row * BoardSide + col;
  return ((parseInt(points.slice(2 * (n >> 3), 2 * (n >> 3) + 2), 16) >> (n & 7)) & 1) === 1;
}

const text = new TextDecoder("utf-8", { ignoreBOM: true });

type Values = { [field: string]: unknown };

function get(view: DataView, at: number, fields: readonly Field[], into: Values): number {
  for (const [name, kind, size, count] of fields) {
    const list: unknown[] = [];
    for (let i = 0; i < (count ?? 1); i++) {
      list.push(getOne(view, at, kind, size));
      at += size;
    }
    if (kind !== "reserved") into[name] = count === undefined ? list[0] : list;
    if (kind === "tail") at = view.byteLength;
  }
  return at;
}

function getOne(view: DataView, at: number, kind: FieldKind, size: number): unknown {
  const bytes = (n: number) => new Uint8Array(view.buffer, view.byteOffset + at, n);
  switch (kind) {
    case "uint":
      return size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
    case "text": {
      const field = bytes(size);
      const end = field.indexOf(0);
      return text.decode(end < 0 ? field : field.subarray(0, end));
    }
    case "hex":
      return Array.from(bytes(size), (b) => b.toString(16).padStart(2, "0")).join("");
    case "tail":
      return text.decode(bytes(view.byteLength - at));
    case "reserved":
      return undefined;
  }
  const part: Values = {};
  get(view, at, kind, part);
  return part;
}

function put(view: DataView, at: number, fields: readonly Field[], from: Values): void {
  for (const [name, kind, size, count] of fields) {
    const value = from[name];
    for (let i = 0; i < (count ?? 1); i++) {
      putOne(view, at, kind, size, name, count === undefined ? value : (value as unknown[])[i]);
      at += size;
    }
  }
}

function putOne(view: DataView, at: number, kind: FieldKind, size: number, name: string, value: unknown): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);
  switch (kind) {
    case "uint":
      if (!Number.isInteger(value) || (value as number) < 0 || (value as number) >= 2 ** (8 * size)) {
        throw new RangeError(`${name}: ${String(value)} does not fit ${8 * size} bits`);
      }
      if (size === 1) view.setUint8(at, value as number);
      else if (size === 2) view.setUint16(at, value as number);
      else view.setUint32(at, value as number);
      return;
    case "text":
      bytes.set(utf8(value, size));
      return;
    case "hex":
      if (typeof value !== "string" || value.length !== 2 * size || !/^[0-9a-f]*$/i.test(value)) {
        throw new RangeError(`${name}: want ${2 * size} hexadecimal digits`);
      }
      for (let i = 0; i < size; i++) bytes[i] = parseInt(value.slice(2 * i, 2 * i + 2), 16);
      return;
    case "tail":
    case "reserved":
      return;
  }
  put(view, at, kind, value as Values);
}

function utf8(value: unknown, limit: number): Uint8Array {
  if (typeof value !== "string") throw new RangeError("want a text");
  const bytes = new TextEncoder().encode(value);
  if (bytes.length > limit) throw new RangeError(`a text of ${bytes.length} bytes; at most ${limit}`);
  return bytes;
}
