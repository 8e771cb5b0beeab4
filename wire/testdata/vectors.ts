// Holds web/src/wire.ts to the golden vectors. Run by TestTypeScript with the folder of the vectors
// as its argument.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as wire from "../../web/src/wire";

interface Vector {
  name: string;
  packet: string;
  flags: number;
  table: number;
  number: number;
  fields: object;
  hex: string;
}

interface Malformed {
  name: string;
  hex: string;
  error: string;
}

const folder = process.argv[2];

function read<T>(name: string): T {
  return JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as T;
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

const vectors = [...read<Vector[]>("to_server.json"), ...read<Vector[]>("to_client.json")];

function packetOf(v: Vector): wire.Packet & wire.Head {
  const type = (wire.Type as Record<string, number>)[v.packet];
  return { type, flags: v.flags, table: v.table, number: v.number, ...v.fields } as wire.Packet & wire.Head;
}

for (const v of vectors) {
  assert.deepEqual(wire.decode(bytesOf(v.hex)), packetOf(v), v.name);
  assert.equal(hexOf(wire.encode(packetOf(v))), v.hex, v.name);
  assert.equal(wire.typeName(packetOf(v).type), v.packet, v.name);
}

const malformed = read<Malformed[]>("malformed.json");
for (const m of malformed) {
  let got = "fine";
  try {
    const bytes = bytesOf(m.hex);
    if (wire.cut(bytes) === 0) got = "more";
    else if (wire.decode(bytes) === null) got = "unknown";
  } catch (e) {
    assert.ok(e instanceof wire.PacketError, m.name);
    got = e.kind;
  }
  assert.equal(got, m.error, m.name);
}

// One stream in pieces of several sizes.
const all = bytesOf(vectors.map((v) => v.hex).join(""));
for (const piece of [1, 2, 13, 1460, all.length]) {
  const decoder = new wire.Decoder();
  const got: wire.Received[] = [];
  for (let i = 0; i < all.length; i += piece) {
    decoder.feed(all.subarray(i, i + piece), (p) => got.push(p));
  }
  assert.deepEqual(got, vectors.map(packetOf), `pieces of ${piece}`);
}

// Unknown packets are skipped, a bad size ends the stream.
{
  const got: wire.Received[] = [];
  const decoder = new wire.Decoder();
  const ping = hexOf(wire.encode({ type: wire.Type.Ping, value: 7 }));
  decoder.feed(bytesOf("000dc800000000000000000001" + ping), (p) => got.push(p));
  assert.deepEqual(got, [{ type: wire.Type.Ping, flags: 0, table: 0, number: 0, value: 7 }]);
  assert.throws(() => decoder.feed(bytesOf("000b"), () => {}), wire.PacketError);
}

// A set of points: h8 and j5, and nothing beside or outside.
{
  const v = vectors.find((v) => v.packet === "Forbidden")!;
  const points = (packetOf(v) as wire.Forbidden).points;
  const has: string[] = [];
  for (let row = -1; row < 22; row++) {
    for (let col = -1; col < 22; col++) if (wire.hasPoint(points, col, row)) has.push(`${col},${row}`);
  }
  assert.deepEqual(has, ["9,4", "7,7"]);
}

// Values that do not fit their fields are refused, not wrapped.
const unfit: [string, () => unknown][] = [
  ["256 in 8 bits", () => wire.encode({ type: wire.Type.Propose, what: 256 })],
  ["-1", () => wire.encode({ type: wire.Type.Ping, value: -1 })],
  ["2^32", () => wire.encode({ type: wire.Type.Ping, value: 2 ** 32 })],
  ["a half", () => wire.encode({ type: wire.Type.Ping, value: 0.5 })],
  ["NaN", () => wire.encode({ type: wire.Type.Ping, value: NaN })],
  ["a code of 13", () => wire.encode({ type: wire.Type.Enter, code: "ABCDEFGHJKMNP" })],
  ["a text of 1001", () => wire.encode({ type: wire.Type.Say, text: "x".repeat(1001) })],
  ["a flag of 256", () => wire.encode({ type: wire.Type.Resign, flags: 256 })],
];
for (const [name, f] of unfit) assert.throws(f, RangeError, name);

console.log(`${vectors.length} vectors, ${malformed.length} malformed`);
